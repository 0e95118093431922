import type { Stream } from '../model/stream.ts';
import { leadsTo } from './address.ts';
import { type Cluster, groupClusters, type KnownServer } from './clusters.ts';
import { type SlotEnd, slotEnds, type SubscriptionEnd, subscriptionEnds } from './ends.ts';
import { evidence, mayBePair } from './evidence.ts';

/**
 * All streams that the known connections show: every logical slot with its subscription where that is known too,
 * and every subscription whose slot isn't. Where several fit equally well none is chosen. `before` are the streams
 * of the last time: a pair that stood stays while nothing speaks against it, also when its slot has gone.
 */
export function pairStreams(servers: readonly KnownServer[], before: readonly Stream[] = []): readonly Stream[] {
  const clusters = groupClusters(servers);
  const slots = clusters.flatMap(slotEnds);
  const subscriptions = clusters.flatMap(subscriptionEnds);
  const pairs = choosePairs(slots, subscriptions, before);
  const paired = new Set(pairs.values());
  return [
    ...slots.map((end) => streamOfSlot(end, pairs.get(end) ?? null)),
    ...subscriptions.filter((end) => !paired.has(end)).map((end) => streamOfSubscription(end, clusters, slots, before)),
  ];
}

/** The id of a slot's stream. */
export function slotStreamId(connectionId: string, slotName: string): string {
  return `slot:${connectionId}:${slotName}`;
}

interface Candidate {
  readonly subscription: SubscriptionEnd;
  readonly slot: SlotEnd;
  readonly points: number;
}

/** Pairs that are each other's one best choice; with those set, what was tied between them may become clear. */
function choosePairs(
  slots: readonly SlotEnd[],
  subscriptions: readonly SubscriptionEnd[],
  before: readonly Stream[],
): ReadonlyMap<SlotEnd, SubscriptionEnd> {
  const slotsByName = groupBy(slots, ({ slot }) => slot.name);
  const wasPair = new Set(before.map(({ publisher, subscriber }) => pairKey(publisher, subscriber)));
  let open: readonly Candidate[] = subscriptions
    .flatMap((subscription) =>
      (slotsByName.get(subscription.slotName ?? '') ?? [])
        .filter((slot) => mayBePair(subscription, slot))
        .map((slot) => ({
          subscription,
          slot,
          points: evidence(subscription, slot, wasPair.has(keyOf(slot, subscription))),
        })),
    )
    .filter(({ points }) => points >= 0);
  const pairs = new Map<SlotEnd, SubscriptionEnd>();
  for (;;) {
    const bestOfSubscription = bests(open, ({ subscription }) => subscription);
    const bestOfSlot = bests(open, ({ slot }) => slot);
    const mutual = open.filter(
      (one) => bestOfSubscription.get(one.subscription) === one && bestOfSlot.get(one.slot) === one,
    );
    if (mutual.length === 0) return pairs;
    for (const { slot, subscription } of mutual) pairs.set(slot, subscription);
    const taken = new Set<unknown>(mutual.flatMap(({ slot, subscription }) => [slot, subscription]));
    open = open.filter(({ slot, subscription }) => !taken.has(slot) && !taken.has(subscription));
  }
}

/** For each end the candidate with the most points; null where two have them. */
function bests<End>(
  candidates: readonly Candidate[],
  endOf: (candidate: Candidate) => End,
): ReadonlyMap<End, Candidate | null> {
  const best = new Map<End, Candidate | null>();
  for (const [end, group] of groupBy(candidates, endOf)) {
    const most = Math.max(...group.map(({ points }) => points));
    const first = group.filter(({ points }) => points === most);
    best.set(end, first.length === 1 ? (first[0] ?? null) : null);
  }
  return best;
}

