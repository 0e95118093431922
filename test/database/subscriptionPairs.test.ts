import assert from 'node:assert/strict';

import { readProbe, type Probe } from '../../src/replication/catalog/probe.ts';
import { readSnapshot } from '../../src/replication/catalog/readSnapshot.ts';
import { readSubscriptionConninfo } from '../../src/replication/catalog/subscriptionConninfo.ts';
import { executePlan } from '../../src/replication/executor.ts';
import type { SecretConninfo, SubscriptionChange } from '../../src/replication/model/choices.ts';
import { editConninfo } from '../../src/replication/model/editConninfo.ts';
import type { Plan, PlanOutcome } from '../../src/replication/model/plan.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import type { Subscription } from '../../src/replication/model/subscription.ts';
import {
  checkAlterSubscription,
  planAlterSubscription,
} from '../../src/replication/operations/subscription/alterSubscription.ts';
import type { PlanTarget } from '../../src/replication/operations/target.ts';
import { openSession, type Session } from '../../src/replication/postgres/session.ts';
import { undoPlan } from '../../src/ui/plans/undo.ts';
import { paramsOf } from '../support/connect.ts';
import { eventually } from '../support/eventually.ts';
import { KnownConnections } from '../support/knownConnections.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';

/** Everything of a subscription that can be edited, with another value than it has at first. */
const edits = {
  name: { since: 10, change: { name: 'New "name"' } },
  enabled: { since: 10, change: {} },
  connection: { since: 10, change: {} },
  publications: { since: 10, change: {} },
  slotName: { since: 10, change: { slotName: 'other' } },
  noSlot: { since: 10, change: { slotName: null } },
  synchronousCommit: { since: 10, change: { options: { synchronousCommit: 'local' } } },
  binary: { since: 14, change: { options: { binary: true } } },
  streaming: { since: 14, change: { options: { streaming: 'on' } } },
  disableOnError: { since: 15, change: { options: { disableOnError: true } } },
  passwordRequired: { since: 16, change: { options: { passwordRequired: false } } },
  runAsOwner: { since: 16, change: { options: { runAsOwner: true } } },
  origin: { since: 16, change: { options: { origin: 'none' } } },
  failover: { since: 17, change: { options: { failover: true } } },
  twoPhase: { since: 18, change: { options: { twoPhase: true } } },
} as const satisfies Record<string, { readonly since: number; readonly change: SubscriptionChange }>;
type Edit = keyof typeof edits;

/** Two that say different things of one field, or can't be together. */
const exclusive: readonly (readonly [Edit, Edit])[] = [
  ['slotName', 'noSlot'],
  ['enabled', 'noSlot'],
];

/** What has to be disabled first is tried on an enabled subscription, all else on a disabled one. */
const pausing: readonly Edit[] = ['noSlot', 'failover', 'twoPhase'];

function pairsOf(major: number): readonly (readonly [Edit, Edit])[] {
  const names = (Object.keys(edits) as Edit[]).filter((name) => edits[name].since <= major);
  return names
    .flatMap((one, index) => names.slice(index + 1).map((other) => [one, other] as const))
    .filter((pair) => !exclusive.some((each) => each.every((name) => pair.includes(name))));
}

/** The fewest statements that can lead there, by what the server takes together. */
function fewest(pair: readonly Edit[], startsEnabled: boolean): number {
  const has = (...names: Edit[]): boolean => names.some((name) => pair.includes(name));
  const options = pair.filter(
    (name) => !['name', 'enabled', 'connection', 'publications', 'slotName', 'noSlot'].includes(name),
  );
  const slot = has('slotName', 'noSlot');
  // two_phase isn't taken together with slot_name, failover would change the old slot, and can't be set back without one.
  const apart = slot && has('twoPhase', 'failover');
  const settings = options.length === 0 && !slot ? 0 : apart ? 2 : 1;
  const stays = !has('noSlot') && !(startsEnabled && has('enabled'));
  const switches = startsEnabled
    ? has(...pausing)
      ? stays
        ? 2
        : 1
      : has('enabled')
        ? 1
        : 0
    : has('enabled')
      ? 1
      : 0;
  return settings + switches + ['name', 'connection', 'publications'].filter((name) => has(name as Edit)).length;
}

/** Subscriber and publisher over sessions that stay open, so that a pair takes tens of milliseconds. */
class Stage {
  readonly #sessions: Readonly<Record<string, Session>>;
  readonly #connections = new KnownConnections();
  readonly #probes = new Map<string, Probe>();

