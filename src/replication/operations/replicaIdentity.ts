import type { ReplicaIdentityChoice } from '../model/choices.ts';
import { ReplicationError } from '../model/errors.ts';
import type { Plan, Step } from '../model/plan.ts';
import type { ReplicaIdentity, Table } from '../model/table.ts';
import { quoteIdentifier, quoteQualified } from '../postgres/quote.ts';
import { tablesByName } from './publishedTables.ts';
import { lockWaitLimitMs, makePlan, type StepDraft } from './steps.ts';
import type { PlanTarget } from './target.ts';
import { tableLabel } from './words.ts';

/**
 * The plan that sets the replica identity of tables, one step each. Throws ReplicationError: 'missing' for a
 * table that the target doesn't have, 'invalidInput' for an index identity without its index.
 */
export function planSetReplicaIdentity(target: PlanTarget, choice: ReplicaIdentityChoice): Plan {
  const find = tablesByName(target.snapshot.inventory.tables);
  const wanted = identityClause(choice.identity, choice.index);
  if (wanted === null) {
    throw new ReplicationError('invalidInput', 'No index was chosen for the replica identity.', {
      advice: 'Choose a unique index whose columns are all NOT NULL.',
    });
  }
  const steps = choice.tables.map(({ schema, name }) => {
    const table = find(schema, name);
    if (table) return identityStep(target, table, choice.identity, wanted);
    throw new ReplicationError('missing', `${target.serverName} has no table ${tableLabel(schema, name)}.`, {
      advice: 'Refresh: it may have been renamed or dropped meanwhile.',
    });
  });
  const [only] = choice.tables;
  const object =
    choice.tables.length === 1 && only ? tableLabel(only.schema, only.name) : `${choice.tables.length} tables`;
  return makePlan(`Set the replica identity of ${object}`, steps, [
    ...remarksOn(choice.identity),
    ...partitionRemarks(choice, find),
  ]);
}

/** What follows REPLICA IDENTITY; null for an index that has no name. */
function identityClause(identity: ReplicaIdentity, index: string | null): string | null {
  if (identity !== 'index') return identity.toUpperCase();
  return index === null ? null : `USING INDEX ${quoteIdentifier(index)}`;
}

function identityStep(target: PlanTarget, table: Table, identity: ReplicaIdentity, clause: string): StepDraft {
  const object = tableLabel(table.schema, table.name);
  const alter = (to: string): string =>
    `ALTER TABLE ${quoteQualified(table.schema, table.name)} REPLICA IDENTITY ${to}`;
  const breaks = identity === 'nothing' && isPublished(target, table);
  const before = identityClause(table.replicaIdentity, null);
  const undo: Step['undo'] =
    before === null
      ? null
      : { title: `Set the replica identity of ${object} back to ${before}`, statement: [alter(before)] };
  return {
    on: target,
    title: `Set the replica identity of ${object} to ${clause}`,
    statement: [alter(clause)],
    risk: breaks ? 'lossy' : 'none',
    consequence: breaks
      ? `${object} is published: UPDATE and DELETE on it fail from then on where they are published.`
      : null,
    undo,
    // It needs the table to itself for a moment. Whoever comes after it waits too, so it mustn't wait long.
    wait: { limitMs: lockWaitLimitMs, blockersOn: [] },
  };
}

/** Directly, by its schema, or by ALL TABLES; a publication of a table above it isn't looked for. */
function isPublished(target: PlanTarget, table: Table): boolean {
  return target.snapshot.inventory.publications.some(
    (publication) =>
      publication.allTables ||
      publication.schemas.includes(table.schema) ||
      publication.tables.some((member) => member.oid === table.oid),
  );
}

/** ALTER TABLE doesn't hand a replica identity down, and it is the partitions' own that counts. */
function partitionRemarks(choice: ReplicaIdentityChoice, find: ReturnType<typeof tablesByName>): readonly string[] {
  return choice.tables
    .filter(({ schema, name }) => find(schema, name)?.partitioned)
    .map(
      ({ schema, name }) =>
        `The partitions of ${tableLabel(schema, name)} keep their own replica identity, and theirs is the one that counts.`,
    );
}

function remarksOn(identity: ReplicaIdentity): readonly string[] {
  if (identity !== 'full') return [];
  return [
    'With FULL the old row is written to the WAL as a whole, and a subscriber without a fitting index looks for it through the whole table.',
  ];
}