function groupBy<Item, Key>(items: readonly Item[], keyOfItem: (item: Item) => Key): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function pairKey(publisher: Stream['publisher'], subscriber: Stream['subscriber']): string {
  return JSON.stringify([
    publisher?.connectionId,
    publisher?.slotName,
    subscriber?.connectionId,
    subscriber?.subscriptionName,
  ]);
}

function keyOf(slot: SlotEnd, subscription: SubscriptionEnd): string {
  return pairKey(publisherOf(slot), subscriberOf(subscription));
}

function publisherOf({ server, slot }: SlotEnd): NonNullable<Stream['publisher']> {
  return { connectionId: server.facts.id, slotName: slot.name, database: slot.database };
}

function subscriberOf({ server, name }: SubscriptionEnd): NonNullable<Stream['subscriber']> {
  return { connectionId: server.facts.id, subscriptionName: name };
}

function streamOfSlot(end: SlotEnd, subscription: SubscriptionEnd | null): Stream {
  return {
    id: slotStreamId(end.server.facts.id, end.slot.name),
    publisher: publisherOf(end),
    subscriber: subscription === null ? null : subscriberOf(subscription),
    consumer: subscription?.name ?? unknownConsumer(end),
  };
}

/** Who reads a slot whose other end isn't among the connections, as far as the publisher shows it. */
function unknownConsumer({ server, slot }: SlotEnd): string {
  const sender = server.snapshot.pulse.senders.find(({ pid }) => pid === slot.activePid);
  if (sender) {
    const name = sender.applicationName === '' ? (sender.user ?? 'a client without a name') : sender.applicationName;
    return sender.clientAddress === null ? name : `${name} at ${sender.clientAddress}`;
  }
  return slot.plugin ?? 'unknown';
}

/** A subscription without its slot. Its publisher is known where it was paired before, or by its address alone. */
function streamOfSubscription(
  end: SubscriptionEnd,
  clusters: readonly Cluster[],
  slots: readonly SlotEnd[],
  before: readonly Stream[],
): Stream {
  const subscriber = subscriberOf(end);
  const earlier = before.find(
    (one) =>
      one.subscriber?.connectionId === subscriber.connectionId &&
      one.subscriber.subscriptionName === subscriber.subscriptionName,
  );
  const publisher = publisherOfMissingSlot(end, clusters, slots, earlier?.publisher ?? null);
  const ownId = `subscription:${subscriber.connectionId}:${subscriber.subscriptionName}`;
  return { id: publisher ? (earlier?.id ?? ownId) : ownId, publisher, subscriber, consumer: end.name };
}

function publisherOfMissingSlot(
  { address, server: subscriber, slotName }: SubscriptionEnd,
  clusters: readonly Cluster[],
  slots: readonly SlotEnd[],
  earlier: Stream['publisher'],
): Stream['publisher'] {
  if (slotName === null) return null;
  const servers = clusters.flatMap(({ members }) => members);
  const lacksSlot = (server: KnownServer) =>
    !slots.some(({ cluster, slot }) => slot.name === slotName && cluster.members.includes(server));
  if (earlier?.slotName === slotName) {
    const stillKnown = servers.find(({ facts }) => facts.id === earlier.connectionId);
    if (stillKnown && lacksSlot(stillKnown)) return earlier;
  }
  if (address === null) return null;
  const databaseOf = ({ snapshot }: KnownServer) => snapshot.inventory.server.database;
  const addressed = servers.filter(({ facts }) => leadsTo(address, subscriber.facts.target, facts.target));
  const own = addressed.filter((server) => (address.database ?? databaseOf(server)) === databaseOf(server));
  // Slots are told by every connection to a server: one to another database knows as well that this one isn't there.
  const reached = own.length > 0 || address.host === null ? own : addressed;
  const [first] = reached;
  const oneServer = clusters.some(({ members }) => reached.every((server) => members.includes(server)));
  if (!first || !oneServer || !lacksSlot(first)) return null;
  return { connectionId: first.facts.id, slotName, database: address.database ?? databaseOf(first) };
}
