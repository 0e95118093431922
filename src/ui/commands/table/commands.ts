import type { CommandParts, HandlersOf } from '../typed.ts';
import { copyIdentitySql } from './copySql.ts';
import { setReplicaIdentity } from './setReplicaIdentity.ts';

/** The handlers of tables. */
export function tableCommands({ services }: CommandParts): HandlersOf<'table'> {
  return {
    'pgReplication.table.setReplicaIdentity': (node, selected) => setReplicaIdentity(services, node, selected),
    'pgReplication.table.copySql': (node) => copyIdentitySql(services, node),
  };
}
