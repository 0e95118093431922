import type {
  EditedPublication,
  FormReader,
  PublicationDraft,
  PublicationRequest,
  PublicationUpdate,
  TableReach,
} from '../../protocol/publication.ts';
import type { ConnectionSource } from '../../replication/model/connect.ts';
import { describeError, type ErrorDescription, ReplicationError } from '../../replication/model/errors.ts';
import type { Plan, Problem, Step } from '../../replication/model/plan.ts';
import type { MemberVerdict, TableName } from '../../replication/model/reads.ts';
import type { Inventory, Snapshot } from '../../replication/model/snapshot.ts';
import type { TableDetails } from '../../replication/model/table.ts';
import {
  checkAlterPublication,
  planAlterPublication,
} from '../../replication/operations/publication/alterPublication.ts';
import { checkVerdicts, verdictsByTable } from '../../replication/operations/publication/checks/checkVerdicts.ts';
import { checkPublication, planCreatePublication } from '../../replication/operations/publication/createPublication.ts';
import { wantedMembers, wantedSchemas } from '../../replication/operations/publication/publicationDiff.ts';
import type { KnownSlots } from '../../replication/operations/publication/publicationReaders.ts';
import { wantedScope } from '../../replication/operations/publication/publicationScope.ts';
import type { PlanTarget } from '../../replication/operations/target.ts';
import { tableLabel } from '../../replication/operations/words.ts';
import type { OnDemandReads } from '../../replication/reads.ts';
import type { ReplicationService } from '../../replication/service.ts';
import type { PlanRunner } from '../services.ts';
import { FormDesk } from './formDesk.ts';
import { formServer, readOnlyProblems, refusal, type RunEnd } from './formServer.ts';
import { cutText, planSql } from './planText.ts';
import { choosableTables, draftOf, formCapabilities } from './publicationDraft.ts';
import { chosenRefreshes, planReaders, tableReach } from './publicationReaders.ts';
import { type Place, placePublicationRefusal } from './publicationRefusal.ts';
import { MemberTrials } from './publicationTrial.ts';

/** What the Publication form needs; no VS Code, so that it is tried in plain Node. */
export interface PublicationFormDeps {
  readonly service: Pick<ReplicationService, 'open' | 'refresh' | 'state' | 'tableDetails'> & {
    readonly reads: Pick<OnDemandReads, 'countRows' | 'effectiveTables' | 'tryMembers'>;
  };
  readonly connections: Pick<ConnectionSource, 'facts'>;
  readonly plans: PlanRunner;
  /** The subscriptions that are known to read a publication of this connection. */
  readonly readers: (publication: string) => readonly FormReader[];
  /** What those tell of the publisher's slots; absent where nothing is known. */
  readonly slots?: (publication: string) => KnownSlots;
  readonly post: (message: PublicationUpdate) => void;
  /** To the clipboard. */
  readonly copy: (text: string) => Promise<void>;
  /** The publication exists, or is as it was wanted: close the form and show it. */
  readonly created: (name: string) => Promise<void>;
  /** Opens all that the edited publication sends, to be read. */
  readonly showTables: (publication: string) => Promise<void>;
  readonly dismiss: () => void;
}

/** What the form is about. */
export interface PublicationSubject {
  readonly connectionId: string;
  /** The publication to edit; null for a new one. */
  readonly publication: string | null;
  /** Null for an edit that starts from what is. */
  readonly draft: PublicationDraft | null;
}

/** Counting the rows that pass a filter is given up after so long. */
const countLimitMs = 10_000;
/** How many of the tables that are really published the form lists. */
const mostEffective = 100;

/**
 * The host's half of the Publication form of one connection. The page owns the draft while it is shown; this half
 * keeps the last one it saw, reviews it (SQL and problems), has the server judge it, and creates or saves.
 */
export class PublicationForm {
  readonly #deps: PublicationFormDeps;
  readonly #connectionId: string;
  /** The publication that is edited; null for a new one. */
  readonly #publication: string | null;
  readonly #desk: FormDesk<PublicationUpdate>;
  readonly #details = new Map<number, TableDetails>();
  readonly #trials = new MemberTrials();
  /** Verdicts that the person has been stopped by once. */
  readonly #told = new Set<string>();
  #draft: PublicationDraft | null;
  #snapshot: Snapshot | null = null;

