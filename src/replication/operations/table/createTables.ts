import type { Plan, Step } from '../../model/plan.ts';
import type { NeededType, TableDefinition, TableName } from '../../model/reads.ts';
import type { Statement } from '../../model/statement.ts';
import { quoteBody, quoteIdentifier, quoteLiteral, quoteQualified } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import { tablesByName } from '../publication/publishedTables.ts';
import { makePlan, type StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { listInWords, tableLabel } from '../words.ts';
import { tableSql } from './tableSql.ts';

/** What is said of every plan that makes tables. */
export const notMadeWithTables = 'Foreign keys, other indexes, triggers, privileges and comments aren’t made.';

/** A step before it is numbered within a plan that is composed of several. */
export type TableStep = Pick<Step, 'title' | 'statement' | 'undo'>;

/**
 * Makes tables on a subscriber from the publisher's definitions, with the schemas and types they need and the target
 * lacks, each in its own step, in an order that works. `there` are the types and sequences it has already
 * (OnDemandReads.neededThere): they are taken as they are, and no undo drops them. What can't be made (a function in a
 * default, an extension's type, what the target's version lacks) is left out and said in a remark.
 */
export function planCreateTables(
  target: PlanTarget,
  definitions: readonly TableDefinition[],
  there: readonly TableName[] = [],
): Plan {
  const { inventory } = target.snapshot;
  const find = tablesByName(inventory.tables);
  const remarks: string[] = [];
  const missing = definitions.filter(({ schema, name }) => !find(schema, name));
  const makeable = missing.filter((definition) => {
    const foreign = unwritable(definition, there);
    if (foreign.length > 0) remarks.push(leftOut(definition, foreign, target));
    return foreign.length === 0;
  });
  const ordered = parentsFirst(makeable);
  const has = new Set(there.map(keyOf));
  const needed = [...new Map(ordered.flatMap((each) => each.needs).map((need) => [keyOf(need), need])).values()];
  const needs = needed.filter((need) => !has.has(keyOf(need)));
  const made = new Set<string>();
  const partitionedThere = (parent: TableName): boolean =>
    made.has(keyOf(parent)) || find(parent.schema, parent.name)?.partitioned === true;
  const tableSteps = ordered.flatMap((definition) => {
    const written = tableSql(definition, inventory.server.versionNumber, partitionedThere, target.serverName);
    remarks.push(...written.remarks);
    if (written.partitioned) made.add(keyOf(definition));
    return stepsFor(target, definition, written.sql, written.keys);
  });
  const schemas = new Set([...needs, ...ordered].map(({ schema }) => schema));
  const steps = [
    ...[...schemas]
      .filter((schema) => !inventory.server.schemas.includes(schema))
      .map((schema) => schemaStep(target, schema)),
    ...needs.map((need) => needStep(target, need)),
    ...tableSteps,
  ];
  const [only] = ordered;
  const object = ordered.length === 1 && only ? labelOf(only) : `${ordered.length} tables`;
  const taken = needed.some((need) => need.kind !== 'sequence' && has.has(keyOf(need)));
  return makePlan(
    `Create ${object} on ${target.serverName}`,
    steps,
    [...remarks, ...generalRemarks(taken, ordered)],
    // Made from there being no such table: one that appears meanwhile is somebody else's.
    basisOf(
      target,
      ordered.map(({ schema, name }) => ({ kind: 'table', schema, name })),
    ),
  );
}

/** Of the types a table needs, those that can't be written down and that the target hasn't either. */
export function unwritable(definition: TableDefinition, there: readonly TableName[]): readonly NeededType[] {
  const has = new Set(there.map(keyOf));
  return definition.needs.filter((need) => need.sql === null && !has.has(keyOf(need)));
}

function keyOf({ schema, name }: TableName): string {
  return JSON.stringify([schema, name]);
}

function labelOf({ schema, name }: TableName): string {
  return tableLabel(schema, name);
}

/** In the order given, but a partition after what it is a partition of. */
function parentsFirst(definitions: readonly TableDefinition[]): readonly TableDefinition[] {
  const byKey = new Map(definitions.map((definition) => [keyOf(definition), definition]));
  const ordered = new Set<TableDefinition>();
  const visit = (definition: TableDefinition): void => {
    const parent = definition.partitionOf && byKey.get(keyOf(definition.partitionOf));
    if (parent && !ordered.has(parent)) visit(parent);
    ordered.add(definition);
  };
  for (const definition of definitions) visit(definition);
  return [...ordered];
}

function leftOut(definition: TableDefinition, foreign: readonly NeededType[], target: PlanTarget): string {
  const names = listInWords(foreign.map(labelOf));
  return `${labelOf(definition)} isn’t made: it needs ${names}, which can’t be written down (a type of an extension, or one that calls a function). Make that on ${target.serverName} first, then the table by hand.`;
}

function schemaStep(on: PlanTarget, schema: string): StepDraft {
  return {
    on,
    title: `Create the schema ${schema}`,
    statement: [`CREATE SCHEMA ${quoteIdentifier(schema)}`],
    undo: { title: `Drop the schema ${schema}`, statement: [`DROP SCHEMA ${quoteIdentifier(schema)}`] },
    effect: [`SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ${quoteLiteral(schema)}`],
  };
}

function needStep(on: PlanTarget, need: NeededType): StepDraft {
  const label = labelOf(need);
  const noun = need.kind === 'sequence' ? 'sequence' : need.kind === 'domain' ? 'domain' : 'type';
  const name = quoteQualified(need.schema, need.name);
  const there = `pg_catalog.${noun === 'sequence' ? 'to_regclass' : 'to_regtype'}(${quoteLiteral(name)}) IS NOT NULL`;
  return {
    on,
    title: `Create the ${noun} ${label}`,
    statement: [need.sql ?? ''],
    undo: { title: `Drop the ${noun} ${label}, unless something uses it`, statement: [dropUnlessUsed(noun, name)] },
    effect: [`SELECT 1 WHERE ${there}`],
  };
}

/** Something else may use it by the time it is taken back. */
function dropUnlessUsed(noun: string, name: string): string {
  return `DO ${quoteBody(`
BEGIN
  DROP ${noun.toUpperCase()} IF EXISTS ${name};
EXCEPTION WHEN dependent_objects_still_exist THEN
  NULL;
END
`)}`;
}

function stepsFor(
  on: PlanTarget,
  definition: TableDefinition,
  sql: string,
  keys: readonly string[],
): readonly StepDraft[] {
  const name = quoteQualified(definition.schema, definition.name);
  const label = labelOf(definition);
  const create: StepDraft = {
    on,
    title: `Create the table ${label}`,
    statement: [sql],
    undo: { title: `Drop the table ${label}`, statement: [`DROP TABLE ${name}`] },
    effect: [`SELECT 1 WHERE pg_catalog.to_regclass(${quoteLiteral(name)}) IS NOT NULL`],
  };
  return [create, ...identitySteps(on, definition, keys)];
}

/** `keys` are the names of the constraints that the table got: an identity by one that it didn't can't be set. */
function identitySteps(on: PlanTarget, definition: TableDefinition, keys: readonly string[]): readonly StepDraft[] {
  const { replicaIdentity, identityIndex } = definition;
  const name = quoteQualified(definition.schema, definition.name);
  const label = labelOf(definition);
  const back = `ALTER TABLE ${name} REPLICA IDENTITY DEFAULT`;
  const set = (clause: string, letter: string): StepDraft => ({
    on,
    title: `Set the replica identity of ${label} to ${clause}`,
    statement: [`ALTER TABLE ${name} REPLICA IDENTITY ${clause}`],
    undo: { title: `Set the replica identity of ${label} back to DEFAULT`, statement: [back] },
    effect: identityIs(name, letter),
  });
  if (replicaIdentity === 'full') return [set('FULL', 'f')];
  if (replicaIdentity === 'nothing') return [set('NOTHING', 'n')];
  if (replicaIdentity !== 'index' || identityIndex === null) return [];
  const using = set(`USING INDEX ${quoteIdentifier(identityIndex.name)}`, 'i');
  if (identityIndex.sql === null) return keys.includes(identityIndex.name) ? [using] : [];
  const index = quoteQualified(definition.schema, identityIndex.name);
  return [
    {
      on,
      title: `Create the index ${identityIndex.name} of ${label}`,
      // A name may hold the very words.
      statement: [identityIndex.sql.replace(/^(CREATE UNIQUE INDEX (?:(?:"[^"]*")+|[^" ]+) ON) ONLY /, '$1 ')],
      undo: { title: `Drop the index ${identityIndex.name}`, statement: [`DROP INDEX IF EXISTS ${index}`] },
      effect: [`SELECT 1 WHERE pg_catalog.to_regclass(${quoteLiteral(index)}) IS NOT NULL`],
    },
    using,
  ];
}

function identityIs(table: string, letter: string): Statement {
  return [
    `SELECT 1 FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(${quoteLiteral(table)}) AND relreplident = ${quoteLiteral(letter)}`,
  ];
}

function generalRemarks(taken: boolean, tables: readonly TableDefinition[]): readonly string[] {
  if (tables.length === 0) return [];
  return [...(taken ? ['A type that is there already is taken as it is.'] : []), notMadeWithTables];
}
