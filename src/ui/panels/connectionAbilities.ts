import type { Ability, TriedServer } from '../../protocol/connection.ts';
import type { CapabilityName } from '../../replication/model/capability.ts';
import type { Inventory } from '../../replication/model/snapshot.ts';

/** What people come for, in the order they need it. */
const abilities: readonly (readonly [name: CapabilityName, what: string])[] = [
  ['decodeLogical', 'Send changes (be a publisher)'],
  ['publication.create', 'Create publications'],
  ['publication.allTables', 'Publish all tables'],
  ['slot.create', 'Create replication slots'],
  ['subscription.create', 'Create subscriptions'],
];

/** What a tried server is and what the role that was let in can and can't do for replication. */
export function describeServer(inventory: Inventory): TriedServer {
  const { version, database, role, inRecovery, capabilities } = inventory.server;
  const listed = abilities.map(([name, what]): Ability => {
    const capability = capabilities[name];
    return { what, can: capability.can, reason: capability.can ? null : capability.reason };
  });
  const hidden = inventory.hidden.map(({ what, privilege }): Ability => ({
    what: `See ${what}`,
    can: false,
    reason: `It takes ${privilege}.`,
  }));
  return {
    version,
    database,
    role: role.name,
    superuser: role.superuser,
    inRecovery,
    tookMs: inventory.tookMs,
    abilities: [...listed, ...hidden],
  };
}