  static async open(servers: Readonly<Record<string, TestServer>>): Promise<Stage> {
    const sessions: Record<string, Session> = {};
    for (const [id, server] of Object.entries(servers)) sessions[id] = await openSession(paramsOf(server));
    const stage = new Stage(sessions);
    for (const [id, server] of Object.entries(servers)) stage.#connections.set(id, paramsOf(server));
    return stage;
  }

  private constructor(sessions: Readonly<Record<string, Session>>) {
    this.#sessions = sessions;
  }

  session(id: string): Session {
    const session = this.#sessions[id];
    assert.ok(session);
    return session;
  }

  async target(id: string): Promise<PlanTarget> {
    const session = this.session(id);
    const probe = this.#probes.get(id) ?? (await readProbe(session, 0));
    this.#probes.set(id, probe);
    return { connectionId: id, serverName: id, snapshot: await readSnapshot(session, probe, id) };
  }

  async done(plan: Plan): Promise<PlanOutcome> {
    const outcome = await executePlan(plan, {
      session: async (id) => shared(this.session(id)),
      watchSession: async (id) => this.session(id),
      refresh: async (id) => (await this.target(id)).snapshot,
      facts: (id) => this.#connections.facts(id),
    });
    assert.equal(outcome.status, 'done', JSON.stringify(outcome.steps.map(({ error }) => error)));
    return outcome;
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#sessions).map((session) => session.close()));
  }
}

/** A session that a plan may close without that it ends. */
function shared(session: Session): Session {
  return {
    serverVersion: session.serverVersion,
    backendPid: session.backendPid,
    closed: false,
    query: (text, values, options) => session.query(text, values, options),
    execute: (text, options) => session.execute(text, options),
    onLost: (listener) => session.onLost(listener),
    close: () => Promise.resolve(),
  };
}

/** A subscription without what moves by itself. */
function definition(subscription: Subscription): object {
  const { oid: _, tables, options, ...rest } = subscription;
  const twoPhase = options.twoPhase === null ? null : options.twoPhase !== 'disabled';
  return { ...rest, tables: tables.map(({ name }) => name), options: { ...options, twoPhase } };
}

function revealed(conninfo: SecretConninfo): readonly (readonly string[])[] {
  return conninfo.map(([keyword, value]) => [keyword, value instanceof Secret ? value.reveal() : value]);
}

