import { ReplicationError } from '../model/errors.ts';
import type { RowCount, TableName } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';

/** See OnDemandReads.countRows. */
export async function readCountRows(
  _session: Session,
  _table: TableName,
  _filter: string | null,
  _limitMs: number,
): Promise<RowCount> {
  throw new ReplicationError('unsupported', 'not built yet');
}
