import type { PlanBasis } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { PlanTarget } from './target.ts';

type Subject = Pick<PlanBasis, 'kind' | 'name' | 'schema'>;

/** What a plan about these objects of `target` is made from, for `Plan.basis`. */
export function basisOf(target: PlanTarget, subjects: readonly Subject[]): readonly PlanBasis[] {
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
 * identity, of a slot what doesn't move. Empty where the snapshot has no such object.
 */
export function fingerprintOf({ inventory, pulse }: Snapshot, { kind, name, schema }: Subject): string {
  switch (kind) {
    case 'publication':
      return text(inventory.publications.find((publication) => publication.name === name));
    case 'subscription': {
      const found = inventory.subscriptions.find((subscription) => subscription.name === name);
      // How far its tables are copied moves by itself.
      return found ? text({ ...found, tables: found.tables.map(({ oid }) => oid) }) : '';
    }
    case 'slot': {
      const found = pulse.slots.find((slot) => slot.name === name);
      return found ? text([found.type, found.plugin, found.database, found.twoPhase, found.failover]) : '';
    }
    case 'table': {
      const found = inventory.tables.find((table) => table.name === name && table.schema === schema);
      return found ? text([found.oid, found.replicaIdentity, found.identityUsable]) : '';
    }
  }
}

function text(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}
