import type { HistoryRef } from '../../../contributions.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import type { PlanPreviews } from '../../plans/preview.ts';
import type { Services } from '../../services.ts';

/** Save as Runbook. */
export async function saveRunbook(_services: Services, _previews: PlanPreviews, _uri?: unknown): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** Save as Runbook. */
export async function saveHistoryRunbook(_services: Services, _entry?: HistoryRef): Promise<void> {
  throw new ReplicationError('unsupported', 'not built yet');
}
