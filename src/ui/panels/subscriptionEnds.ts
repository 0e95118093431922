import {
  type OfferedPublication,
  type PublisherState,
  type SubscriberState,
  type SubscriptionDraft,
  type SubscriptionFormCapabilities,
  subscriptionFormCapabilities,
} from '../../protocol/subscription.ts';
import type { ConnectionFacts, ConnectParams } from '../../replication/model/connect.ts';
import { describeError, type ErrorDescription, ReplicationError } from '../../replication/model/errors.ts';
import type { Secret } from '../../replication/model/secret.ts';
import type { Inventory, Snapshot } from '../../replication/model/snapshot.ts';
import { isSameCluster } from '../../replication/operations/subscription/sameCluster.ts';
import type { PlanTarget, SubscriptionParties } from '../../replication/operations/target.ts';
import type { ReplicationService } from '../../replication/service.ts';
import { formServer } from './formServer.ts';
import type { PublisherSource } from './newTables.ts';
import { targetOfAddress } from './subscriptionChoice.ts';

/** What both ends are read with. */
export interface EndsDeps {
  readonly service: Pick<ReplicationService, 'open' | 'refresh' | 'inspect'>;
  readonly connections: {
    facts(connectionId: string): ConnectionFacts | undefined;
    hasPassword(connectionId: string): Promise<boolean>;
  };
  readonly applicationName: string;
  /** One of the ends stands otherwise. */
  readonly changed: () => void;
}

type Reading =
  | { readonly phase: 'none' }
  | { readonly phase: 'opening' }
  | { readonly phase: 'failed'; readonly error: ErrorDescription };
type KnownEnd = { readonly connectionId: string; readonly savedPassword: boolean } & (
  | Exclude<Reading, { phase: 'none' }>
  | { readonly phase: 'open'; readonly snapshot: Snapshot }
);
type TypedEnd = { readonly key: string } & (
  | Exclude<Reading, { phase: 'none' }>
  | { readonly phase: 'open'; readonly inventory: Inventory; readonly params: ConnectParams }
);

/** Both ends of a subscription that is being written down: which servers they are and what is known of them. */
export class SubscriptionEnds {
  readonly #deps: EndsDeps;
  #subscriber: KnownEnd | null = null;
  #publisher: KnownEnd | null = null;
  #typed: TypedEnd | null = null;
  #looking: AbortController | null = null;

  constructor(deps: EndsDeps) {
    this.#deps = deps;
  }

