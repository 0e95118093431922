import { subscriptionOptionCapabilities } from '../../protocol/subscription.ts';
import type {
  StoredConnection,
  SubscriptionEditCapabilities,
  SubscriptionEditDraft,
  SubscriptionEdited,
  SubscriptionEditModel,
  SubscriptionEditRequest,
  SubscriptionEditUpdate,
} from '../../protocol/subscriptionEdit.ts';
import type { SecretConninfo } from '../../replication/model/choices.ts';
import type { ConnectionSource } from '../../replication/model/connect.ts';
import { describeError, ReplicationError } from '../../replication/model/errors.ts';
import type { Plan, Problem } from '../../replication/model/plan.ts';
import { Secret } from '../../replication/model/secret.ts';
import type { Snapshot } from '../../replication/model/snapshot.ts';
import {
  checkAlterSubscription,
  planAlterSubscription,
} from '../../replication/operations/subscription/alterSubscription.ts';
import { subscriptionOf, type PlanTarget } from '../../replication/operations/target.ts';
import type { OnDemandReads } from '../../replication/reads.ts';
import type { ReplicationService } from '../../replication/service.ts';
import type { PlanRunner } from '../services.ts';
import { FormDesk } from './formDesk.ts';
import { formServer, readOnlyProblems, refusal } from './formServer.ts';
import { type LackedTables, NewTablesReader } from './newTables.ts';
import { cutText, planSql } from './planText.ts';
import { storedConninfo } from './subscriptionConninfo.ts';
import { presentDraft, type ReadChange, readChange, secretKeywords } from './subscriptionEditDraft.ts';
import { offeredPublications } from './subscriptionEnds.ts';
import { placeSubscriptionRefusal } from './subscriptionRefusal.ts';

/** What Edit Subscription needs; no VS Code, so that it is tried in plain Node. */
export interface SubscriptionEditDeps {
  readonly service: Pick<ReplicationService, 'open' | 'refresh'> & {
    readonly reads: Pick<
      OnDemandReads,
      'subscriptionConninfo' | 'tableDefinitions' | 'tableDefinitionsAt' | 'neededThere'
    >;
  };
  readonly connections: Pick<ConnectionSource, 'facts'>;
  readonly plans: PlanRunner;
  /** The publisher of the subscription, where it is a known connection that answers. */
  readonly publisher: () => Promise<PlanTarget | null>;
  readonly post: (message: SubscriptionEditUpdate) => void;
  /** To the clipboard. */
  readonly copy: (text: string) => Promise<void>;
  /** It is as wanted now, under this name: close the form and show it. */
  readonly saved: (name: string) => Promise<void>;
  readonly dismiss: () => void;
}

/** What was read of the subscription. */
interface Known {
  readonly target: PlanTarget;
  readonly publisher: PlanTarget | null;
  /** Null where it may not be read. */
  readonly conninfo: SecretConninfo | null;
  readonly connection: StoredConnection;
  readonly present: SubscriptionEditDraft;
}

/**
 * The host's half of Edit Subscription. It reads what is there, keeps the secrets of the connection string (the page
 * never gets them), reviews the page's draft as the smallest plan, and runs that.
 */
export class SubscriptionEditForm {
  readonly #deps: SubscriptionEditDeps;
  readonly #edited: SubscriptionEdited;
  readonly #desk: FormDesk<SubscriptionEditUpdate>;
  readonly #newTables: NewTablesReader;
  #draft: SubscriptionEditDraft | null = null;
  #known: Known | null = null;
  #typedPassword: Secret | null = null;
  #loads = 0;

  constructor(deps: SubscriptionEditDeps, edited: SubscriptionEdited) {
    this.#deps = deps;
    this.#edited = edited;
    this.#desk = new FormDesk<SubscriptionEditUpdate>({ ...deps, plan: () => this.#plan() });
    this.#newTables = new NewTablesReader(deps.service.reads);
  }

  /** The page (again) listens: give it all there is to know, connecting first where needed. */
  async show(): Promise<void> {
    await this.#load(() => this.#deps.service.open(this.#edited.connectionId));
  }

