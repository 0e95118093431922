import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';

/** Compare with Server. */
export async function compareDeclaration(_services: Services, _uri?: unknown): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
