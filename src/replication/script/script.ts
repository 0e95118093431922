import { ReplicationError } from '../model/errors.ts';
import type { Inventory, Snapshot } from '../model/snapshot.ts';
import type { Statement } from '../model/statement.ts';

/** The statements that make a publication again on a server of its version: members, options, comment, owner. Throws 'missing'. */
export function scriptPublication(_inventory: Inventory, _name: string): readonly Statement[] {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** As above for a subscription; its password is a secret that isn't known, and stands as dots. */
export function scriptSubscription(_inventory: Inventory, _name: string): readonly Statement[] {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** The statement that creates a slot as it was made; its position can't be scripted. Throws 'missing'. */
export function scriptSlot(_snapshot: Snapshot, _name: string): readonly Statement[] {
  throw new ReplicationError('unsupported', 'not built yet');
}
