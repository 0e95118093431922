import type { Plan, PlanOutcome, PlanProgress, Step } from '../../src/replication/model/plan.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import type { PlanTarget, SubscriptionParties } from '../../src/replication/operations/target.ts';
import { renderForServer } from '../../src/replication/postgres/statement.ts';
import { createReplicationService } from '../../src/replication/replicationService.ts';
import type { ReplicationService } from '../../src/replication/service.ts';
import { History } from '../../src/ui/plans/history.ts';
import type { HistoryEntry } from '../../src/ui/plans/historyRecord.ts';
import { paramsOf } from '../support/connect.ts';
import { KnownConnections } from '../support/knownConnections.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { CutRelay } from './cutRelay.ts';

const objectInUse = '55006';

type ConnectionId = 'publisher' | 'subscriber' | 'copy';

/** What the editor keeps of its state, written as VS Code writes it. */
export class Memory {
  readonly values = new Map<string, unknown>();
  get(key: string): unknown {
    return this.values.get(key);
  }
  async update(key: string, value: unknown): Promise<void> {
    this.values.set(key, JSON.parse(JSON.stringify(value)));
  }
  /** As another window finds it. */
  copy(): Memory {
    const copy = new Memory();
    for (const [key, value] of this.values) copy.values.set(key, value);
    return copy;
  }
}

/** A publisher and a subscriber that the service reaches through relays of ours; `copy` is a database beside the publisher's. */
export class CutPair {
  readonly connections = new KnownConnections();
  readonly service: ReplicationService;
  readonly logged: string[] = [];

  private constructor(
    readonly publisher: TestServer,
    readonly subscriber: TestServer,
    readonly relays: Readonly<Record<ConnectionId, CutRelay>>,
  ) {
    const write = (message: string): void => void this.logged.push(message);
    const log = { debug: write, info: write, warn: write };
    // One look at a server that doesn't answer is enough here.
    this.service = createReplicationService({ connections: this.connections, log, patienceMs: 1 });
    const ends = { publisher, subscriber, copy: publisher } as const;
    for (const id of ['publisher', 'subscriber', 'copy'] as const) {
      const params = paramsOf(ends[id], { database: id === 'copy' ? 'copy' : 'postgres' });
      this.connections.set(id, { ...params, port: relays[id].port });
    }
  }

  static async open(publisher: TestServer, subscriber: TestServer): Promise<CutPair> {
    await publisher.createDatabase('copy');
    const [one, two, three] = await Promise.all([publisher, subscriber, publisher].map((end) => CutRelay.open(end)));
    if (!one || !two || !three) throw new Error('A relay is missing');
    return new CutPair(publisher, subscriber, { publisher: one, subscriber: two, copy: three });
  }

  /** As the subscriber reaches the publisher: not through the relay. */
  get conninfo(): string {
    return this.publisher.conninfo().replaceAll("'", "''");
  }

  relay(step: Step): CutRelay {
    return this.relays[step.connectionId as ConnectionId];
  }

  server(step: Step): TestServer {
    return step.connectionId === 'subscriber' ? this.subscriber : this.publisher;
  }

  async target(id: ConnectionId): Promise<PlanTarget> {
    return { connectionId: id, serverName: id, snapshot: await this.service.refresh(id) };
  }

  async parties(publisher: ConnectionId, subscriber: ConnectionId): Promise<SubscriptionParties> {
    return {
      subscriber: await this.target(subscriber),
      publisher: await this.target(publisher),
      publisherInventory: null,
      subscriberHost: '127.0.0.1',
    };
  }

  async mend(): Promise<void> {
    for (const relay of Object.values(this.relays)) {
      relay.arm(undefined);
      await relay.mend();
    }
  }

  /** Whether the server shows a step as carried out, asked past the relay. */
  async isDone(step: Step): Promise<boolean> {
    if (!step.effect) return false;
    const database = step.connectionId === 'copy' ? 'copy' : 'postgres';
    return (await this.server(step).query(renderForServer(step.effect), [], database)).length > 0;
  }

  /** All that plans change on both servers, of what is called by `tag`, with the tag itself left out. */
  async state(tag: string): Promise<string> {
    const parts = [
      await stateOf(this.publisher, 'postgres', tag),
      await stateOf(this.publisher, 'copy', tag),
      await stateOf(this.subscriber, 'postgres', tag),
    ];
    return JSON.stringify(parts, null, 1).replaceAll(tag, '#');
  }