  /** The inventory of a server was read anew: of the subscriber, or maybe of its publisher. */
  async inventoryChanged(connectionId: string): Promise<void> {
    const ours = [this.#edited.connectionId, this.#known?.publisher?.connectionId];
    if (!this.#desk.running && this.#known && ours.includes(connectionId)) await this.show();
  }

  async handle(message: SubscriptionEditRequest): Promise<void> {
    switch (message.type) {
      case 'draft':
        this.#draft = message.draft;
        return this.#review(message.sequence);
      case 'password':
        this.#typedPassword = message.value === '' ? null : new Secret(message.value);
        return;
      case 'create':
        this.#draft = message.draft;
        return this.#save();
      case 'retry':
        return this.#load(() => this.#deps.service.refresh(this.#edited.connectionId));
      default:
        return this.#desk.answer(message.type);
    }
  }

  /** The panel was closed: nobody will press Stop any more, so a run that still waits is stopped. */
  dispose(): void {
    this.#desk.dispose();
  }

  async #load(read: () => Promise<Snapshot>): Promise<void> {
    const { connectionId, subscription } = this.#edited;
    const facts = this.#deps.connections.facts(connectionId);
    const serverName = facts?.name ?? 'a removed connection';
    this.#loads += 1;
    const load = this.#loads;
    try {
      if (!facts) throw new ReplicationError('unknownConnection', 'This connection was removed meanwhile.');
      if (!this.#known) this.#desk.post({ type: 'unavailable', serverName, error: null });
      const target = { connectionId, serverName, snapshot: await read() };
      const found = subscriptionOf(target, subscription);
      const [stored, publisher] = await Promise.all([this.#storedConnection(), this.#deps.publisher()]);
      // Something changed again meanwhile, and is being read.
      if (load !== this.#loads) return;
      const present = presentDraft(found, stored.conninfo);
      this.#known = { target, publisher, ...stored, present };
      this.#desk.post(this.#model(this.#known));
    } catch (error) {
      if (load === this.#loads) this.#desk.post({ type: 'unavailable', serverName, error: describeError(error) });
    }
  }

  async #storedConnection(): Promise<Pick<Known, 'conninfo' | 'connection'>> {
    const { connectionId, subscription } = this.#edited;
    try {
      const conninfo = await storedConninfo(this.#deps.service.reads, connectionId, subscription);
      const secrets = secretKeywords(conninfo);
      return {
        conninfo,
        connection: {
          readable: true,
          hasPassword: secrets.includes('password'),
          otherSecrets: secrets.filter((keyword) => keyword !== 'password'),
        },
      };
    } catch (error) {
      return { conninfo: null, connection: { readable: false, error: describeError(error) } };
    }
  }

  #model({ target, publisher, connection, present }: Known): SubscriptionEditModel {
    const { inventory } = target.snapshot;
    const { capabilities } = inventory.server;
    const facts = this.#deps.connections.facts(target.connectionId);
    const alterTwoPhase = capabilities['subscription.alterTwoPhase'];
    return {
      type: 'model',
      server: formServer(facts ?? { name: target.serverName, production: false, readOnly: false }, inventory),
      present,
      connection,
      ...(inventory.server.foreignServers
        ? { foreignServers: inventory.server.foreignServers.map(({ name }) => name) }
        : {}),
      capabilities: Object.fromEntries(
        subscriptionOptionCapabilities.map((name) => [name, capabilities[name]]),
      ) as SubscriptionEditCapabilities,
      fixed: alterTwoPhase.can
        ? []
        : [{ option: 'twoPhase', reason: `Settled when it was created. To change it: ${alterTwoPhase.reason}` }],
      publisher: publisher && {
        name: publisher.serverName,
        publications: offeredPublications(publisher.snapshot.inventory),
      },
      passwordTyped: this.#typedPassword !== null,
    };
  }

  async #review(sequence: number): Promise<void> {
    const known = this.#known;
    if (!known || !this.#draft) {
      this.#desk.post({ type: 'review', sequence, sql: '', linesLeftOut: 0, problems: [] });
      return;
    }
    const { target, publisher } = known;
    let sql = '';
    const problems: Problem[] = [];
    let labels: readonly string[] = [];
    try {
      const { lacked, read } = await this.#read(known, this.#draft);
      labels = lacked.labels;
      const plan = planAlterSubscription(target, this.#edited.subscription, read.change, publisher);
      sql = planSql(plan);
      problems.push(
        ...read.problems,
        ...lacked.problems,
        ...readOnlyProblems(plan, this.#deps.connections, () => 'server'),
        ...checkAlterSubscription(target, this.#edited.subscription, read.change, publisher),
      );
    } catch (error) {
      problems.push({ severity: 'error', message: describeError(error).message });
    }
    const missing = labels.length > 0 ? { missingTables: labels } : {};
    this.#desk.post({ type: 'review', sequence, ...cutText(sql), problems, ...missing });
  }

  async #save(): Promise<void> {
    const draft = this.#draft;
    if (this.#desk.running || !draft) return;
    const end = await this.#desk.run(async (run) => {
      const plan = await this.#plan();
      if (plan.steps.length === 0) return null;
      const ended = await run(plan);
      if (ended.how === 'done') await this.#deps.saved(draft.name);
      return ended;
    });
    if (end?.how !== 'refused') return;
    // What was done before it stopped is what is there now.
    await this.show();
    const stale = end.error.kind === 'stalePlan';
    const place = stale ? { field: null, object: null } : placeSubscriptionRefusal(end.error, draft);
    this.#desk.post(refusal(end, place));
  }

  async #plan(): Promise<Plan> {
    const known = this.#known;
    if (!known || !this.#draft) {
      throw new ReplicationError('unknownConnection', 'The subscription has not been read yet.');
    }
    const { read } = await this.#read(known, this.#draft);
    return planAlterSubscription(known.target, this.#edited.subscription, read.change, known.publisher);
  }

  /** What the draft changes, with the tables that are to be made for publications that are new. */
  async #read(
    { present, conninfo, publisher, target }: Known,
    draft: SubscriptionEditDraft,
  ): Promise<{ readonly read: ReadChange; readonly lacked: LackedTables }> {
    const names = readChange(draft, present, conninfo, null).change.publications?.names ?? [];
    const source = publisher && { inventory: publisher.snapshot.inventory, connectionId: publisher.connectionId };
    const lacked = await this.#newTables.lacked(target, source, names, draft.createTables === true);
    return { lacked, read: readChange(draft, present, conninfo, this.#typedPassword, lacked.newTables) };
  }
}