  /** Opens what is newly chosen in a draft. */
  follow(draft: SubscriptionDraft): void {
    if ((this.#subscriber?.connectionId ?? null) !== draft.subscriberConnectionId) {
      this.#subscriber = null;
      if (draft.subscriberConnectionId !== null) void this.#open('subscriber', draft.subscriberConnectionId, 'open');
    }
    const publisherId = draft.publisherKind === 'known' ? draft.publisherConnectionId : null;
    if (this.#typed && (draft.publisherKind !== 'typed' || this.#typed.key !== typedKey(draft))) {
      this.#looking?.abort();
      this.#typed = null;
      this.#deps.changed();
    }
    if ((this.#publisher?.connectionId ?? null) === publisherId) return;
    this.#publisher = null;
    if (publisherId !== null) void this.#open('publisher', publisherId, 'open');
    else this.#deps.changed();
  }

  /** Reads an end anew, at once. */
  async retry(end: 'subscriber' | 'publisher'): Promise<void> {
    const known = end === 'subscriber' ? this.#subscriber : this.#publisher;
    if (known) await this.#open(end, known.connectionId, 'refresh');
  }

  /** The inventory of one of the known servers was read anew. */
  async inventoryChanged(connectionId: string): Promise<void> {
    for (const end of ['subscriber', 'publisher'] as const) {
      const known = end === 'subscriber' ? this.#subscriber : this.#publisher;
      if (known?.connectionId === connectionId && known.phase === 'open') await this.#open(end, connectionId, 'open');
    }
  }

  /** Looks at the typed publisher, from here. */
  async look(draft: SubscriptionDraft, password: Secret | null): Promise<void> {
    this.#looking?.abort();
    const looking = new AbortController();
    this.#looking = looking;
    const key = typedKey(draft);
    this.#typed = { key, phase: 'opening' };
    this.#deps.changed();
    let found: TypedEnd;
    try {
      const target = targetOfAddress(draft.address, this.#deps.applicationName);
      const params: ConnectParams = password === null ? target : { ...target, password };
      found = { key, phase: 'open', inventory: await this.#deps.service.inspect(params, looking.signal), params };
    } catch (error) {
      found = { key, phase: 'failed', error: describeError(error) };
    }
    // The address was changed meanwhile, or somebody looked again.
    if (this.#looking !== looking || this.#typed?.key !== key) return;
    this.#typed = found;
    this.#deps.changed();
  }

  dispose(): void {
    this.#looking?.abort();
  }

  /** The known publisher's connection while it is open; null where it isn't, or is typed. */
  get publisherConnectionId(): string | null {
    return this.#publisher?.phase === 'open' ? this.#publisher.connectionId : null;
  }

  /** Where the publisher's tables can be read; null while it isn't known. */
  publisherSource(): PublisherSource | null {
    const known = this.#target(this.#publisher);
    if (known) return { inventory: known.snapshot.inventory, connectionId: known.connectionId };
    if (this.#typed?.phase !== 'open') return null;
    const { inventory, params } = this.#typed;
    return { inventory, params };
  }

  /** Both ends for the operation; null while the subscriber isn't known. */
  parties(): SubscriptionParties | null {
    const subscriber = this.#target(this.#subscriber);
    if (!subscriber) return null;
    const host = this.#deps.connections.facts(subscriber.connectionId)?.target.host;
    return {
      subscriber,
      publisher: this.#target(this.#publisher),
      publisherInventory: this.#typed?.phase === 'open' ? this.#typed.inventory : null,
      ...(host === undefined ? {} : { subscriberHost: host }),
    };
  }

  /** Both ends as they are now, for a look that must not be of a moment ago. Rejects where one can't be read. */
  async partiesNow(): Promise<SubscriptionParties | null> {
    const parties = this.parties();
    if (!parties) return null;
    const anew = async (target: PlanTarget): Promise<PlanTarget> => ({
      ...target,
      snapshot: await this.#deps.service.refresh(target.connectionId),
    });
    const [subscriber, publisher] = await Promise.all([
      anew(parties.subscriber),
      parties.publisher === null ? null : anew(parties.publisher),
    ]);
    return { ...parties, subscriber, publisher };
  }

  subscriberState(): SubscriberState {
    const end = this.#subscriber;
    if (!end) return { phase: 'none' };
    const facts = this.#deps.connections.facts(end.connectionId);
    const name = facts?.name ?? '';
    if (end.phase === 'failed') return { phase: 'failed', name, error: end.error };
    if (end.phase === 'opening' || !facts) return { phase: 'opening', name };
    const { server } = end.snapshot.inventory;
    return {
      phase: 'open',
      server: formServer(facts, end.snapshot.inventory),
      superuser: server.role.superuser,
      capabilities: Object.fromEntries(
        subscriptionFormCapabilities.map((capability) => [capability, server.capabilities[capability]]),
      ) as SubscriptionFormCapabilities,
      ...(server.foreignServers ? { foreignServers: server.foreignServers.map((each) => each.name) } : {}),
    };
  }

  publisherState(): PublisherState {
    const known = this.#publisher;
    const end = known ?? this.#typed;
    if (!end) return { phase: 'none' };
    const facts = known ? this.#deps.connections.facts(known.connectionId) : undefined;
    const name = facts?.name ?? 'the publisher';
    if (end.phase === 'failed') return { phase: 'failed', name, error: end.error };
    if (end.phase === 'opening') return { phase: 'opening', name };
    const inventory = 'snapshot' in end ? end.snapshot.inventory : end.inventory;
    const slots = 'snapshot' in end ? end.snapshot.pulse.slots : [];
    const parties = this.parties();
    return {
      phase: 'open',
      server: formServer(facts ?? { name, production: false, readOnly: false }, inventory),
      publications: offeredPublications(inventory),
      freeSlots: slots
        .filter((slot) => slot.plugin === 'pgoutput' && !slot.active && !slot.temporary && !slot.lost)
        .filter((slot) => slot.database === inventory.server.database)
        .map((slot) => slot.name),
      savedPassword: known?.savedPassword ?? false,
      sameCluster: parties !== null && isSameCluster(parties),
    };
  }

  /** Names that are in use at either end, as far as they are known: of subscriptions and of slots. */
  takenNames(): readonly string[] {
    const snapshotOf = (end: KnownEnd | null) => (end?.phase === 'open' ? end.snapshot : null);
    return [
      ...(snapshotOf(this.#subscriber)?.inventory.subscriptions ?? []).map(({ name }) => name),
      ...(snapshotOf(this.#publisher)?.pulse.slots ?? []).map(({ name }) => name),
    ];
  }

  async #open(end: 'subscriber' | 'publisher', connectionId: string, how: 'open' | 'refresh'): Promise<void> {
    const before = end === 'subscriber' ? this.#subscriber : this.#publisher;
    // What is open stays shown while it is read anew.
    const opening: KnownEnd =
      before?.connectionId === connectionId && before.phase === 'open'
        ? { ...before }
        : { connectionId, savedPassword: false, phase: 'opening' };
    this.#put(end, opening);
    let read: KnownEnd;
    let savedPassword = false;
    try {
      if (!this.#deps.connections.facts(connectionId)) {
        throw new ReplicationError('unknownConnection', 'This connection was removed meanwhile.');
      }
      savedPassword = await this.#deps.connections.hasPassword(connectionId);
      const snapshot = await this.#deps.service[how](connectionId);
      read = { connectionId, savedPassword, phase: 'open', snapshot };
    } catch (error) {
      read = { connectionId, savedPassword, phase: 'failed', error: describeError(error) };
    }
    // Another one was chosen meanwhile.
    if ((end === 'subscriber' ? this.#subscriber : this.#publisher) === opening) this.#put(end, read);
  }

  #put(end: 'subscriber' | 'publisher', value: KnownEnd): void {
    if (end === 'subscriber') this.#subscriber = value;
    else this.#publisher = value;
    this.#deps.changed();
  }

  #target(end: KnownEnd | null): PlanTarget | null {
    const facts = end?.phase === 'open' ? this.#deps.connections.facts(end.connectionId) : undefined;
    if (end?.phase !== 'open' || !facts) return null;
    return { connectionId: end.connectionId, serverName: facts.name, snapshot: end.snapshot };
  }
}

/** The publications of a server as a form offers them. */
export function offeredPublications({ publications }: Inventory): readonly OfferedPublication[] {
  return publications.map(({ name, allTables, allSequences, exceptTables, tables, schemas, operations }) => ({
    name,
    allTables,
    ...(exceptTables ? { leftOut: exceptTables.length } : {}),
    ...(allSequences ? { allSequences } : {}),
    tables: tables.length,
    schemas,
    operations,
  }));
}

/** What makes a typed publisher the one that was looked at. */
function typedKey({ address }: SubscriptionDraft): string {
  return JSON.stringify([address.host, address.port, address.database, address.user, address.more]);
}
