import type { Capability, CapabilityName } from '../model/capability.ts';
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

function capabilityOf(inventory: Inventory, name: CapabilityName): Capability {
  return inventory.server.capabilities[name];
}
