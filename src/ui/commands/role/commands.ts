import type { CommandParts, HandlersOf } from '../typed.ts';
import { checkReplicationRole } from './check.ts';
import { createReplicationRole } from './create.ts';

/** The handlers of replication roles. */
export function roleCommands({ services }: CommandParts): HandlersOf<'role'> {
  return {
    'pgReplication.role.create': (node) => createReplicationRole(services, node),
    'pgReplication.role.check': (node) => checkReplicationRole(services, node),
  };
}
