import type { SubscriptionDraft, SubscriptionRequest, SubscriptionUpdate } from '../../protocol/subscription.ts';
import type { ConnectionFacts, ConnectionSource } from '../../replication/model/connect.ts';
import { parseConninfo, tidyPastedConninfo } from '../../replication/model/conninfo.ts';
import { describeError, type ErrorDescription, ReplicationError } from '../../replication/model/errors.ts';
import type { Blocker, Plan, Problem } from '../../replication/model/plan.ts';
import type { TableName } from '../../replication/model/reads.ts';
import { Secret } from '../../replication/model/secret.ts';
import {
  checkSubscription,
  planCreateSubscription,
} from '../../replication/operations/subscription/createSubscription.ts';
import { publisherInventoryOf, type SubscriptionParties } from '../../replication/operations/target.ts';
import type { ReplicationService } from '../../replication/service.ts';
import type { PlanRunner } from '../services.ts';
import { FormDesk } from './formDesk.ts';
import { readOnlyProblems, refusal } from './formServer.ts';
import { type LackedTables, NewTablesReader } from './newTables.ts';
import { cutText, planSql } from './planText.ts';
import { addressOf, addressOfTarget, type ReadChoice, readChoice } from './subscriptionChoice.ts';
import { SubscriptionEnds } from './subscriptionEnds.ts';
import { SubscriptionPreflight } from './subscriptionPreflight.ts';
import { placeSubscriptionRefusal } from './subscriptionRefusal.ts';

/** What the Subscription form needs; no VS Code, so that it is tried in plain Node. */
export interface SubscriptionFormDeps {
  readonly service: Pick<ReplicationService, 'open' | 'refresh' | 'inspect' | 'blockers' | 'tableDetails' | 'reads'>;
  readonly connections: Pick<ConnectionSource, 'facts' | 'params'> & {
    all(): readonly ConnectionFacts[];
    hasPassword(connectionId: string): Promise<boolean>;
  };
  readonly plans: PlanRunner;
  /** As a look at a typed publisher shows in pg_stat_activity. */
  readonly applicationName: string;
  readonly post: (message: SubscriptionUpdate) => void;
  /** To the clipboard. */
  readonly copy: (text: string) => Promise<void>;
  /** The subscription exists: close the form and show it. */
  readonly created: (subscriberConnectionId: string, name: string) => Promise<void>;
  readonly dismiss: () => void;
  readonly remedies: PreflightRemedies;
}

/** What helps against a failed check and is a command of its own. */
export interface PreflightRemedies {
  setReplicaIdentity(connectionId: string, tables: readonly TableName[]): Promise<void>;
  openSettings(connectionId: string): Promise<void>;
  createRole(connectionId: string): Promise<void>;
}

/**
 * The host's half of the Subscription form. It reads both ends, keeps the password (the page never does), reviews
 * the page's draft and creates.
 */
export class SubscriptionForm {
  readonly #deps: SubscriptionFormDeps;
  readonly #ends: SubscriptionEnds;
  readonly #desk: FormDesk<SubscriptionUpdate>;
  #draft: SubscriptionDraft;
  /** As typed, or taken out of a connection string. */
  #typedPassword: Secret | null = null;
  /** Whose address the fields were last filled from. */
  #filledFrom: string | null;
  /** On which connection blockers were looked for. */
  #blockersOf: string | null = null;
  readonly #preflight: SubscriptionPreflight;
  readonly #newTables: NewTablesReader;
  /** Over which ends the preflight was run by itself. */
  #preflightOf: string | null = null;

