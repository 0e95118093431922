import type {
  ChoosableTable,
  PublicationDraft,
  PublicationFormCapabilities,
  PublicationRequest,
  PublicationUpdate,
} from '../../protocol/publication.ts';
import { publicationFormCapabilities } from '../../protocol/publication.ts';
import type { ConnectionSource } from '../../replication/model/connect.ts';
import { describeError, ReplicationError } from '../../replication/model/errors.ts';
import type { Plan, Problem } from '../../replication/model/plan.ts';
import type { Inventory, Snapshot } from '../../replication/model/snapshot.ts';
import type { Table, TableDetails } from '../../replication/model/table.ts';
import { checkPublication, planCreatePublication } from '../../replication/operations/createPublication.ts';
import type { PlanTarget } from '../../replication/operations/target.ts';
import { tableLabel } from '../../replication/operations/words.ts';
import type { ReplicationService } from '../../replication/service.ts';
import type { PlanRunner } from '../services.ts';
import { formServer, refusal, runForm } from './formServer.ts';
import { cutText, planSql } from './planText.ts';
import { placePublicationRefusal } from './publicationRefusal.ts';

/** What the Publication form needs; no VS Code, so that it is tried in plain Node. */
export interface PublicationFormDeps {
  readonly service: Pick<ReplicationService, 'open' | 'refresh' | 'tableDetails'>;
  readonly connections: Pick<ConnectionSource, 'facts'>;
  readonly plans: PlanRunner;
  readonly post: (message: PublicationUpdate) => void;
  /** To the clipboard. */
  readonly copy: (text: string) => Promise<void>;
  /** The publication exists: close the form and show it. */
  readonly created: (name: string) => Promise<void>;
  readonly dismiss: () => void;
}

/**
 * The host's half of the Publication form of one connection. The page owns the draft while it is shown; this half
 * keeps the last one it saw, reviews it (SQL and problems) and creates.
 */
export class PublicationForm {
  readonly #deps: PublicationFormDeps;
  readonly #connectionId: string;
  readonly #details = new Map<number, TableDetails>();
  #draft: PublicationDraft;
  #snapshot: Snapshot | null = null;
  #running: AbortController | null = null;

  constructor(deps: PublicationFormDeps, connectionId: string, draft: PublicationDraft) {
    this.#deps = deps;
    this.#connectionId = connectionId;
    this.#draft = draft;
  }

  /** The page (again) listens: give it all there is to know, connecting first where needed. */
  async show(): Promise<void> {
    await this.#load(() => this.#deps.service.open(this.#connectionId));
  }

  /** The inventory was read anew. */
  async inventoryChanged(): Promise<void> {
    if (!this.#running) await this.show();
  }

  async handle(message: PublicationRequest): Promise<void> {
    switch (message.type) {
      case 'draft':
        this.#draft = message.draft;
        this.#review(message.sequence);
        return;
      case 'describe':
        return this.#describe(message.tables);
      case 'create':
        this.#draft = message.draft;
        return this.#create();
      case 'stop':
        this.#running?.abort();
        return;
      case 'dismiss':
        this.#deps.dismiss();
        return;
      case 'copySql':
        return this.#deps.copy(planSql(this.#plan()));
      case 'openSql':
        return this.#deps.plans.preview(this.#plan());
      case 'retry':
        return this.#load(() => this.#deps.service.refresh(this.#connectionId));
    }
  }

  /** The panel was closed: nobody will press Stop any more, so a run that still waits is stopped. */
  dispose(): void {
    this.#running?.abort();
  }

  async #load(read: () => Promise<Snapshot>): Promise<void> {
    const facts = this.#deps.connections.facts(this.#connectionId);
    const serverName = facts?.name ?? 'a removed connection';
    try {
      if (!facts) throw new ReplicationError('unknownConnection', 'This connection was removed meanwhile.');
      if (!this.#snapshot) this.#deps.post({ type: 'unavailable', serverName, error: null });
      this.#snapshot = await read();
      const { inventory } = this.#snapshot;
      // A new draft publishes all there is to publish, and TRUNCATE came with PostgreSQL 11.
      if (!inventory.server.capabilities['publication.truncate'].can) {
        this.#draft = { ...this.#draft, operations: { ...this.#draft.operations, truncate: false } };
      }
      this.#deps.post({
        type: 'model',
        server: formServer(facts, inventory),
        capabilities: capabilitiesOf(inventory),
        schemas: inventory.server.schemas,
        tables: inventory.tables.map(choosable),
        draft: this.#draft,
      });
    } catch (error) {
      this.#deps.post({ type: 'unavailable', serverName, error: describeError(error) });
    }
  }

  async #describe(oids: readonly number[]): Promise<void> {
    const details = await this.#deps.service.tableDetails(this.#connectionId, oids);
    for (const table of details) this.#details.set(table.oid, table);
    this.#deps.post({ type: 'details', details });
  }

  #review(sequence: number): void {
    let sql = '';
    const problems: Problem[] = [];
    try {
      sql = planSql(this.#plan());
    } catch (error) {
      problems.push({ severity: 'error', message: describeError(error).message });
    }
    if (this.#snapshot) problems.push(...checkPublication(this.#target(), this.#draft, this.#details));
    this.#deps.post({ type: 'review', sequence, ...cutText(sql), problems });
  }

  async #create(): Promise<void> {
    if (this.#running) return;
    const running = new AbortController();
    this.#running = running;
    try {
      const draft = this.#draft;
      const plan = this.#plan();
      const end = await runForm(this.#deps.plans, plan, this.#deps.post, running.signal);
      if (end.how === 'done') await this.#deps.created(draft.name);
      else if (end.how === 'refused') {
        this.#deps.post(refusal(end, placePublicationRefusal(end.error, draft, planSql(plan))));
      }
    } finally {
      this.#running = null;
    }
  }

  #plan(): Plan {
    return planCreatePublication(this.#target(), this.#draft);
  }

  #target(): PlanTarget {
    const facts = this.#deps.connections.facts(this.#connectionId);
    if (!facts || !this.#snapshot) {
      throw new ReplicationError('unknownConnection', 'The server has not been read yet.');
    }
    return { connectionId: this.#connectionId, serverName: facts.name, snapshot: this.#snapshot };
  }
}

function choosable(table: Table): ChoosableTable {
  const { oid, schema, name, partitioned, isPartition, unlogged, owner, ownedByMe, identityUsable } = table;
  const label = tableLabel(schema, name);
  return { oid, schema, name, label, partitioned, isPartition, unlogged, owner, ownedByMe, identityUsable };
}

function capabilitiesOf(inventory: Inventory): PublicationFormCapabilities {
  const { capabilities } = inventory.server;
  return Object.fromEntries(
    publicationFormCapabilities.map((name) => [name, capabilities[name]]),
  ) as PublicationFormCapabilities;
}
