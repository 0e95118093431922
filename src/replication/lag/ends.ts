import type { Lsn } from '../model/lsn.ts';
import { lsnDistance } from '../model/lsn.ts';
import type { ServerState } from '../model/serverState.ts';
import type { Slot, WalSender } from '../model/slot.ts';
import type { Pulse, Snapshot, SubscriptionPulse, SubscriptionWorker, TableProgress } from '../model/snapshot.ts';
import type { Stream } from '../model/stream.ts';
import { knownLsn, mainWorker } from '../topology/ends.ts';

/** One server of a stream as it stands. */
export interface ServerView {
  /** The connection's name. */
  readonly name: string;
  /** What was read last; past where `open` is false. */
  readonly snapshot: Snapshot;
  readonly open: boolean;
  /** Why it isn't open, where that is known. */
  readonly problem: string | null;
}

/** A server as a stream sees it; null while nothing was ever read from it. */
export function serverView(name: string, state: ServerState): ServerView | null {
  if (state.phase === 'closed' || state.snapshot === null) return null;
  const problem = state.phase === 'failed' ? state.error.message : null;
  return { name, snapshot: state.snapshot, open: state.phase === 'open', problem };
}

/** The publisher's end of a stream. */
export interface PublisherEnd {
  readonly server: ServerView;
  readonly pulse: Pulse;
  /** Null when the slot isn't there. */
  readonly slot: Slot | null;
  readonly sender: WalSender | null;
  /** The role sees positions of WAL senders. */
  readonly seesSenders: boolean;
  /** Applied and flushed by the consumer. */
  readonly confirmedLsn: Lsn | null;
  /** Decoded and sent; null without a sender, or where it may not be seen. */
  readonly sentLsn: Lsn | null;
}

/** The subscriber's end of a stream. */
export interface SubscriberEnd {
  readonly server: ServerView;
  readonly pulse: Pulse;
  /** Null when the subscription isn't there. */
  readonly subscription: SubscriptionPulse | null;
  /** The running main apply worker. */
  readonly worker: SubscriptionWorker | null;
  readonly receivedLsn: Lsn | null;
  readonly tables: TableProgress | null;
  readonly disableOnError: boolean;
  /** The role sees what workers wait for. */
  readonly seesWaits: boolean;
}

/** The publisher's end of a stream on that server. */
export function publisherEnd(stream: Stream, server: ServerView): PublisherEnd {
  const { inventory, pulse } = server.snapshot;
  const slot = pulse.slots.find(({ name }) => name === stream.publisher?.slotName) ?? null;
  const sender = pulse.senders.find(({ pid }) => slot?.activePid === pid) ?? null;
  const { readsAllStats, superuser } = inventory.server.role;
  return {
    server,
    pulse,
    slot,
    sender,
    seesSenders: readsAllStats || superuser,
    confirmedLsn: confirmed(slot, sender),
    sentLsn: knownLsn(sender?.sentLsn ?? null),
  };
}

/**
 * Up to where a consumer has applied and flushed: what the slot says, or the sender where it is ahead. Not
 * replay_lsn, which runs ahead of the flush with synchronous_commit = off.
 */
function confirmed(slot: Slot | null, sender: WalSender | null): Lsn | null {
  if (slot === null || slot.lost) return null;
  const [bySlot, bySender] = [knownLsn(slot.confirmedFlushLsn), knownLsn(sender?.flushLsn ?? null)];
  return (lsnDistance(bySender, bySlot) ?? 0) > 0 ? bySender : bySlot;
}

/** The subscriber's end of a stream on that server. */
export function subscriberEnd(stream: Stream, server: ServerView): SubscriberEnd {
  const { inventory, pulse } = server.snapshot;
  const name = stream.subscriber?.subscriptionName;
  const subscription = pulse.subscriptions.find((one) => one.name === name) ?? null;
  const worker = subscription && mainWorker(pulse.workers, subscription.oid, subscription.name);
  const { readsAllStats, superuser } = inventory.server.role;
  return {
    seesWaits: readsAllStats || superuser,
    server,
    pulse,
    subscription,
    worker,
    receivedLsn: knownLsn(worker?.receivedLsn ?? null),
    tables: pulse.tableProgress.find(({ subscriptionOid }) => subscriptionOid === subscription?.oid) ?? null,
    disableOnError: inventory.subscriptions.find((one) => one.name === name)?.options.disableOnError === true,
  };
}
