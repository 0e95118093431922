import type { SubscriptionDraft, SubscriptionRequest, SubscriptionUpdate } from '../../protocol/subscription.ts';
import type { ConnectionFacts, ConnectionSource } from '../../replication/model/connect.ts';
import { parseConninfo, tidyPastedConninfo } from '../../replication/model/conninfo.ts';
import { describeError, type ErrorDescription, ReplicationError } from '../../replication/model/errors.ts';
import type { Blocker, Plan, Problem } from '../../replication/model/plan.ts';
import { Secret } from '../../replication/model/secret.ts';
import { checkSubscription, planCreateSubscription } from '../../replication/operations/createSubscription.ts';
import type { ReplicationService } from '../../replication/service.ts';
import type { PlanRunner } from '../services.ts';
import { readOnlyProblems, refusal, runForm } from './formServer.ts';
import { cutText, planSql } from './planText.ts';
import { addressOf, addressOfTarget, readChoice } from './subscriptionChoice.ts';
import { SubscriptionEnds } from './subscriptionEnds.ts';
import { placeSubscriptionRefusal } from './subscriptionRefusal.ts';

/** What the Subscription form needs; no VS Code, so that it is tried in plain Node. */
export interface SubscriptionFormDeps {
  readonly service: Pick<ReplicationService, 'open' | 'refresh' | 'inspect' | 'blockers'>;
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
}

/**
 * The host's half of the Subscription form. It reads both ends, keeps the password (the page never does), reviews
 * the page's draft and creates.
 */
export class SubscriptionForm {
  readonly #deps: SubscriptionFormDeps;
  readonly #ends: SubscriptionEnds;
  #draft: SubscriptionDraft;
  /** As typed, or taken out of a connection string. */
  #typedPassword: Secret | null = null;
  /** Whose address the fields were last filled from. */
  #filledFrom: string | null;
  /** On which connection blockers were looked for. */
  #blockersOf: string | null = null;
  #running: AbortController | null = null;

  /** `filled`: the draft's address is the person's already, and isn't filled in from the publisher's connection. */
  constructor(deps: SubscriptionFormDeps, draft: SubscriptionDraft, filled: boolean) {
    this.#deps = deps;
    this.#draft = draft;
    this.#filledFrom = filled ? draft.publisherConnectionId : null;
    this.#ends = new SubscriptionEnds({ ...deps, changed: () => this.#showEnds() });
  }

  /** The page (again) listens. */
  show(): void {
    this.#ends.follow(this.#draft);
    this.#fillIn();
    this.#blockersOf = null;
    this.#showEnds();
  }

  async inventoryChanged(connectionId: string): Promise<void> {
    if (!this.#running) await this.#ends.inventoryChanged(connectionId);
  }

  async handle(message: SubscriptionRequest): Promise<void> {
    switch (message.type) {
      case 'draft':
        await this.#take(message.draft);
        return this.#review(message.sequence);
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
        return this.#lookForBlockers();
      case 'retry':
        return this.#ends.retry(message.end);
      case 'create':
        await this.#take(message.draft);
        return this.#create();
      case 'stop':
        this.#running?.abort();
        return;
      case 'dismiss':
        this.#deps.dismiss();
        return;
      case 'copySql':
        return this.#deps.copy(planSql(await this.#plan()));
      case 'openSql':
        return this.#deps.plans.preview(await this.#plan());
    }
  }

  /** The panel was closed: nobody will press Stop any more, so a run that still waits is stopped. */
  dispose(): void {
    this.#running?.abort();
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
    this.#deps.post({
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
    this.#deps.post({
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
  async #lookForBlockers(): Promise<void> {
    const id = this.#ends.publisherConnectionId;
    this.#blockersOf = id;
    let blockers: readonly Blocker[] = [];
    try {
      if (id !== null) blockers = await this.#deps.service.blockers(id);
    } catch {
      // A hint only: what keeps it from being read shows where it matters, when the subscription is created.
    }
    this.#deps.post({ type: 'blockers', blockers });
  }

  async #review(sequence: number): Promise<void> {
    const parties = this.#ends.parties();
    if (!parties) {
      const message =
        this.#draft.subscriberConnectionId === null ? 'Choose the subscriber.' : 'The subscriber isn’t connected.';
      const problems: Problem[] = [{ severity: 'error', field: 'subscriber', message }];
      this.#deps.post({ type: 'review', sequence, sql: '', linesLeftOut: 0, problems });
      return;
    }
    const { choice, problems } = readChoice(this.#draft, await this.#password());
    const plan = planCreateSubscription(parties, choice);
    const subscriber = this.#draft.subscriberConnectionId;
    const marks = readOnlyProblems(plan, this.#deps.connections, (id) =>
      id === subscriber ? 'subscriber' : 'connection',
    );
    this.#deps.post({
      type: 'review',
      sequence,
      ...cutText(planSql(plan)),
      problems: [...problems, ...marks, ...checkSubscription(parties, choice)],
    });
  }

  async #create(): Promise<void> {
    const subscriber = this.#draft.subscriberConnectionId;
    if (this.#running || subscriber === null) return;
    const running = new AbortController();
    this.#running = running;
    try {
      const draft = this.#draft;
      const plan = await this.#plan();
      const end = await runForm(this.#deps.plans, plan, this.#deps.post, running.signal);
      if (end.how === 'done') await this.#deps.created(subscriber, draft.name);
      else if (end.how === 'refused') this.#deps.post(refusal(end, placeSubscriptionRefusal(end.error, draft)));
    } finally {
      this.#running = null;
    }
    await this.#lookForBlockers();
  }

  async #plan(): Promise<Plan> {
    const parties = this.#ends.parties();
    if (!parties) throw new ReplicationError('unknownConnection', 'The subscriber has not been read yet.');
    return planCreateSubscription(parties, readChoice(this.#draft, await this.#password()).choice);
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
