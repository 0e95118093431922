import type { Slot, WalSender } from '../model/slot.ts';
import type { Stream } from '../model/stream.ts';
import type { PublisherAddress, Subscription } from '../model/subscription.ts';
import { listsAllNotReady } from '../model/tableProgress.ts';
import type { Topology, TopologyEdge, TopologyNode, TopologySubscription } from '../model/topology.ts';
import { leadsTo } from './address.ts';
import type { KnownServer } from './clusters.ts';
import { guessConsumer } from './consumers.ts';
import { hostAndPort, type ServerPlace } from './serverNodes.ts';
import { parseSyncSlotName } from './syncSlot.ts';

/** Tables that are told one by one. */
const shownTables = 100;

/** Both ends of one stream, with all that belongs to it. */
export interface JoinedStream {
  readonly edge: TopologyEdge;
  readonly stream: Stream;
  /** The publisher's server; null where it isn't known. */
  readonly from: ServerPlace | null;
  /** The subscriber's server; null where it isn't known. */
  readonly to: ServerPlace | null;
  readonly publisher: KnownServer | null;
  readonly subscriber: KnownServer | null;
  readonly slot: Slot | null;
  readonly subscription: Subscription | null;
}

/** What logical edges are made from. */
export interface JoinInput {
  readonly places: readonly ServerPlace[];
  readonly streams: readonly Stream[];
  readonly before: Topology | null;
}

/** Every stream as an edge, and the boxes of those ends that aren't among the connections. */
export function logicalEdges({ places, streams, before }: JoinInput): {
  readonly joined: readonly JoinedStream[];
  readonly strangers: readonly TopologyNode[];
} {
  const strangers = new Map<string, TopologyNode>();
  const keep = (node: TopologyNode): string => {
    if (!strangers.has(node.id)) strangers.set(node.id, node);
    return node.id;
  };
  const joined = streams.map((stream) => join(stream, places, before, keep));
  return { joined, strangers: [...strangers.values()] };
}

function join(
  stream: Stream,
  places: readonly ServerPlace[],
  before: Topology | null,
  keep: (node: TopologyNode) => string,
): JoinedStream {
  const publisher = memberAt(places, stream.publisher?.connectionId);
  const subscriber = memberAt(places, stream.subscriber?.connectionId);
  const slot = publisher?.server.snapshot.pulse.slots.find(({ name }) => name === stream.publisher?.slotName) ?? null;
  const subscription =
    subscriber?.server.snapshot.inventory.subscriptions.find(
      ({ name }) => name === stream.subscriber?.subscriptionName,
    ) ?? null;
  const sender =
    publisher?.server.snapshot.pulse.senders.find(({ pid }) => slot !== null && pid === slot.activePid) ?? null;
  const addressed =
    publisher || !subscriber || !subscription
      ? null
      : placeAddressed(subscription.publisher, subscriber.server, places);
  const from = publisher?.place ?? addressed;
  const fromId = from?.id ?? keep(strangePublisher(subscription?.publisher ?? null, subscriber));
  const toId =
    subscriber?.place.id ?? keep(consumerOf(stream, publisher?.place.id ?? '', slot, sender, before) ?? nobody(fromId));
  const edge: TopologyEdge = {
    id: stream.id,
    kind: 'logical',
    from: fromId,
    to: toId,
    streamId: stream.id,
    slot: slot &&
      stream.publisher && {
        connectionId: stream.publisher.connectionId,
        name: slot.name,
        plugin: slot.plugin,
        database: slot.database,
        active: slot.active,
        lost: slot.lost,
      },
    sender: sender && {
      pid: sender.pid,
      applicationName: sender.applicationName,
      user: sender.user,
      clientAddress: sender.clientAddress,
      state: sender.state,
    },
    subscription: subscriber && subscriptionPart(stream, subscriber.server, subscription),
    syncSlots: subscriber ? syncSlotsOf(publisher?.server ?? null, subscriber.server, stream) : [],
    bidirectional: false,
    doubt: null,
  };
  return {
    edge,
    stream,
    from,
    to: subscriber?.place ?? null,
    publisher: publisher?.server ?? null,
    subscriber: subscriber?.server ?? null,
    slot,
    subscription,
  };
}

interface MemberAt {
  readonly place: ServerPlace;
  readonly server: KnownServer;
}

function memberAt(places: readonly ServerPlace[], connectionId: string | undefined): MemberAt | null {
  if (connectionId === undefined) return null;
  for (const place of places) {
    const server = place.cluster?.members.find(({ facts }) => facts.id === connectionId);
    if (server) return { place, server };
  }
  return null;
}