  /** `filled`: the draft's address is the person's already, and isn't filled in from the publisher's connection. */
  constructor(deps: SubscriptionFormDeps, draft: SubscriptionDraft, filled: boolean) {
    this.#desk = new FormDesk<SubscriptionUpdate>({ ...deps, plan: () => this.#plan() });
    this.#deps = deps;
    this.#draft = draft;
    this.#filledFrom = filled ? draft.publisherConnectionId : null;
    this.#ends = new SubscriptionEnds({ ...this.#deps, changed: () => this.#showEnds() });
    this.#newTables = new NewTablesReader(deps.service.reads);
    this.#preflight = new SubscriptionPreflight({
      reads: deps.service.reads,
      tableDetails: (id, oids) => deps.service.tableDetails(id, oids),
      lookForBlockers: () => this.#lookForBlockers(),
      post: this.#desk.post,
    });
  }

  /** The page (again) listens. */
  show(): void {
    this.#ends.follow(this.#draft);
    this.#fillIn();
    this.#blockersOf = null;
    this.#showEnds();
    this.#preflight.show();
  }

  async inventoryChanged(connectionId: string): Promise<void> {
    if (!this.#desk.running) await this.#ends.inventoryChanged(connectionId);
  }

  async handle(message: SubscriptionRequest): Promise<void> {
    switch (message.type) {
      case 'draft':
        await this.#take(message.draft);
        await this.#review(message.sequence);
        return this.#preflightByItself();
      case 'password':
        this.#typedPassword = message.value === '' ? null : new Secret(message.value);
        return;
      case 'read':
        this.#read(message.text);
        return;
      case 'look':
        await this.#take(message.draft);
        return this.#ends.look(message.draft, await this.#password());
      case 'lookForBlockers':
        await this.#lookForBlockers();
        return;
      case 'preflight':
        await this.#take(message.draft);
        return this.#runPreflight();
      case 'remedy':
        return this.#remedy(message);
      case 'retry':
        return this.#ends.retry(message.end);
      case 'create':
        await this.#take(message.draft);
        return this.#create();
      default:
        return this.#desk.answer(message.type);
    }
  }

  /** The panel was closed: nobody will press Stop any more, so a run that still waits is stopped. */
  dispose(): void {
    this.#desk.dispose();
    this.#ends.dispose();
  }

  async #take(draft: SubscriptionDraft): Promise<void> {
    this.#draft = draft;
    this.#ends.follow(draft);
    this.#fillIn();
  }

  /** A publisher that is newly chosen fills in its address. */
  #fillIn(): void {
    const { publisherKind, publisherConnectionId: id } = this.#draft;
    if (publisherKind !== 'known' || id === null || id === this.#filledFrom) return;
    const facts = this.#deps.connections.facts(id);
    if (!facts) return;
    this.#filledFrom = id;
    this.#typedPassword = null;
    this.#draft = { ...this.#draft, address: addressOfTarget(facts.target), useSavedPassword: true };
    this.#postAddress(null);
  }

  #read(text: string): void {
    try {
      const parsed = parseConninfo(tidyPastedConninfo(text));
      this.#draft = { ...this.#draft, address: addressOf(parsed.pairs), useSavedPassword: false };
      if (parsed.password) this.#typedPassword = parsed.password;
      this.#postAddress(null);
    } catch (error) {
      this.#postAddress(describeError(error));
    }
  }

  #postAddress(error: ErrorDescription | null): void {
    const { address, useSavedPassword } = this.#draft;
    this.#desk.post({
      type: 'address',
      address,
      useSavedPassword,
      passwordTyped: this.#typedPassword !== null,
      error,
    });
  }

  #showEnds(): void {
    const connections = this.#deps.connections.all().map(({ id, name, target }) => ({
      id,
      name,
      place: `${target.host}:${target.port}/${target.database}`,
    }));
    this.#desk.post({
      type: 'model',
      connections,
      subscriber: this.#ends.subscriberState(),
      publisher: this.#ends.publisherState(),
      takenNames: this.#ends.takenNames(),
      passwordTyped: this.#typedPassword !== null,
      draft: this.#draft,
    });
    if (this.#ends.publisherConnectionId !== this.#blockersOf) void this.#lookForBlockers();
  }

  /** Who would hold up the creation of a slot on the publisher, where we can see it. */
  async #lookForBlockers(): Promise<readonly Blocker[] | null> {
    const id = this.#ends.publisherConnectionId;
    this.#blockersOf = id;
    let blockers: readonly Blocker[] | null = null;
    try {
      if (id !== null) blockers = await this.#deps.service.blockers(id);
    } catch {
      // A hint only: what keeps it from being read shows where it matters, when the subscription is created.
    }
    this.#desk.post({ type: 'blockers', blockers: blockers ?? [] });
    return blockers;
  }

  /**
   * Looks at both ends once for each pair of them, as soon as there is something to look for. Not where the
   * subscriber is in production: there even what is rolled back is only tried when somebody asks.
   */
  async #preflightByItself(): Promise<void> {
    const parties = this.#ends.parties();
    const { name, publications, subscriberConnectionId: id } = this.#draft;
    if (!parties || id === null || this.#desk.running || publisherInventoryOf(parties) === null) return;
    if (name === '' || publications.every((publication) => publication === '')) return;
    if (this.#deps.connections.facts(id)?.production) return;
    const ends = JSON.stringify([id, parties.publisher?.connectionId ?? this.#draft.address]);
    if (ends === this.#preflightOf) return;
    this.#preflightOf = ends;
    // Nobody asked for it: what keeps it from looking is said where the ends are shown.
    await this.#runPreflight().catch(() => {});
  }

  async #runPreflight(): Promise<void> {
    const parties = await this.#ends.partiesNow();
    if (!parties) throw new ReplicationError('unknownConnection', 'The subscriber has not been read yet.');
    const draft = this.#draft;
    const { choice } = await this.#choice(parties);
    await this.#preflight.run({ draft, choice, parties });
  }

  async #remedy({ action, checkId, preview }: Extract<SubscriptionRequest, { type: 'remedy' }>): Promise<void> {
    const check = this.#preflight.check(checkId);
    const { remedies } = this.#deps;
    const parties = this.#ends.parties();
    if (!parties || this.#desk.running) return;
    const publisher = parties.publisher?.connectionId;
    // The id of a check says which end it looked at; what the trial met was the publisher's.
    const atPublisher = check.id.startsWith('publisher') || check.id === 'subscriber.trial';
    const end = atPublisher ? publisher : parties.subscriber.connectionId;
    if (action === 'settings' && end !== undefined) return remedies.openSettings(end);
    if (action === 'createRole' && publisher !== undefined) return remedies.createRole(publisher);
    if (action === 'setReplicaIdentity' && publisher !== undefined) {
      await remedies.setReplicaIdentity(publisher, check.tables);
    }
    if (action === 'truncateTables') {
      const plan = this.#preflight.truncation(check);
      if (preview) return this.#deps.plans.preview(plan);
      if (!(await this.#runRemedy(plan))) return;
    }
    await this.#runPreflight();
  }

  /** True where it was done; a refusal is told to the page. */
  async #runRemedy(plan: Plan): Promise<boolean> {
    const end = await this.#desk.run((run) => run(plan));
    if (end.how === 'refused') this.#desk.post(refusal(end, { field: 'preflight', object: null }));
    return end.how === 'done';
  }

  async #review(sequence: number): Promise<void> {
    const parties = this.#ends.parties();
    if (!parties) {
      const message =
        this.#draft.subscriberConnectionId === null ? 'Choose the subscriber.' : 'The subscriber isn’t connected.';
      const problems: Problem[] = [{ severity: 'error', field: 'subscriber', message }];
      this.#desk.post({ type: 'review', sequence, sql: '', linesLeftOut: 0, problems });
      return;
    }
    const { choice, lacked, problems } = await this.#choice(parties);
    const plan = planCreateSubscription(parties, choice);
    const subscriber = this.#draft.subscriberConnectionId;
    const marks = readOnlyProblems(plan, this.#deps.connections, (id) =>
      id === subscriber ? 'subscriber' : 'connection',
    );
    this.#desk.post({
      type: 'review',
      sequence,
      ...cutText(planSql(plan)),
      problems: [...problems, ...lacked.problems, ...marks, ...checkSubscription(parties, choice)],
      ...(lacked.labels.length > 0 ? { missingTables: lacked.labels } : {}),
    });
  }

  async #create(): Promise<void> {
    const subscriber = this.#draft.subscriberConnectionId;
    if (this.#desk.running || subscriber === null) return;
    await this.#desk.run(async (run) => {
      const draft = this.#draft;
      const end = await run(await this.#plan());
      if (end.how === 'done') await this.#deps.created(subscriber, draft.name);
      else if (end.how === 'refused') this.#desk.post(refusal(end, placeSubscriptionRefusal(end.error, draft)));
    });
    if (this.#desk.disposed) return;
    // What changed while it ran was left for afterwards.
    for (const id of [subscriber, this.#ends.publisherConnectionId]) {
      if (id !== null) await this.#ends.inventoryChanged(id);
    }
    await this.#lookForBlockers();
  }

  async #plan(): Promise<Plan> {
    const parties = this.#ends.parties();
    if (!parties) throw new ReplicationError('unknownConnection', 'The subscriber has not been read yet.');
    return planCreateSubscription(parties, (await this.#choice(parties)).choice);
  }

  /** The draft as a choice, with the tables that are to be made with it. */
  async #choice(parties: SubscriptionParties): Promise<ReadChoice & { readonly lacked: LackedTables }> {
    const draft = this.#draft;
    const { foreignServers } = parties.subscriber.snapshot.inventory.server;
    const read = readChoice(draft, await this.#password(), foreignServers);
    const publisher = this.#ends.publisherSource();
    const { publications } = read.choice;
    const lacked = await this.#newTables.lacked(
      parties.subscriber,
      publisher && { ...publisher, inventory: publisherInventoryOf(parties) ?? publisher.inventory },
      publications,
      draft.createTables === true,
    );
    const { newTables } = lacked;
    return { ...read, lacked, choice: newTables ? { ...read.choice, newTables } : read.choice };
  }

  /** The saved one of a known publisher where that is wanted; otherwise the typed one. */
  async #password(): Promise<Secret | null> {
    const { publisherKind, publisherConnectionId: id, useSavedPassword } = this.#draft;
    if (publisherKind === 'known' && id !== null && useSavedPassword && this.#deps.connections.facts(id)) {
      const { password } = await this.#deps.connections.params(id);
      if (password) return password;
    }
    return this.#typedPassword;
  }
}
