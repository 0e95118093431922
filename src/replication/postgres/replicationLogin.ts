import type { ConnectParams } from '../model/connect.ts';
import { ReplicationError } from '../model/errors.ts';
import type { ReplicationLogin } from '../model/reads.ts';

/** See OnDemandReads.replicationLogin. */
export async function replicationLogin(_params: ConnectParams): Promise<ReplicationLogin> {
  throw new ReplicationError('unsupported', 'not built yet');
}
