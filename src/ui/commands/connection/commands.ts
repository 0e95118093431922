import type { CommandParts, HandlersOf } from '../typed.ts';
import { addConnection } from './add.ts';
import { addDatabases } from './addDatabases.ts';
import { copyConnectionString } from './copyConnectionString.ts';
import { disconnect } from './disconnect.ts';
import { duplicateConnection } from './duplicate.ts';
import { editConnection } from './edit.ts';
import { importConnections } from './import.ts';
import { markProduction } from './markProduction.ts';
import { markReadOnly } from './markReadOnly.ts';
import { moveToFolder } from './moveToFolder.ts';
import { refreshConnection } from './refresh.ts';
import { removeConnection } from './remove.ts';
import { retryConnection } from './retry.ts';
import { setColor } from './setColor.ts';

/** The handlers of everything one does with a connection itself. */
export function connectionCommands({ services }: CommandParts): HandlersOf<'connection'> {
  return {
    'pgReplication.connection.add': () => addConnection(services),
    'pgReplication.connection.import': () => importConnections(services),
    'pgReplication.connection.edit': (node) => editConnection(services, node),
    'pgReplication.connection.duplicate': (node) => duplicateConnection(services, node),
    'pgReplication.connection.remove': (node, selected) => removeConnection(services, node, selected),
    'pgReplication.connection.addDatabases': (node) => addDatabases(services, node),
    'pgReplication.connection.refresh': (node) => refreshConnection(services, node),
    'pgReplication.connection.retry': (node) => retryConnection(services, node),
    'pgReplication.connection.disconnect': (node) => disconnect(services, node),
    'pgReplication.connection.copyConnectionString': (node) => copyConnectionString(services, node),
    'pgReplication.connection.moveToFolder': (node, selected) => moveToFolder(services, node, selected),
    'pgReplication.connection.setColor': (node, selected) => setColor(services, node, selected),
    'pgReplication.connection.markProduction': (node) => markProduction(services, true, node),
    'pgReplication.connection.unmarkProduction': (node) => markProduction(services, false, node),
    'pgReplication.connection.markReadOnly': (node) => markReadOnly(services, true, node),
    'pgReplication.connection.unmarkReadOnly': (node) => markReadOnly(services, false, node),
  };
}
