import assert from 'node:assert/strict';

import type { SecretConninfo } from '../../src/replication/model/choices.ts';
import type { Publication } from '../../src/replication/model/publication.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import type { Slot } from '../../src/replication/model/slot.ts';
import type { Statement } from '../../src/replication/model/statement.ts';
import type { Subscription } from '../../src/replication/model/subscription.ts';
import { joinPlans } from '../../src/replication/operations/joinPlans.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import { planDropPublications } from '../../src/replication/operations/publication/dropPublication.ts';
import { planAdvanceSlot } from '../../src/replication/operations/slot/advanceSlot.ts';
import { planCopySlot } from '../../src/replication/operations/slot/copySlot.ts';
import { planCreateSlot } from '../../src/replication/operations/slot/createSlot.ts';
import { planDropSlots } from '../../src/replication/operations/slot/dropSlot.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { planDropSubscription } from '../../src/replication/operations/subscription/dropSubscription.ts';
import { planSetReplicaIdentity } from '../../src/replication/operations/table/replicaIdentity.ts';
import { renderForServer } from '../../src/replication/postgres/statement.ts';
import { scriptIdentity } from '../../src/replication/script/identity.ts';
import { publicationAsWritten, scriptPublication } from '../../src/replication/script/publication.ts';
import { scriptSlot } from '../../src/replication/script/slot.ts';
import { scriptSubscription } from '../../src/replication/script/subscription.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { type Major, majorsUnderTest } from '../support/servers/versions.ts';
import { publicationForms, publicationShape } from './everyFormPublications.ts';
import { subscriptionForms, subscriptionShape } from './everyFormSubscriptions.ts';
import { Bench, member, publicationOf, subscriptionTo } from './operationsKit.ts';

/** Runs a script as a person does, statement by statement; `password` stands where dots are shown. */
async function runScript(server: TestServer, statements: readonly Statement[], database: string): Promise<void> {
  const client = await server.client(database);
  for (const statement of statements) await client.query(renderForServer(statement));
  await client.end();
}

/** What of a publication is its definition. */
function publicationFacts(found: Publication): unknown {
  return { ...found, oid: null, tables: found.tables.map((table) => ({ ...table, oid: null })) };
}

/** What of a subscription is its definition: not how far its tables are, nor what it was to skip once. */
function subscriptionFacts(found: Subscription): unknown {
  const { options, tables } = found;
  const twoPhase = options.twoPhase === null ? null : options.twoPhase !== 'disabled';
  const names = tables.map(({ schema, name }) => `${schema}.${name}`).sort();
  return { ...found, oid: null, skipLsn: null, options: { ...options, twoPhase }, tables: names };
}

function slotFacts({ name, type, plugin, database, temporary, twoPhase, failover }: Slot): unknown {
  return { name, type, plugin, database, temporary, twoPhase, failover };
}

async function publications(bench: Bench, server: TestServer): Promise<number> {
  await server.createDatabase('pubs');
  await server.script(publicationShape(server.major), 'pubs');
  bench.add('pubs', server, { database: 'pubs' });
  const forms = publicationForms(server.major).map((form, index) => ({
    ...form,
    name: `form ${index} "${form.form}"`.slice(0, 40),
  }));
  const empty = await bench.target('pubs');
  await bench.done(
    joinPlans(
      'Create every form',
      forms.map(({ name, start }) => planCreatePublication(empty, { ...start, name })),
    ),
  );
  const made = await bench.target('pubs');
  await bench.done(
    joinPlans(
      'Alter every form',
      forms.flatMap(({ alter, name }) => (alter ? [alter(made, name)] : [])),
    ),
  );

  const { inventory } = (await bench.target('pubs')).snapshot;
  assert.equal(inventory.publications.length, forms.length);
  for (const { form, name, start, end, owner = 'postgres', comment = null } of forms) {
    const found = inventory.publications.find((each) => each.name.startsWith(name));
    assert.ok(found, form);
    const written = publicationAsWritten(inventory, found);
    const wanted = { ...start, ...end, name: found.name };
    const readable = (table: (typeof written.tables)[number]): unknown => ({
      ...table,
      filter: plainFilter(table.filter),
    });
    assert.deepEqual(
      { ...written, tables: written.tables.map(readable) },
      { ...wanted, tables: wanted.tables.map(readable) },
      form,
    );
    assert.deepEqual([found.owner, found.comment], [owner, comment], form);
  }
  const scripts = inventory.publications.flatMap(({ name }) => scriptPublication(inventory, name));
  const names = inventory.publications.map(({ name }) => name);
  await bench.done(planDropPublications(await bench.target('pubs'), names));
  assert.deepEqual((await bench.target('pubs')).snapshot.inventory.publications, []);
  await runScript(server, scripts, 'pubs');
  const again = (await bench.target('pubs')).snapshot.inventory.publications;
  assert.deepEqual(again.map(publicationFacts), inventory.publications.map(publicationFacts));
  return forms.length + 1;
}

