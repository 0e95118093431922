import type { AlertEvent } from '../../replication/alerts/alert.ts';
import type { EventBook } from '../../replication/lag/eventBook.ts';
import type { LagMonitor } from '../../replication/lag/monitor.ts';
import type { AlertCenter } from './alertCenter.ts';

/** Keeps the thresholds that streams cross, in either direction, as marks for charts. Returns the way to stop. */
export function keepCrossed(
  alerts: Pick<AlertCenter, 'events' | 'onDidChange'>,
  monitor: Pick<LagMonitor, 'streams'>,
  book: Pick<EventBook, 'add'>,
): () => void {
  const kept = new WeakSet<AlertEvent>();
  return alerts.onDidChange(() => {
    for (const { id, publisher, subscriber } of monitor.streams()) {
      for (const event of alerts.events(id)) {
        if (kept.has(event)) continue;
        kept.add(event);
        book.add({
          at: event.at,
          kind: 'threshold',
          connectionIds: [publisher, subscriber].flatMap((end) => (end ? [end.connectionId] : [])),
          streamId: id,
          subject: `${event.kind} ${event.what}`,
          text: event.text,
        });
      }
    }
  });
}
