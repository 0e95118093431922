import { ReplicationError } from '../model/errors.ts';
import type { TableName } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';

/** See OnDemandReads.tablesWithRows. */
export async function readTablesWithRows(
  _session: Session,
  _tables: readonly TableName[],
): Promise<readonly TableName[]> {
  throw new ReplicationError('unsupported', 'not built yet');
}
