import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';

/** Apply to Server. */
export async function applyDeclaration(_services: Services, _uri?: unknown): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