  constructor(deps: PublicationFormDeps, { connectionId, draft, publication }: PublicationSubject) {
    this.#deps = deps;
    this.#connectionId = connectionId;
    this.#publication = publication;
    this.#draft = draft;
    this.#desk = new FormDesk<PublicationUpdate>({ ...deps, plan: () => this.#plan(this.#wanted()) });
  }

  /** The page (again) listens: give it all there is to know, connecting first where needed. */
  async show(): Promise<void> {
    await this.#load(() => this.#deps.service.open(this.#connectionId));
  }

  /** The inventory of a server was read anew. */
  async inventoryChanged(connectionId: string): Promise<void> {
    if (!this.#desk.running && connectionId === this.#connectionId) await this.show();
  }

  async handle(message: PublicationRequest): Promise<void> {
    switch (message.type) {
      case 'draft':
        this.#draft = message.draft;
        this.#review(message.sequence, message.draft);
        return;
      case 'describe':
        return this.#describe(message.tables);
      case 'create':
        this.#draft = message.draft;
        return this.#create(message.draft);
      case 'try':
        this.#draft = message.draft;
        return this.#try(message.draft, message.table);
      case 'count':
        return this.#count(message.table, message.filter);
      case 'showTables':
        return this.#publication === null ? undefined : this.#deps.showTables(this.#publication);
      case 'retry':
        return this.#load(() => this.#deps.service.refresh(this.#connectionId));
      default:
        return this.#desk.answer(message.type);
    }
  }

  /** The panel was closed: nobody will press Stop any more, so a run that still waits is stopped. */
  dispose(): void {
    this.#desk.dispose();
  }

  async #load(read: () => Promise<Snapshot>, byUs = false): Promise<void> {
    const facts = this.#deps.connections.facts(this.#connectionId);
    const serverName = facts?.name ?? 'a removed connection';
    try {
      if (!facts) throw new ReplicationError('unknownConnection', 'This connection was removed meanwhile.');
      if (!this.#snapshot) this.#desk.post({ type: 'unavailable', serverName, error: null });
      this.#snapshot = await read();
      const { inventory } = this.#snapshot;
      this.#trials.see(inventory);
      const edit = this.#edited(inventory, byUs);
      const draft = this.#firstDraft(inventory, edit);
      this.#desk.post({
        type: 'model',
        server: formServer(facts, inventory),
        capabilities: formCapabilities(inventory),
        schemas: inventory.server.schemas,
        tables: choosableTables(inventory),
        draft,
        ...(edit ? { edit } : {}),
      });
      if (edit?.present) await this.#showEffective(edit.publication);
    } catch (error) {
      this.#desk.post({ type: 'unavailable', serverName, error: describeError(error) });
    }
  }

  /** The draft there is, or the one to start with. Throws where the publication to edit isn't there. */
  #firstDraft(inventory: Inventory, edit: EditedPublication | null): PublicationDraft {
    this.#draft ??= edit?.present ?? null;
    if (!this.#draft) {
      const message = `There is no publication ${this.#publication} in this database any more.`;
      throw new ReplicationError('missing', message, { advice: 'It may have been renamed or dropped meanwhile.' });
    }
    // A new draft publishes all there is to publish, and TRUNCATE came with PostgreSQL 11.
    if (!inventory.server.capabilities['publication.truncate'].can) {
      this.#draft = { ...this.#draft, operations: { ...this.#draft.operations, truncate: false } };
    }
    return this.#draft;
  }

  #edited(inventory: Inventory, byUs: boolean): EditedPublication | null {
    if (this.#publication === null) return null;
    const present = inventory.publications.find(({ name }) => name === this.#publication);
    return {
      publication: this.#publication,
      present: present ? draftOf(present, inventory) : null,
      byUs,
      readers: this.#deps.readers(this.#publication),
    };
  }

  async #showEffective(publication: string): Promise<void> {
    try {
      const all = await this.#deps.service.reads.effectiveTables(this.#connectionId, publication);
      const tables = all
        .slice(0, mostEffective)
        .map((table) => ({ ...table, label: tableLabel(table.schema, table.name) }));
      this.#desk.post({ type: 'effective', tables, total: all.length, error: null });
    } catch (error) {
      this.#desk.post({ type: 'effective', tables: [], total: 0, error: describeError(error) });
    }
  }

  async #describe(oids: readonly number[]): Promise<void> {
    const details = await this.#deps.service.tableDetails(this.#connectionId, oids);
    for (const table of details) this.#details.set(table.oid, table);
    this.#desk.post({ type: 'details', details });
  }

  #review(sequence: number, draft: PublicationDraft): void {
    const problems: Problem[] = [];
    let plan: Plan | null = null;
    try {
      plan = this.#plan(draft);
      const refreshed = {
        ...plan,
        steps: plan.steps.filter(({ connectionId }) => connectionId !== this.#connectionId),
      };
      problems.push(...readOnlyProblems(refreshed, this.#deps.connections, () => 'refresh'));
      problems.push(...plan.remarks.map((message): Problem => ({ severity: 'info', message })));
    } catch (error) {
      problems.push({ severity: 'error', message: describeError(error).message });
    }
    const verdicts = this.#trials.of(draft);
    if (this.#snapshot) problems.push(...this.#check(draft, verdicts));
    const nothing = plan?.steps.length === 0;
    const unnamed = this.#publication === null && draft.name === '';
    const hint = nothing
      ? 'Nothing to change: the publication is what this form says.'
      : unnamed
        ? 'The SQL is shown as soon as the publication has a name.'
        : null;
    this.#desk.post({
      type: 'review',
      sequence,
      ...cutText(plan === null || hint !== null ? '' : planSql(plan)),
      problems,
      verdicts,
      reach: this.#reach(draft),
      nothing,
      ...(hint === null ? {} : { hint }),
    });
  }

  #check(draft: PublicationDraft, verdicts: readonly MemberVerdict[]): readonly Problem[] {
    const target = this.#target();
    if (this.#publication === null) return checkPublication(target, draft, this.#details, verdicts);
    try {
      const slots = this.#deps.slots?.(this.#publication);
      return checkAlterPublication(target, this.#publication, draft, this.#details, verdicts, slots);
    } catch {
      // It is gone: the plan says so already.
      return [];
    }
  }

  #reach(draft: PublicationDraft): TableReach {
    const inventory = this.#snapshot?.inventory;
    const present = inventory?.publications.find(({ name }) => name === this.#publication);
    if (!inventory || !present) return { added: [], removed: [] };
    const scope = wantedScope(inventory, draft);
    const members = { schemas: wantedSchemas(inventory, draft), tables: wantedMembers(inventory, draft) };
    const reach = tableReach(inventory, present, { ...scope, ...members, viaRoot: draft.viaRoot });
    return scope.allSequences === (present.allSequences ?? false) ? reach : { ...reach, sequences: true };
  }

  /** Asks the server about the tables with columns or a filter that it wasn't asked about yet, and about `also`. */
  async #try(draft: PublicationDraft, also: TableName | null): Promise<void> {
    const tables = this.#trials.untried(draft, also);
    if (tables.length === 0) {
      this.#desk.post({ type: 'trial', running: false, error: null });
      return;
    }
    this.#desk.post({ type: 'trial', running: true, error: null });
    try {
      const choice = { ...draft, tables };
      this.#trials.take(draft, await this.#deps.service.reads.tryMembers(this.#connectionId, choice));
      this.#desk.post({ type: 'trial', running: false, error: null });
    } catch (error) {
      this.#desk.post({ type: 'trial', running: false, error: describeError(error) });
    }
  }

  async #count(table: TableName, filter: string | null): Promise<void> {
    this.#desk.post({ type: 'counted', table, filter, count: null, error: null });
    try {
      const count = await this.#deps.service.reads.countRows(this.#connectionId, table, filter, countLimitMs);
      this.#desk.post({ type: 'counted', table, filter, count, error: null });
    } catch (error) {
      this.#desk.post({ type: 'counted', table, filter, count: null, error: describeError(error) });
    }
  }

  async #create(draft: PublicationDraft): Promise<void> {
    if (!this.#desk.running) await this.#desk.run((run) => this.#createBy(run, draft));
  }

  async #createBy(run: (plan: Plan) => Promise<RunEnd>, draft: PublicationDraft): Promise<void> {
    if (await this.#stoppedByTrial(draft)) return;
    const plan = this.#plan(draft);
    if (plan.steps.length === 0) {
      this.#deps.dismiss();
      return;
    }
    const end = await run(plan);
    if (end.how === 'done') await this.#deps.created(draft.name);
    if (end.how !== 'refused') return;
    const step = plan.steps.find(({ id }) => id === end.stepId);
    const sql = planSql(step ? { ...plan, steps: [step] } : plan);
    this.#desk.post(refusal(end, this.#place(end.error, draft, step ?? null, sql)));
    if (this.#publication !== null || end.error.kind === 'stalePlan') {
      // What was done of it is there now; what somebody else did meanwhile has to be told.
      await this.#load(() => this.#deps.service.refresh(this.#connectionId), end.done.length > 0);
    }
  }

  /**
   * Has the server judge what it wasn't asked about yet. True where it refuses something, or found what the person
   * hasn't seen: then it is shown, and the next press goes on. A trial that can't be made stops nothing: the server
   * judges when the plan runs.
   */
  async #stoppedByTrial(draft: PublicationDraft): Promise<boolean> {
    const facts = this.#deps.connections.facts(this.#connectionId);
    if (facts?.readOnly || this.#trials.untried(draft).length === 0) return false;
    await this.#try(draft, null);
    const verdicts = this.#trials.of(draft).filter(({ error }) => error?.kind !== 'timeout');
    const news = verdicts.filter((it) => it.identityProblem !== null && !this.#told.has(JSON.stringify(it)));
    const first = verdicts.find(({ error }) => error !== null) ?? news[0];
    if (!first) return false;
    for (const verdict of verdicts) this.#told.add(JSON.stringify(verdict));
    const [problem] = checkVerdicts(draft, verdictsByTable([first]));
    this.#desk.post({
      type: 'refused',
      error: first.error ?? {
        kind: 'invalidInput',
        message: first.identityProblem ?? '',
        advice: 'Nothing was changed yet. Press the button again to go on all the same.',
      },
      field: problem?.field ?? null,
      object: problem?.object ?? null,
      done: [],
    });
    return true;
  }

  #place(error: ErrorDescription, draft: PublicationDraft, step: Step | null, sql: string): Place {
    if (step && step.connectionId !== this.#connectionId) return { field: 'refresh', object: null };
    // What was changed there meanwhile is said over the form.
    if (this.#publication !== null && error.kind === 'stalePlan') return { field: null, object: null };
    return placePublicationRefusal(error, draft, sql);
  }

  #plan(draft: PublicationDraft): Plan {
    const target = this.#target();
    if (this.#publication === null) return planCreatePublication(target, draft);
    const readers = this.#deps.readers(this.#publication);
    return planAlterPublication(target, this.#publication, draft, {
      readers: planReaders(readers, this.#publication),
      ...(this.#deps.slots ? { slots: this.#deps.slots(this.#publication) } : {}),
      refresh: chosenRefreshes(this.#deps, readers, draft.refresh ?? []),
    });
  }

  #wanted(): PublicationDraft {
    if (this.#draft) return this.#draft;
    throw new ReplicationError('unknownConnection', 'The server has not been read yet.');
  }

  #target(): PlanTarget {
    const facts = this.#deps.connections.facts(this.#connectionId);
    if (!facts || !this.#snapshot) {
      throw new ReplicationError('unknownConnection', 'The server has not been read yet.');
    }
    return { connectionId: this.#connectionId, serverName: facts.name, snapshot: this.#snapshot };
  }
}
