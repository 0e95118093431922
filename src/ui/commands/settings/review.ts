import type { ConnectionRef } from '../../../contributions.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';

/** Replication Settings. */
export async function reviewSettings(_services: Services, _node?: ConnectionRef): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
