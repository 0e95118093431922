import { createHash } from 'node:crypto';

import type { PlanBasis, PlanSubject } from '../model/plan.ts';
import type { PublishedTable } from '../model/publication.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { PlanTarget } from './target.ts';

/** What a plan about these objects of `target` is made from, for `Plan.basis`. */
export function basisOf(target: PlanTarget, subjects: readonly PlanSubject[]): readonly PlanBasis[] {
  const { connectionId, serverName, snapshot } = target;
  return subjects.map((subject) => ({
    connectionId,
    serverName,
    ...subject,
    fingerprint: fingerprintOf(snapshot, subject),
  }));
}

/**
 * A text that differs when the definition of an object does: all of a publication, a subscription or a table's
 * identity, of a slot what doesn't move. What changes by itself is left out: how far tables and sequences are copied, whether
 * two-phase commit has come into force, dead tuples are still retained, the transaction to be skipped. Empty where the snapshot has no such object.
 */
export function fingerprintOf({ inventory, pulse }: Snapshot, { kind, name, schema }: PlanSubject): string {
  switch (kind) {
    case 'publication': {
      const found = inventory.publications.find((publication) => publication.name === name);
      return found ? digest({ ...found, tables: found.tables.map(memberDefinition) }) : '';
    }
    case 'subscription': {
      const found = inventory.subscriptions.find((subscription) => subscription.name === name);
      if (!found) return '';
      const { tables, sequences, skipLsn: _, retentionStopped: _stopped, options, ...definition } = found;
      const twoPhase = options.twoPhase === null ? null : options.twoPhase !== 'disabled';
      // pg_subscription_rel has no order of its own: a row moves in it as its state changes.
      const oids = (of: readonly { readonly oid: number }[]): readonly number[] =>
        of.map(({ oid }) => oid).toSorted((a, b) => a - b);
      const members = { tables: oids(tables), ...(sequences ? { sequences: oids(sequences) } : {}) };
      return digest({ ...definition, options: { ...options, twoPhase }, ...members });
    }
    case 'slot': {
      const found = pulse.slots.find((slot) => slot.name === name);
      return found ? digest([found.type, found.plugin, found.database, found.twoPhase, found.failover]) : '';
    }
    case 'table': {
      const found = inventory.tables.find((table) => table.name === name && table.schema === schema);
      return found ? digest([found.oid, found.replicaIdentity, found.identityUsable]) : '';
    }
  }
}

/** A column that is added to a table doesn't change a publication of it. */
function memberDefinition(table: PublishedTable): unknown {
  const { columnCount: _, ...definition } = table;
  return definition;
}

/** Short, so that the history stays small where a publication has ten thousand tables. */
function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
