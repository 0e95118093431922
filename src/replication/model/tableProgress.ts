import type { TableProgress } from './snapshot.ts';

/** Whether `notReady` lists all tables of the subscription that aren't ready: then one that it doesn't list is. */
export function listsAllNotReady({ counts, notReady }: TableProgress): boolean {
  return Object.values(counts).reduce((sum, count) => sum + count, 0) - counts.ready === notReady.length;
}
