import { parseSyncSlotName } from '../../replication/topology/syncSlot.ts';
import type { TreeModel } from './model.ts';
import { tableName } from './words.ts';

/**
 * The table a slot is the initial copy of. Its name holds the table's oid on the subscriber (since 14), so it is
 * known only while the subscriber is open here too; null otherwise.
 */
export function tableOfSyncSlot(slotName: string, model: TreeModel): string | null {
  const parts = parseSyncSlotName(slotName);
  if (!parts) return null;
  for (const { id } of model.connections()) {
    const index = model.index(id);
    if (index?.inventory.server.systemIdentifier !== parts.systemIdentifier) continue;
    const table = index.tables.get(parts.tableOid);
    if (table) return tableName(table);
  }
  return null;
}
