import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';
import type { PublicationNode } from '../../tree/node.ts';

/** Rename Publication. */
export async function renamePublication(_services: Services, _node?: PublicationNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** Change Owner of Publication. */
export async function changePublicationOwner(_services: Services, _node?: PublicationNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** Set Comment of Publication. */
export async function setPublicationComment(_services: Services, _node?: PublicationNode): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
