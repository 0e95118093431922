import type { PublicationDraft } from '../../protocol/publication.ts';
import type { MemberVerdict, TableName } from '../../replication/model/reads.ts';
import type { Inventory } from '../../replication/model/snapshot.ts';
import { namesMembers } from '../../replication/operations/publication/publicationScope.ts';
import { tableKey } from '../../replication/operations/publication/publishedTables.ts';

type DraftTable = PublicationDraft['tables'][number];

/**
 * What the server said of tables of a draft, each kept for as long as the table stands in the draft as it was tried:
 * with the same columns and filter, and under the same operations and options.
 */
export class MemberTrials {
  readonly #known = new Map<string, { readonly of: string; readonly verdict: MemberVerdict }>();
  #tables = '';

  /** Keeps what the server said of the tables of `draft`. */
  take(draft: PublicationDraft, verdicts: readonly MemberVerdict[]): void {
    for (const verdict of verdicts) {
      const table = find(draft, verdict);
      if (table) this.#known.set(tableKey(table), { of: shapeOf(draft, table), verdict });
    }
  }

  /** The verdicts that hold for this draft. */
  of(draft: PublicationDraft): readonly MemberVerdict[] {
    if (!namesMembers(draft) || this.#known.size === 0) return [];
    return draft.tables.flatMap((table) => this.#verdict(draft, table) ?? []);
  }

  /** Tables with a column list or a filter, and `also`, that were not tried as they stand. */
  untried(draft: PublicationDraft, also: TableName | null = null): readonly DraftTable[] {
    if (!namesMembers(draft)) return [];
    const wanted = draft.tables.filter(
      (table) =>
        table.columns !== null || table.filter !== null || (also !== null && tableKey(table) === tableKey(also)),
    );
    return wanted.filter((table) => !this.#verdict(draft, table));
  }

  /** Nothing holds any more once tables, their identities or their partitions are others than they were. */
  see({ tables }: Pick<Inventory, 'tables'>): void {
    const mark = JSON.stringify(
      tables.map((table) => [
        table.oid,
        table.replicaIdentity,
        table.identityUsable,
        table.identityIndex,
        table.partitionOf,
      ]),
    );
    if (mark !== this.#tables) this.#known.clear();
    this.#tables = mark;
  }

  #verdict(draft: PublicationDraft, table: DraftTable): MemberVerdict | null {
    const known = this.#known.get(tableKey(table));
    return known?.of === shapeOf(draft, table) ? known.verdict : null;
  }
}

function find(draft: PublicationDraft, table: TableName): DraftTable | undefined {
  return draft.tables.find(({ name, schema }) => name === table.name && schema === table.schema);
}

/** All of a draft that the verdict on a table hangs on. */
function shapeOf(draft: PublicationDraft, { columns, filter, only }: DraftTable): string {
  const { generatedColumns, operations, schemas, viaRoot } = draft;
  return JSON.stringify([columns, filter, only ?? false, operations, viaRoot, generatedColumns, schemas.length > 0]);
}
