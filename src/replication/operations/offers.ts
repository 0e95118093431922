import type { Capability, CapabilityName } from '../model/capability.ts';
import { ReplicationError } from '../model/errors.ts';
import type { Inventory } from '../model/snapshot.ts';

/**
 * Whether the server's version has something at all, be it that this role may not use it or that a setting
 * stands against it. Syntax is chosen by this.
 */
export function offers(inventory: Inventory, name: CapabilityName): boolean {
  const capability = capabilityOf(inventory, name);
  return capability.can || capability.because !== 'version';
}

/** Why something can't be done; null where it can. */
export function obstacle(inventory: Inventory, name: CapabilityName): string | null {
  const capability = capabilityOf(inventory, name);
  return capability.can ? null : capability.reason;
}

/**
 * Throws ReplicationError where something can't be done: 'privilege', 'walLevel', or 'unsupported' for the version or
 * a standby. `what` is the sentence before the reason: "The slot s on shop can’t be copied".
 */
export function refuseUnlessOffered(inventory: Inventory, name: CapabilityName, what: string): void {
  const capability = capabilityOf(inventory, name);
  if (capability.can) return;
  const kinds = {
    privilege: 'privilege',
    setting: 'walLevel',
    version: 'unsupported',
    standby: 'unsupported',
  } as const;
  throw new ReplicationError(kinds[capability.because], `${what}: ${capability.reason}`);
}

function capabilityOf(inventory: Inventory, name: CapabilityName): Capability {
  return inventory.server.capabilities[name];
}
