import type { Slot } from '../../../src/replication/model/slot.ts';
import type { Pulse } from '../../../src/replication/model/snapshot.ts';
import { lsn, sender, type ServerOptions, slot, subscription, worker } from './handmade.ts';
import { Stage } from './stage.ts';

/** A stream in which all from 5000 to 10,000 isn't confirmed, received up to `received`. */
export function behind(received: number, more: Partial<Slot> = {}): Partial<Pulse> {
  return {
    slots: [slot('orders_sub', { confirmedFlushLsn: lsn(5000), restartLsn: lsn(4000), ...more })],
    senders: [sender({ sentLsn: lsn(received), writeLsn: lsn(5000), flushLsn: lsn(5000) })],
  };
}

/** The subscriber of that stream, which got nothing of it yet. */
export const receiving: ServerOptions = {
  id: 'sub',
  subscriptions: [subscription('orders_sub')],
  pulse: { workers: [worker('orders_sub', { receivedLsn: lsn(5000) })] },
};

/** The stage after so many seconds in which nothing moved. */
export function still(publisher: ServerOptions['pulse'], subscriber: ServerOptions['pulse'], seconds = 8): Stage {
  const stage = new Stage({ id: 'pub' }, receiving);
  stage.beat({ pub: { ...publisher, currentLsn: lsn(5000) }, sub: subscriber ?? {} });
  for (let second = 0; second < seconds; second += 1) stage.beat({ pub: { currentLsn: lsn(10_000) }, sub: {} });
  return stage;
}