function subscriptionPart(
  { subscriber }: Stream,
  server: KnownServer,
  subscription: Subscription | null,
): TopologySubscription | null {
  if (!subscriber) return null;
  const { inventory, pulse } = server.snapshot;
  const live = pulse.subscriptions.find(({ name }) => name === subscriber.subscriptionName) ?? null;
  const oid = live?.oid ?? subscription?.oid ?? null;
  const tables = subscription?.tables ?? [];
  const nameOf = (tableOid: number | null) => {
    const table = tables.find((one) => one.oid === tableOid);
    return table ? `${table.schema}.${table.name}` : tableOid === null ? null : String(tableOid);
  };
  const progress = pulse.tableProgress.find(({ subscriptionOid }) => subscriptionOid === oid);
  const notReady = new Map(progress?.notReady.map((one) => [one.tableOid, one.state]) ?? []);
  const others = progress && listsAllNotReady(progress) ? 'ready' : null;
  return {
    connectionId: subscriber.connectionId,
    name: subscriber.subscriptionName,
    database: inventory.server.database,
    enabled: live?.enabled ?? subscription?.enabled ?? false,
    slotName: live ? live.slotName : (subscription?.slotName ?? null),
    origin: subscription?.options.origin ?? null,
    publications: subscription?.publications ?? [],
    tables: tables.slice(0, shownTables).map((table) => ({
      name: `${table.schema}.${table.name}`,
      // The pulse is newer; a table it doesn't list has become ready, where it lists all that aren't.
      state: notReady.get(table.oid) ?? others ?? table.state,
    })),
    tableCount: tables.length,
    workers: pulse.workers.flatMap(({ kind, pid, subscriptionName, subscriptionOid, tableOid }) => {
      const own = oid === null ? subscriptionName === subscriber.subscriptionName : subscriptionOid === oid;
      return own && pid !== null ? [{ kind, pid, table: nameOf(tableOid) }] : [];
    }),
  };
}

/** The slots on the publisher that belong to the table synchronizations of a subscription. */
function syncSlotsOf(publisher: KnownServer | null, subscriber: KnownServer, stream: Stream): readonly string[] {
  const { inventory, pulse } = subscriber.snapshot;
  const oid = pulse.subscriptions.find(({ name }) => name === stream.subscriber?.subscriptionName)?.oid ?? null;
  const identifier = inventory.server.systemIdentifier;
  if (!publisher || oid === null) return [];
  const own = stream.publisher?.slotName ?? '';
  return publisher.snapshot.pulse.slots
    .filter(({ name, temporary }) => {
      const parts = parseSyncSlotName(name);
      if (parts) return parts.subscriptionOid === oid && parts.systemIdentifier === identifier;
      // Subscribers before 14 cut the slot's name where the whole would be too long.
      const [, start = '', subscriptionOid] = /^(.*)_(\d+)_sync_\d+$/.exec(name) ?? [];
      return temporary && Number(subscriptionOid) === oid && start !== '' && own.startsWith(start);
    })
    .map(({ name }) => name);
}

/** The known server that a connection string leads to, where it is exactly one. */
function placeAddressed(
  address: PublisherAddress | null,
  subscriber: KnownServer,
  places: readonly ServerPlace[],
): ServerPlace | null {
  if (address === null) return null;
  const reached = places.filter(({ cluster }) =>
    cluster?.members.some(({ facts }) => leadsTo(address, subscriber.facts.target, facts.target)),
  );
  const [first] = reached;
  return reached.length === 1 && first ? first : null;
}

function strangePublisher(address: PublisherAddress | null, subscriber: MemberAt | null): TopologyNode {
  const host = address?.host ?? null;
  const where =
    host === null && address?.port === null ? null : hostAndPort(host ?? 'localhost', address?.port ?? 5432);
  // A local host is the subscriber's own machine.
  const local = where !== null && /^(localhost|127\.|\[?::1|\/)/.test(where);
  const of = where === null || local ? (subscriber?.place.id ?? '') : '';
  return {
    ...stranger('publisher', JSON.stringify([where, of])),
    name: address === null ? 'Unknown publisher' : (where ?? 'Publisher on its own machine'),
    address: local ? `${where} as seen from ${subscriber?.place.node.name ?? 'the subscriber'}` : where,
  };
}

/** Who reads a slot, or did when it was last read, or would by its name; null where nothing tells. */
function consumerOf(
  stream: Stream,
  placeId: string,
  slot: Slot | null,
  sender: WalSender | null,
  before: Topology | null,
): TopologyNode | null {
  const guess = slot && guessConsumer(slot, sender);
  if (sender) {
    const called = sender.applicationName === '' ? sender.user : sender.applicationName;
    const name = guess?.product ?? called ?? 'A client without a name';
    return {
      ...stranger('consumer', JSON.stringify([placeId, name, sender.clientAddress])),
      name,
      address: sender.clientAddress,
      guess,
    };
  }
  const earlier = before?.edges.find(({ id }) => id === stream.id)?.to;
  const reader = before?.nodes.find(({ id, kind }) => id === earlier && kind === 'consumer');
  if (reader && !reader.nobody) return { ...reader, receives: 0, sends: 0 };
  if (guess) return { ...stranger('consumer', JSON.stringify([placeId, guess.product])), name: guess.product, guess };
  if (slot?.active !== true) return null;
  return { ...stranger('consumer', JSON.stringify([placeId, stream.id])), name: 'A client that may not be seen' };
}

/** Who reads slots of a server that no reader is known of. */
export function nobody(placeId: string): TopologyNode {
  return { ...stranger('consumer', `${placeId}:nobody`), name: 'Nobody', nobody: true };
}

function stranger(kind: TopologyNode['kind'], key: string): TopologyNode {
  return {
    id: `${kind}:${key}`,
    kind,
    name: '',
    address: null,
    members: [],
    version: null,
    inRecovery: kind === 'standby',
    reading: 'never',
    guess: null,
    receives: 0,
    sends: 0,
  };
}

/** A box for a physical standby that isn't among the connections. */
export function strangeStandby(placeId: string, { applicationName, clientAddress, pid }: WalSender): TopologyNode {
  const name = applicationName === '' || applicationName === 'walreceiver' ? 'Physical standby' : applicationName;
  const key = JSON.stringify([placeId, applicationName, clientAddress, clientAddress === null ? pid : 0]);
  return { ...stranger('standby', key), name, address: clientAddress };
}
