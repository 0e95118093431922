import type { HistoryRef } from '../../../contributions.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Services } from '../../services.ts';

/** Resume. */
export async function resumeHistory(_services: Services, _entry?: HistoryRef): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** Look Again. */
export async function recheckHistory(_services: Services, _entry?: HistoryRef): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** Abandon. */
export async function abandonHistory(_services: Services, _entry?: HistoryRef): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
