import type { LagMonitor } from '../../replication/lag/monitor.ts';
import type { LagEvent, LagEvents } from '../../replication/model/lagEvent.ts';
import type { AlertCenter } from './alertCenter.ts';

/** Thresholds that streams crossed in this window, in either direction, as marks in a chart. */
export function alertEvents(alerts: Pick<AlertCenter, 'events'>, monitor: Pick<LagMonitor, 'streams'>): LagEvents {
  return {
    between: (from, to) =>
      monitor.streams().flatMap(({ id, publisher, subscriber }) =>
        alerts
          .events(id)
          .filter(({ at }) => at >= from && at <= to)
          .map(({ at, text }): LagEvent => ({
            at,
            kind: 'threshold',
            connectionIds: [publisher, subscriber].flatMap((end) => (end ? [end.connectionId] : [])),
            streamId: id,
            text,
          })),
      ),
  };
}
