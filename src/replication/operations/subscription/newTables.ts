import type { Plan } from '../../model/plan.ts';
import type { NewTables, TableDefinition, TableName } from '../../model/reads.ts';
import type { Inventory } from '../../model/snapshot.ts';
import type { Table } from '../../model/table.ts';
import { joinPlans } from '../joinPlans.ts';
import { tableKey, tablesByName, tablesSentTo } from '../publication/publishedTables.ts';
import { sentColumnsOf } from '../publication/sentColumns.ts';
import { planCreateTables, unwritable } from '../table/createTables.ts';
import type { PlanTarget } from '../target.ts';
import { count } from '../words.ts';

/** The tables that a subscriber lacks of what these publications send. */
export function missingTables(
  subscriber: Inventory,
  publisher: Inventory,
  publications: readonly string[],
): readonly Table[] {
  const find = tablesByName(subscriber.tables);
  const sent = publisher.publications
    .filter(({ name }) => publications.includes(name))
    .flatMap((publication) => tablesSentTo(publisher, publication));
  const missing = sent.filter(({ schema, name }) => !find(schema, name));
  return [...new Map(missing.map((table) => [table.oid, table])).values()];
}

/**
 * The tables to make for these publications: those that are missing and, of a partitioned one that is sent as a whole,
 * its partitions: without them it takes no row.
 */
export function tablesToMake(
  subscriber: Inventory,
  publisher: Inventory,
  publications: readonly string[],
): readonly Table[] {
  const find = tablesByName(subscriber.tables);
  const toMake = new Map(missingTables(subscriber, publisher, publications).map((table) => [table.oid, table]));
  const partitions = publisher.tables.filter(({ partitionOf }) => partitionOf !== undefined);
  // A partition may stand before what it is a partition of.
  for (let before = -1; before < toMake.size;) {
    before = toMake.size;
    for (const table of partitions) {
      const { name, partitionOf, schema } = table;
      if (toMake.has(partitionOf ?? -1) && !find(schema, name)) toMake.set(table.oid, table);
    }
  }
  return [...toMake.values()];
}

/** Definitions with what these publications send of each; a table that none of them sends stays as it is. */
export function asSent(
  definitions: readonly TableDefinition[],
  publisher: Inventory,
  publications: readonly string[],
): readonly TableDefinition[] {
  const chosen = publisher.publications.filter(({ name }) => publications.includes(name));
  const sent = sentColumnsOf(publisher, chosen);
  const find = tablesByName(publisher.tables);
  return definitions.map((definition) => {
    const table = find(definition.schema, definition.name);
    const names = table && sent(table, definition.columns);
    if (!names || names.size === 0) return definition;
    return {
      ...definition,
      columns: definition.columns.map((column) => ({ ...column, sent: names.has(column.name) })),
    };
  });
}

/** Tells whether a plan makes a table: what can't be written down it leaves out. */
export function makesTable(newTables: NewTables | undefined): (table: TableName) => boolean {
  const made = (newTables?.definitions ?? []).filter(
    (definition) => unwritable(definition, newTables?.there ?? []).length === 0,
  );
  const keys = new Set(made.map(tableKey));
  return (table) => keys.has(tableKey(table));
}

/** A plan, with what makes the tables that its subscriber lacks before it. The same plan where none is to be made. */
export function withNewTables(subscriber: PlanTarget, newTables: NewTables | undefined, plan: Plan): Plan {
  if (!newTables || plan.steps.length === 0) return plan;
  const first = planCreateTables(subscriber, newTables.definitions, newTables.there);
  if (first.steps.length === 0) return { ...plan, remarks: [...first.remarks, ...plan.remarks] };
  const made = newTables.definitions.filter(makesTable(newTables)).length;
  return joinPlans(`${plan.title}, with ${count(made, 'new table')}`, [first, plan]);
}