  /** Takes away what runs, so that the next plan has the workers for itself, and the slots and tables it would read. */
  async clean(tag: string): Promise<void> {
    for (const [server, database] of [
      [this.subscriber, 'postgres'],
      [this.publisher, 'copy'],
      [this.publisher, 'postgres'],
    ] as const) {
      const client = await server.client(database);
      try {
        const left = await client.query<{ statement: string }>(
          `select format('alter subscription %1$I disable; alter subscription %1$I set (slot_name = none); drop subscription %1$I', subname) as statement
             from pg_subscription where subname like '%${tag}' and subdbid = (select oid from pg_database where datname = current_database())
           union all select format('drop publication %I', pubname) from pg_publication where pubname like '%${tag}'
           union all select format('drop table %s', oid::regclass) from pg_class where relkind = 'r' and relname like '%${tag}'
           union all select format('select pg_drop_replication_slot(%L)', slot_name) from pg_replication_slots
             where slot_name like '%${tag}' and not active and database = current_database()`,
        );
        for (const { statement } of left.rows) {
          await client.query(statement).catch((error: unknown) => {
            // A WAL sender that was just beginning has the slot after all: then it stays.
            if ((error as { code?: unknown }).code !== objectInUse) throw error;
          });
        }
      } finally {
        await client.end();
      }
    }
  }

  async dispose(): Promise<void> {
    await this.service.dispose();
    await Promise.all(Object.values(this.relays).map((relay) => relay.cut()));
  }
}

async function stateOf(server: TestServer, database: string, tag: string): Promise<unknown> {
  const named = (column: string): string => `${column} like '%${tag}'`;
  const queries = [
    `select pubname, puballtables, pubinsert, pubupdate, pubowner::regrole::text, obj_description(p.oid, 'pg_publication') as comment, array(select tablename::text from pg_publication_tables t where t.pubname = p.pubname order by 1) as tables
       from pg_publication p where ${named('pubname')} order by 1`,
    `select subname, subenabled, subslotname, subpublications, subsynccommit, subowner::regrole::text, obj_description(s.oid, 'pg_subscription') as comment, ${server.major >= 17 ? 'subfailover, subbinary, subdisableonerr,' : ''}
       array(select c.relname::text from pg_subscription_rel r join pg_class c on c.oid = r.srrelid where r.srsubid = s.oid order by 1) as tables
       from pg_subscription s where ${named('subname')} and subdbid = (select oid from pg_database where datname = current_database()) order by 1`,
    `select slot_name, plugin from pg_replication_slots where ${named('slot_name')} order by 1`,
    `select relname, relreplident, array(select attname || format_type(atttypid, atttypmod) from pg_attribute where attrelid = c.oid and attnum > 0 order by 1) as columns
       from pg_class c where relkind = 'r' and ${named('relname')} order by 1`,
    `select rolname, rolcanlogin, rolreplication, rolpassword is null as free from pg_authid where ${named('rolname')} order by 1`,
    `select name, setting from pg_file_settings where sourcefile like '%auto.conf' order by 1`,
    `select c.relname, a.privilege_type from pg_class c, aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee where ${named('r.rolname')} order by 1, 2`,
  ];
  // One connection for all of them: this is asked some hundreds of times.
  const client = await server.client(database);
  try {
    const rows: unknown[] = [];
    for (const text of queries) rows.push((await client.query(text)).rows);
    return rows;
  } finally {
    await client.end();
  }
}

/** A run of a plan with its entry in the history, as the editor keeps it. */
export interface KeptRun {
  readonly outcome: PlanOutcome;
  /** As a window finds it that is opened afterwards. */
  readonly entry: HistoryEntry;
}

/** Runs (or resumes) a plan as the editor does; `at` hears each step before it goes on. */
export async function runKept(
  pair: CutPair,
  memory: Memory,
  plan: Plan,
  more: {
    readonly resume?: { readonly entryId: string; readonly outcome: PlanOutcome };
    readonly at?: (progress: PlanProgress) => Promise<void>;
  } = {},
): Promise<KeptRun> {
  const run = await new History({ storage: memory }).begin(plan, more.resume);
  const outcome = await pair.service.run(plan, {
    onProgress: async (progress) => {
      await run.heard(progress);
      await more.at?.(progress);
    },
    ...(more.resume ? { resume: more.resume.outcome } : {}),
  });
  await run.finish(outcome);
  const [entry] = new History({ storage: memory }).entries();
  if (!entry) throw new Error('The run has no entry');
  return { outcome, entry };
}

/** What a person types for the secrets of a plan, by their labels. */
export function typedSecrets(pair: CutPair): (label: string) => Secret {
  return (label) => new Secret(/ on 127\.0\.0\.1/.test(label) ? pair.publisher.password : `typed for ${label}`);
}
