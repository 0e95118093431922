import { ReplicationError } from '../model/errors.ts';
import type { TableDefinition, TableName } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';

/** See OnDemandReads.tableDefinitions. */
export async function readTableDefinitions(
  _session: Session,
  _tables: readonly TableName[],
): Promise<readonly TableDefinition[]> {
  throw new ReplicationError('unsupported', 'not built yet');
}
