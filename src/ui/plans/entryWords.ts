import type { EntryStatus, HistoryEntry, HistoryStep } from './historyRecord.ts';
import { isUndoable } from './undo.ts';

/** How a plan ended, in a word. */
export const entryWords: Readonly<Record<EntryStatus, string>> = {
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  unknown: 'not known how it ended',
  running: 'running',
  abandoned: 'abandoned',
  takenBack: 'taken back',
  takenBackInPart: 'taken back in part: see its undo',
};

const words: Readonly<Record<HistoryStep['status'], string>> = {
  done: 'done',
  failed: 'failed',
  unknown: 'may or may not have been carried out',
  running: 'running',
  pending: 'not run',
  skipped: 'not run',
};

/** How a step ended, in words. */
export function stepWords({ status, foundOut }: HistoryStep): string {
  return foundOut && status === 'done' ? 'done, as the server said afterwards' : words[status];
}

/** A moment as the list and the documents show it: the person's own time. */
export function momentText(moment: number): string {
  return new Date(moment).toLocaleString();
}

/** Whether something of a plan is left to be run, or to be found out. */
export function isResumable({ status, plan, steps }: HistoryEntry): boolean {
  const open = status === 'failed' || status === 'cancelled' || status === 'unknown';
  return open && plan !== null && steps.some((step) => step.status !== 'done');
}

/** What the context menu of an entry goes by. */
export function entryFlags(entry: HistoryEntry): Readonly<Record<string, boolean>> {
  return { [entry.status]: true, undoable: isUndoable(entry), resumable: isResumable(entry) };
}