describe('edits of subscriptions, two at a time (real servers)', function () {
  this.timeout(180_000);
  let total = 0;
  let statements = 0;
  after(() => console.log(`      ${total} pairs, led there by ${statements} statements and back again`));

  for (const major of majorsUnderTest()) {
    describe(`on ${major}`, () => {
      const servers = useServers({
        publisher: { major },
        subscriber: { major, settings: { wal_retrieve_retry_interval: '50ms' } },
      });
      let stage: Stage;
      before(async () => {
        await servers.publisher.script(
          'create table orders (id int primary key); create publication one for table orders; create publication two',
        );
        await servers.publisher.query(`select pg_create_logical_replication_slot('plain', 'pgoutput')`);
        await servers.publisher.query(`select pg_create_logical_replication_slot('other', 'pgoutput')`);
        await servers.subscriber.script('create table orders (id int primary key)');
        const conninfo = servers.publisher.conninfo().replaceAll("'", "''");
        const [streaming, enabled] = [
          major >= 14 ? ', streaming = off' : '',
          'create_slot = false, slot_name = plain, copy_data = false',
        ];
        await servers.subscriber.script(
          `create subscription plain connection '${conninfo}' publication one with (${enabled}${streaming}); alter subscription plain disable`,
        );
        stage = await Stage.open({ publisher: servers.publisher, subscriber: servers.subscriber });
      });
      after(() => stage.close());

      it('each leads there by the fewest statements, and its undo back', async () => {
        const conninfo = await readSubscriptionConninfo(stage.session('subscriber'), 'plain');
        const moved = editConninfo(conninfo, { application_name: `it's me`, connect_timeout: '7' });
        const publisher = await stage.target('publisher');
        const find = (target: PlanTarget, name: string): Subscription => {
          const found = target.snapshot.inventory.subscriptions.find((each) => each.name === name);
          assert.ok(found, `there is a subscription ${name}`);
          return found;
        };
        const setEnabled = async (enabled: boolean): Promise<void> => {
          await servers.subscriber.query(`alter subscription plain ${enabled ? 'enable' : 'disable'}`);
          if (!enabled) await slotsFree(servers.publisher, servers.subscriber);
        };
        let startsEnabled = false;
        const byStart = (pair: readonly Edit[]): boolean => pair.some((name) => pausing.includes(name));
        const pairs = pairsOf(major).toSorted((one, other) => Number(byStart(one)) - Number(byStart(other)));
        for (const pair of pairs) {
          const what = pair.join(' and ');
          if (byStart(pair) !== startsEnabled) await setEnabled((startsEnabled = byStart(pair)));
          const publications = { names: ['one', 'two'], refresh: startsEnabled, copyData: false };
          const change: SubscriptionChange = Object.assign(
            {},
            ...pair.map((name): SubscriptionChange => {
              if (name === 'enabled') return { enabled: !startsEnabled };
              if (name === 'connection') return { connection: { conninfo: moved, before: conninfo } };
              return name === 'publications' ? { publications } : edits[name].change;
            }),
            {
              options: Object.assign(
                {},
                ...pair.map((name) => ('options' in edits[name].change ? edits[name].change.options : {})),
              ),
            },
          ) as SubscriptionChange;
          const target = await stage.target('subscriber');
          const base = find(target, 'plain');
          const errors = checkAlterSubscription(target, 'plain', change, publisher).filter(
            ({ severity }) => severity === 'error',
          );
          assert.deepEqual(errors, [], what);
          const plan = planAlterSubscription(target, 'plain', change, publisher);
          assert.equal(
            plan.steps.length,
            fewest(pair, startsEnabled),
            `${what}: ${plan.steps.map(({ title }) => title).join('; ')}`,
          );
          const outcome = await stage.done(plan);
          const changed = await stage.target('subscriber');
          const now = find(changed, change.name ?? 'plain');
          const options = Object.fromEntries(Object.entries(change.options ?? {}));
          assert.deepEqual(
            definition(now),
            {
              ...(definition(base) as Subscription),
              ...(change.name === undefined ? {} : { name: change.name }),
              enabled: pair.includes('noSlot') ? false : (change.enabled ?? startsEnabled),
              ...(change.slotName === undefined ? {} : { slotName: change.slotName }),
              ...(change.publications ? { publications: ['one', 'two'] } : {}),
              ...(change.connection && base.publisher
                ? { publisher: { ...base.publisher, applicationName: `it's me` } }
                : {}),
              options: { ...(definition(base) as { options: object }).options, ...options },
            },
            what,
          );
          if (change.connection) {
            assert.deepEqual(
              revealed(await readSubscriptionConninfo(stage.session('subscriber'), now.name)),
              revealed(moved),
            );
          }
          if (now.enabled && pair.includes('twoPhase')) await twoPhaseSettled(servers.subscriber);
          assert.deepEqual(
            planAlterSubscription(changed, now.name, change, publisher).steps.filter(
              ({ title }) => !title.includes('connects to'),
            ),
            [],
            `${what}: nothing differs any more`,
          );
          const undo = undoPlan(plan, outcome);
          assert.ok(undo, `${what} can be taken back`);
          if (startsEnabled && !now.enabled) await slotsFree(servers.publisher, servers.subscriber);
          await stage.done(undo);
          assert.deepEqual(
            definition(find(await stage.target('subscriber'), 'plain')),
            definition(base),
            `${what}, taken back`,
          );
          assert.deepEqual(
            revealed(await readSubscriptionConninfo(stage.session('subscriber'), 'plain')),
            revealed(conninfo),
          );
          total += 1;
          statements += plan.steps.length;
        }
        console.log(`        ${pairs.length} pairs on ${major}`);
      });
    });
  }
});

/** The workers of a disabled subscription have ended and let go of their slots. */
async function slotsFree(publisher: TestServer, subscriber: TestServer): Promise<void> {
  const free = async (): Promise<boolean> => {
    const busy = await publisher.query('select from pg_replication_slots where active');
    const running = await subscriber.query('select from pg_stat_subscription where pid is not null');
    return busy.length === 0 && running.length === 0;
  };
  await eventually(free, { every: 5 });
}

/** The worker itself writes down that two-phase commit is in force, and a change at that moment fails. */
async function twoPhaseSettled(subscriber: TestServer): Promise<void> {
  await eventually(
    async () => (await subscriber.query(`select from pg_subscription where subtwophasestate = 'e'`)).length > 0,
    {
      every: 5,
      within: 30_000,
    },
  );
}
