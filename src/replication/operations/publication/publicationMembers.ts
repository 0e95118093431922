import type { PublicationChoice, PublishedTableChoice } from '../../model/choices.ts';
import { ReplicationError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import type { TableName } from '../../model/reads.ts';
import { publicationAsChoice } from '../../script/publication.ts';
import type { PlanTarget } from '../target.ts';
import { listInWords, tableLabel } from '../words.ts';
import { planAlterPublication } from './alterPublication.ts';
import { publicationOf } from './dropPublication.ts';
import type { KnownReaders } from './publicationReaders.ts';
import { scopeOf, takesAll } from './publicationScope.ts';
import { exactMembers, tableKey } from './publishedTables.ts';

/** Tables and schemas of a publication. */
export interface PublicationMembers {
  readonly tables: readonly TableName[];
  readonly schemas: readonly string[];
}

/**
 * Adds tables to a publication, those that are in it already left out, and refreshes the subscriptions of `refresh`
 * on their own servers afterwards. A remark names the `readers` that need a refresh and don't get one. Throws
 * ReplicationError 'missing', 'unsupported' (FOR ALL TABLES), 'duplicate' where all are in it already.
 */
export function planAddTables(
  target: PlanTarget,
  publication: string,
  tables: readonly PublishedTableChoice[],
  more: KnownReaders = {},
): Plan {
  const present = chosenMembers(target, publication);
  const members = new Set(present.tables.map(tableKey));
  const added = exactMembers(target.snapshot.inventory, tables).filter((table) => !members.has(tableKey(table)));
  if (added.length === 0) {
    throw new ReplicationError(
      'duplicate',
      `${inWords(tables)} ${tables.length === 1 ? 'is' : 'are'} in publication ${publication} already.`,
      { advice: 'To change its columns or its filter, edit it there.' },
    );
  }
  // What is asked for as a whole stays one name in the statement; what inherits from it comes along.
  const asked = tables.filter((table) => !members.has(tableKey(table)));
  const named = new Set(asked.map(tableKey));
  const brought = added.filter((table) => !named.has(tableKey(table)));
  const plan = planAlterPublication(
    target,
    publication,
    { ...present, tables: [...present.tables, ...asked, ...brought] },
    more,
  );
  return { ...plan, title: plan.steps[0]?.title ?? plan.title };
}

/** Takes tables and schemas out of a publication; what its readers lose is said. Throws as `planAddTables`. */
export function planRemoveMembers(
  target: PlanTarget,
  publication: string,
  members: PublicationMembers,
  more: KnownReaders = {},
): Plan {
  const present = chosenMembers(target, publication);
  const [tables, schemas] = [new Set(members.tables.map(tableKey)), new Set(members.schemas)];
  const left: PublicationChoice = {
    ...present,
    tables: present.tables.filter((table) => !tables.has(tableKey(table))),
    schemas: present.schemas.filter((schema) => !schemas.has(schema)),
  };
  if (left.tables.length === present.tables.length && left.schemas.length === present.schemas.length) {
    throw new ReplicationError(
      'missing',
      `${inWords(members.tables, members.schemas)} isn’t named in publication ${publication}.`,
      { advice: 'A table that comes by its schema, or as a partition, goes with that: take that out, or refresh.' },
    );
  }
  const plan = planAlterPublication(target, publication, left, more);
  return { ...plan, title: plan.steps[0]?.title ?? plan.title };
}

/** A publication that names its members, as a choice. Throws 'missing', 'unsupported' where it is FOR ALL TABLES or SEQUENCES. */
function chosenMembers(target: PlanTarget, name: string): PublicationChoice {
  const publication = publicationOf(target, name);
  if (!takesAll(scopeOf(publication))) return publicationAsChoice(target.snapshot.inventory, publication);
  throw new ReplicationError(
    'unsupported',
    `The publication ${name} on ${target.serverName} is FOR ALL ${publication.allTables ? 'TABLES' : 'SEQUENCES'}: single tables can’t be added or taken out.`,
    { advice: 'Edit it and choose its tables; the plan says what that does to its streams.' },
  );
}

function inWords(tables: readonly TableName[], schemas: readonly string[] = []): string {
  return listInWords([
    ...tables.map((table) => tableLabel(table.schema, table.name)),
    ...schemas.map((schema) => `the schema ${schema}`),
  ]);
}
