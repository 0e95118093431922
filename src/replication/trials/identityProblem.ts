import type { PublicationChoice, PublishedTableChoice } from '../model/choices.ts';
import { listInWords, tableLabel } from '../operations/words.ts';

/** A table that holds rows of a member: itself, or a leaf partition. */
export interface RowHolder {
  readonly schema: string;
  readonly name: string;
  /** pg_class.relreplident. */
  readonly identity: string;
  /** The columns of the index that serves the identity; none where no index does. */
  readonly keys: readonly string[];
  readonly stored: readonly string[];
  readonly virtual: readonly string[];
}

/**
 * Why UPDATE and DELETE on a member would fail on the publisher once it is published like this; null where they work,
 * or aren't published. The rules are those of CheckCmdReplicaIdentity: the identity of what holds the rows must lie
 * within the column list and cover the row filter; with FULL there may be no column list (not even one of all columns),
 * and since 18 no generated column that isn't published. `generatedOption`: the server has publish_generated_columns.
 */
export function identityProblem(
  choice: PublicationChoice,
  table: PublishedTableChoice,
  filterColumns: readonly string[],
  holders: readonly RowHolder[],
  generatedOption: boolean,
): string | null {
  const { operations } = choice;
  const failing = [...(operations.update ? ['UPDATE'] : []), ...(operations.delete ? ['DELETE'] : [])].join(' and ');
  if (failing === '') return null;
  const found = holders.flatMap((holder) => {
    const problem = problemOf(choice, table, filterColumns, holder, generatedOption);
    return problem === null ? [] : [{ holder, ...problem }];
  });
  const [first] = found;
  if (!first) return null;
  const object = tableLabel(first.holder.schema, first.holder.name);
  const others = found.length > 1 ? ` So it is with ${found.length - 1} more of its partitions.` : '';
  return `${first.why(object)}: once it is published, every ${failing} on it fails.${others} ${first.way}`;
}

interface Fault {
  readonly why: (object: string) => string;
  readonly way: string;
}

const orNone = 'or publish no updates and deletes.';

function problemOf(
  choice: PublicationChoice,
  { columns }: PublishedTableChoice,
  filterColumns: readonly string[],
  { identity, keys, stored, virtual }: RowHolder,
  generatedOption: boolean,
): Fault | null {
  const unpublished = generatedOption
    ? [...(columns === null && choice.generatedColumns === 'none' ? stored : []), ...virtual]
    : [];
  if (identity === 'f') {
    if (columns !== null) {
      return {
        why: (object) => `${object} has replica identity FULL, which allows no column list`,
        way: `Publish all columns, choose an index as replica identity, ${orNone}`,
      };
    }
    if (unpublished.length === 0) return null;
    return {
      why: (object) =>
        `${object} has replica identity FULL and the generated column ${listInWords(unpublished)}, which isn’t published`,
      way:
        virtual.length > 0
          ? `Choose an index as replica identity, ${orNone}`
          : `Publish generated columns too, choose an index as replica identity, ${orNone}`,
    };
  }
  if (keys.length === 0) {
    const why =
      identity === 'd'
        ? 'no primary key that could serve'
        : identity === 'n'
          ? 'set to NOTHING'
          : 'its index is gone or can’t serve';
    return { why: (object) => `${object} has no replica identity (${why})`, way: `Set one first, ${orNone}` };
  }
  const missing = columns === null ? [] : keys.filter((key) => !columns.includes(key));
  if (missing.length > 0) {
    return {
      why: (object) => `The columns of ${object} leave out ${listInWords(missing)}, which its replica identity needs`,
      way: `Add ${missing.length === 1 ? 'it' : 'them'}, ${orNone}`,
    };
  }
  const outside = filterColumns.filter((column) => !keys.includes(column));
  if (outside.length > 0) {
    return {
      why: (object) => `The row filter of ${object} uses ${listInWords(outside)}, outside its replica identity`,
      way: `Set a replica identity that covers ${outside.length === 1 ? 'it' : 'them'}, ${orNone}`,
    };
  }
  const generatedKeys = keys.filter((key) => unpublished.includes(key));
  if (generatedKeys.length === 0) return null;
  return {
    why: (object) =>
      `The replica identity of ${object} has the generated column ${listInWords(generatedKeys)}, which isn’t published`,
    way: `Publish generated columns too, choose another index, ${orNone}`,
  };
}
