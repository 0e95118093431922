import type { ReplicaIdentityChoice } from '../../model/choices.ts';
import { ReplicationError } from '../../model/errors.ts';
import type { Plan, Step } from '../../model/plan.ts';
import type { Statement } from '../../model/statement.ts';
import type { ReplicaIdentity, Table, TableDetails } from '../../model/table.ts';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import { tablesByName } from '../publication/publishedTables.ts';
import { lockWaitLimitMs, makePlan, type StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { tableLabel } from '../words.ts';
import { identityConsequence, identityRemarks } from './identityConsequence.ts';

/** An identity of one table; `index` is null unless the identity is 'index'. */
interface Identity {
  readonly identity: ReplicaIdentity;
  readonly index: string | null;
}

/**
 * The plan that sets the replica identity of tables, one step each. `details` of the tables, where they were read,
 * tell what publications would fail by. Throws ReplicationError: 'missing' for a table that the target doesn't have,
 * 'invalidInput' for an index identity without its index, or with one that doesn't qualify.
 */
export function planSetReplicaIdentity(
  target: PlanTarget,
  choice: ReplicaIdentityChoice,
  details: readonly TableDetails[] = [],
): Plan {
  const find = tablesByName(target.snapshot.inventory.tables);
  const chosen = choice.tables.map(({ index, name, schema }) => {
    const table = find(schema, name);
    const wanted: Identity = { identity: choice.identity, index: index ?? choice.index };
    if (table) return { table, wanted, known: details.find(({ oid }) => oid === table.oid) };
    throw new ReplicationError('missing', `${target.serverName} has no table ${tableLabel(schema, name)}.`, {
      advice: 'Refresh: it may have been renamed or dropped meanwhile.',
    });
  });
  const steps = chosen.map(({ known, table, wanted }) => identityStep(target, table, wanted, known));
  const [only] = chosen;
  const object =
    chosen.length === 1 && only ? tableLabel(only.table.schema, only.table.name) : `${chosen.length} tables`;
  const tables = chosen.map(({ table }) => table);
  return makePlan(
    `Set the replica identity of ${object}`,
    steps,
    identityRemarks(choice.identity, tables),
    basisOf(
      target,
      tables.map(({ name, schema }) => ({ kind: 'table', name, schema })),
    ),
  );
}

function identityStep(
  target: PlanTarget,
  table: Table,
  wanted: Identity,
  details: TableDetails | undefined,
): StepDraft {
  const object = tableLabel(table.schema, table.name);
  const clause = identityClause(wanted);
  if (clause === null) {
    throw new ReplicationError('invalidInput', `No index was chosen for the replica identity of ${object}.`, {
      advice: 'Choose a unique index whose columns are all NOT NULL.',
    });
  }
  refuseUnfit(object, wanted, details);
  const alter = (to: string): string =>
    `ALTER TABLE ${quoteQualified(table.schema, table.name)} REPLICA IDENTITY ${to}`;
  const consequence = identityConsequence(target.snapshot.inventory, table, wanted, details);
  // An index that was dropped meanwhile can't be given back.
  const before = identityClause({ identity: table.replicaIdentity, index: table.identityIndex ?? null });
  const undo: Step['undo'] =
    before === null
      ? null
      : { title: `Set the replica identity of ${object} back to ${before}`, statement: [alter(before)] };
  return {
    on: target,
    title: `Set the replica identity of ${object} to ${clause}`,
    statement: [alter(clause)],
    risk: consequence === null ? 'none' : 'lossy',
    consequence,
    undo,
    ...(before === null ? { noUndo: 'The index that was its identity isn’t there any more.' } : {}),
    effect: identityIs(table, wanted),
    touches: [{ kind: 'table', name: table.name, schema: table.schema }],
    // It needs the table to itself for a moment. Whoever comes after it waits too, so it mustn't wait long.
    wait: { limitMs: lockWaitLimitMs, blockersOn: [] },
  };
}

/** What follows REPLICA IDENTITY; null for an index that has no name. */
function identityClause({ identity, index }: Identity): string | null {
  if (identity !== 'index') return identity.toUpperCase();
  return index === null ? null : `USING INDEX ${quoteIdentifier(index)}`;
}

function refuseUnfit(object: string, { identity, index }: Identity, details: TableDetails | undefined): void {
  if (identity !== 'index' || !details) return;
  const found = details.uniqueIndexes.find(({ name }) => name === index);
  if (found && found.unfit === null) return;
  const why = found?.unfit ?? `There is no unique index ${index} on the table.`;
  throw new ReplicationError('invalidInput', `The index ${index} can’t be the replica identity of ${object}. ${why}`, {
    advice: 'Choose a unique index that is valid, not partial, not deferrable, and whose columns are all NOT NULL.',
  });
}

/** Gives a row once the table has the identity (pg_class.relreplident), by that index. */
function identityIs({ name, schema }: Table, { identity, index }: Identity): Statement {
  const letter = { default: 'd', index: 'i', full: 'f', nothing: 'n' }[identity];
  const byIndex =
    index === null || identity !== 'index'
      ? ''
      : ` AND EXISTS (SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident AND x.relname = ${quoteLiteral(index)})`;
  return [
    `SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${quoteLiteral(schema)} AND c.relname = ${quoteLiteral(name)} AND c.relreplident = '${letter}'${byIndex}`,
  ];
}
