import type { LagEvent, LagEvents } from '../../replication/model/lagEvent.ts';
import type { History } from './history.ts';

/** Plans that were run, as marks in a chart: when they ended, on which connections, and how. */
export function planEvents(history: Pick<History, 'entries'>): LagEvents {
  return {
    between: (from, to) =>
      history
        .entries()
        .filter(({ endedAt, status }) => status !== 'running' && endedAt >= from && endedAt <= to)
        .map(({ endedAt, status, steps, title }): LagEvent => ({
          at: endedAt,
          kind: 'plan',
          connectionIds: [...new Set(steps.map(({ connectionId }) => connectionId))],
          text: `${title}${suffix[status] ?? ''}`,
        })),
  };
}

/** How a plan ended, where it wasn't as meant. */
const suffix: Readonly<Record<string, string>> = {
  failed: ' (failed)',
  cancelled: ' (cancelled)',
  unknown: ' (its end is not known)',
  abandoned: ' (given up)',
  takenBack: ' (taken back later)',
  takenBackInPart: ' (taken back in part later)',
};
