import type { HistoryRef } from '../../../contributions.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import type { PlanOutcome } from '../../../replication/model/plan.ts';
import { isResumable } from '../../plans/entryWords.ts';
import type { HistoryEntry } from '../../plans/historyRecord.ts';
import type { StoredPlan } from '../../plans/storedPlan.ts';
import type { Services } from '../../services.ts';

/** The entry that a command of the History view is about. Throws ReplicationError 'missing'. */
export function entryOf({ history }: Pick<Services, 'history'>, ref: HistoryRef | undefined): HistoryEntry {
  const entry = ref && history.entry(ref.entryId);
  if (!entry) throw new ReplicationError('missing', 'This entry is no longer in the history.');
  return entry;
}

/** An entry of a plan of which something is left, with its plan. */
export interface OpenEntry {
  readonly entry: HistoryEntry;
  readonly stored: StoredPlan;
  readonly outcome: PlanOutcome;
}

/** The entry, where there is something to go on with. Throws ReplicationError 'missing' or 'unsupported'. */
export function openEntryOf(services: Pick<Services, 'history'>, ref: HistoryRef | undefined): OpenEntry {
  const entry = entryOf(services, ref);
  if (entry.plan && entry.outcome && isResumable(entry)) return { entry, stored: entry.plan, outcome: entry.outcome };
  if (entry.status === 'running') {
    throw new ReplicationError('unsupported', `${entry.title} is still running.`, {
      advice: 'If it was begun in another window that is gone, it says so within half a minute.',
    });
  }
  throw new ReplicationError('unsupported', `There is nothing left to go on with of: ${entry.title}.`, {
    advice: entry.plan ? 'Show its SQL to see what it did.' : 'It was run by an earlier version, which kept no plan.',
  });
}