/** A filter without the parentheses the server puts around it, and without comments. */
function plainFilter(filter: string | null): string | null {
  return filter?.replace(/ --.*/, '').replace(/^\((.*)\)$/, '$1') ?? null;
}

async function identities(bench: Bench, server: TestServer): Promise<number> {
  await server.createDatabase('identities');
  const names = ['by_default', 'by_index', 'by_full', 'by_nothing'];
  await server.script(
    names
      .map(
        (name) =>
          `create table ${name} (id int primary key, k int not null); create unique index "${name} ""k" on ${name} (k);`,
      )
      .join('\n'),
    'identities',
  );
  bench.add('identities', server, { database: 'identities' });
  const table = (name: string): { schema: string; name: string } => ({ schema: 'public', name });
  const fresh = await bench.target('identities');
  const set = (name: string, identity: 'default' | 'index' | 'full' | 'nothing', index: string | null = null) =>
    planSetReplicaIdentity(fresh, { tables: [table(name)], identity, index });
  await bench.done(
    joinPlans('Set every identity', [
      set('by_default', 'full'),
      set('by_index', 'index', 'by_index "k'),
      set('by_full', 'full'),
      set('by_nothing', 'nothing'),
    ]),
  );
  await bench.done(
    planSetReplicaIdentity(await bench.target('identities'), {
      tables: [table('by_default')],
      identity: 'default',
      index: null,
    }),
  );
  const { inventory } = (await bench.target('identities')).snapshot;
  const identity = (snapshot: typeof inventory): unknown =>
    snapshot.tables.map(({ name, replicaIdentity, identityIndex }) => [name, replicaIdentity, identityIndex]);
  assert.deepEqual(identity(inventory), [
    ['by_default', 'default', undefined],
    ['by_full', 'full', undefined],
    ['by_index', 'index', 'by_index "k'],
    ['by_nothing', 'nothing', undefined],
  ]);
  const scripts = names.flatMap((name) => scriptIdentity(inventory, table(name)));
  // What corresponds to dropping it: each table gets another one.
  await server.script(
    'alter table by_default replica identity nothing; alter table by_index replica identity default; alter table by_full replica identity default; alter table by_nothing replica identity full',
    'identities',
  );
  assert.notDeepEqual(identity((await bench.target('identities')).snapshot.inventory), identity(inventory));
  await runScript(server, scripts, 'identities');
  assert.deepEqual(identity((await bench.target('identities')).snapshot.inventory), identity(inventory));
  return names.length;
}

async function slots(bench: Bench, server: TestServer): Promise<number> {
  const { major } = server;
  await server.createDatabase('slots');
  bench.add('slots', server, { database: 'slots' });
  const target = await bench.target('slots');
  const choices = [
    { name: 'f_pgoutput', plugin: 'pgoutput' },
    { name: 'f_test_decoding', plugin: 'test_decoding' },
    ...(major >= 14 ? [{ name: 'f_two_phase', plugin: 'pgoutput', twoPhase: true }] : []),
    ...(major >= 17 ? [{ name: 'f_failover', plugin: 'pgoutput', failover: true }] : []),
    ...(major >= 17 ? [{ name: 'f_both', plugin: 'test_decoding', twoPhase: true, failover: true }] : []),
  ].map((choice) => ({ twoPhase: false, failover: false, waitLimitMs: 30_000, ...choice }));
  await bench.done(
    joinPlans(
      'Create every slot',
      choices.map((choice) => planCreateSlot(target, choice)),
    ),
  );
  let forms = choices.length;
  if (major >= 12) {
    const made = await bench.target('slots');
    await bench.done(
      joinPlans('Copy', [
        planCopySlot(made, { from: 'f_pgoutput', to: 'f_copy', plugin: null }),
        planCopySlot(made, { from: 'f_pgoutput', to: 'f_copy_plugin', plugin: 'test_decoding' }),
      ]),
    );
    forms += 2;
  }
  if (major >= 11) {
    await server.script('create table moved (id int)', 'slots');
    const { pulse } = (await bench.target('slots')).snapshot;
    await bench.done(planAdvanceSlot(await bench.target('slots'), 'f_pgoutput', pulse.currentLsn));
    forms += 1;
  }
  const { snapshot } = await bench.target('slots');
  const own = snapshot.pulse.slots.filter(({ database }) => database === 'slots');
  assert.deepEqual(
    own.map(({ name, twoPhase, failover }) => [name, twoPhase ?? false, failover ?? false]),
    [
      ...choices.map(({ name, twoPhase, failover }) => [name, twoPhase, failover]),
      ...(major >= 12
        ? [
            ['f_copy', false, false],
            ['f_copy_plugin', false, false],
          ]
        : []),
    ].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
  const scripts = own.flatMap(({ name }) => scriptSlot(snapshot, name));
  const names = own.map(({ name }) => name);
  await bench.done(planDropSlots(await bench.target('slots'), names));
  await runScript(server, scripts, 'slots');
  const again = await bench.target('slots');
  const there = again.snapshot.pulse.slots.filter(({ database }) => database === 'slots');
  assert.deepEqual(there.map(slotFacts), own.map(slotFacts));
  await bench.done(planDropSlots(again, names));
  return forms + 1;
}

/** The connection strings as they may be read: with their secrets. */
async function conninfosOf(bench: Bench, names: readonly string[]): Promise<ReadonlyMap<string, SecretConninfo>> {
  const { reads } = bench.service;
  const read = async (name: string) => [name, await reads.subscriptionConninfo('subscriber', name)] as const;
  return new Map(await Promise.all(names.map(read)));
}

async function subscriptions(bench: Bench, publisher: TestServer, subscriber: TestServer): Promise<number> {
  const { major } = publisher;
  for (const server of [publisher, subscriber]) await server.script(subscriptionShape);
  bench.add('publisher', publisher).add('subscriber', subscriber);
  const source = await bench.target('publisher');
  const everything = { insert: true, update: true, delete: true, truncate: major >= 11 };
  await bench.done(
    joinPlans(
      'Publish',
      ['a', 'b', 'c'].map((name) =>
        planCreatePublication(
          source,
          publicationOf(`f${name}`, { operations: everything, tables: [member('public', name)] }),
        ),
      ),
    ),
  );
  await bench.done(
    planCreateSlot(await bench.target('publisher'), {
      name: 'made_before',
      plugin: 'pgoutput',
      twoPhase: false,
      failover: false,
      waitLimitMs: 30_000,
    }),
  );
  const forms = subscriptionForms(major, publisher).map((form, index) => ({ ...form, name: `form_${index}` }));
  const parties = await bench.parties('publisher', 'subscriber');
  await bench.done(
    joinPlans(
      'Create every form',
      forms.map(({ name, start }) => planCreateSubscription(parties, subscriptionTo(publisher, name, ['fa'], start))),
    ),
  );
  const made = await bench.target('subscriber');
  const creations = forms.flatMap(({ created, name, end }) => (created ? [{ ...created, name, end }] : []));
  for (const { form, name, end, wanted } of creations) {
    const found = made.snapshot.inventory.subscriptions.find((each) => each.name === name);
    assert.ok(found, form);
    assert.deepEqual(end(found), wanted, form);
  }
  await bench.done(
    joinPlans(
      'Alter every form',
      forms.flatMap(({ alter, name }) => (alter ? [alter(made, name)] : [])),
    ),
  );
  // SET (slot_name) takes any name; the slot is made so that dropping finds it.
  await bench.done(
    planCreateSlot(await bench.target('publisher'), {
      name: 'set_later',
      plugin: 'pgoutput',
      twoPhase: false,
      failover: false,
      waitLimitMs: 30_000,
    }),
  );

  const { inventory } = (await bench.target('subscriber')).snapshot;
  assert.equal(inventory.subscriptions.length, forms.length);
  for (const { form, name, end, wanted } of forms) {
    const found = inventory.subscriptions.find((each) => each.name === name || each.name.startsWith(`${name} `));
    assert.ok(found, form);
    assert.deepEqual(end(found), wanted, form);
  }
  const names = inventory.subscriptions.map(({ name }) => name);
  const conninfos = await conninfosOf(bench, names);
  const scripts = names.flatMap((name) => {
    const conninfo = conninfos.get(name);
    assert.ok(conninfo, name);
    const password = conninfo.find(([keyword]) => keyword === 'password')?.[1];
    assert.ok(password instanceof Secret, name);
    return scriptSubscription(inventory, name, { conninfo });
  });
  const dropping = await bench.target('subscriber');
  // With connect = false no slot was made, and none is there to be dropped.
  const apart = new Set(forms.flatMap(({ name, start }) => (start.connect === false ? [name] : [])));
  const plans = inventory.subscriptions.map(({ name, slotName }) =>
    planDropSubscription(dropping, name, slotName === null || apart.has(name) ? 'leaveSlot' : 'dropSlotToo'),
  );
  await bench.done(joinPlans('Drop every form', plans));
  assert.deepEqual((await bench.target('subscriber')).snapshot.inventory.subscriptions, []);
  await runScript(subscriber, scripts, 'postgres');
  const again = (await bench.target('subscriber')).snapshot.inventory.subscriptions;
  const stale = new Set(forms.flatMap(({ name, notRefreshed }) => (notRefreshed ? [name] : [])));
  const facts = (found: Subscription): unknown =>
    subscriptionFacts(stale.has(found.name) ? { ...found, tables: [] } : found);
  assert.deepEqual(again.map(facts), inventory.subscriptions.map(facts));
  const connected = await conninfosOf(bench, names);
  const plain = (conninfo: SecretConninfo | undefined): unknown =>
    conninfo?.map(([keyword, value]) => [keyword, value instanceof Secret ? value.reveal() : value]);
  for (const name of names) assert.deepEqual(plain(connected.get(name)), plain(conninfos.get(name)), name);
  // The two ways of DROP: with the slot, above, and leaving it.
  const leaving = await bench.target('subscriber');
  await bench.done(planDropSubscription(leaving, names[0] ?? '', 'leaveSlot'));
  return forms.length + creations.length + 2;
}

describe('every form of the catalog of facts, made, read, scripted, dropped and made again', () => {
  const counts: (readonly [major: Major, text: string])[] = [];
  for (const major of majorsUnderTest()) {
    describe(`on PostgreSQL ${major}`, () => {
      const settings = {
        max_replication_slots: '150',
        max_wal_senders: '60',
        // What is read back is in the catalogs: no worker has to start for each of some seventy subscriptions.
        max_logical_replication_workers: '0',
        ...(major >= 18 ? { max_active_replication_origins: '150' } : {}),
      };
      const servers = useServers({ publisher: { major, settings }, subscriber: { major, settings } });
      const made: string[] = [];
      let bench: Bench;
      before(() => {
        bench = new Bench();
      });
      after(async () => {
        counts.push([major, made.join(', ')]);
        await bench.service.dispose();
      });

      it('publications', async () => {
        made.push(`${await publications(bench, servers.publisher)} of publications`);
      });
      it('replica identities', async () => {
        made.push(`${await identities(bench, servers.publisher)} of replica identities`);
      });
      it('slots', async () => {
        made.push(`${await slots(bench, servers.publisher)} of slots`);
      });
      it('subscriptions', async () => {
        made.push(`${await subscriptions(bench, servers.publisher, servers.subscriber)} of subscriptions`);
      });
    });
  }
  after(() => {
    for (const [major, text] of counts) console.log(`    PostgreSQL ${major}: ${text}`);
  });
});
