import assert from 'node:assert/strict';

import { readProbe } from '../../src/replication/catalog/probe.ts';
import { PulseReader } from '../../src/replication/catalog/pulseReader.ts';
import { readSnapshot } from '../../src/replication/catalog/readSnapshot.ts';
import { readTableDetails } from '../../src/replication/catalog/tableDetails.ts';
import type { Snapshot } from '../../src/replication/model/snapshot.ts';
import { openSession, type Session } from '../../src/replication/postgres/session.ts';
import { paramsOf } from '../support/connect.ts';
import { eventually } from '../support/eventually.ts';
import { Proxy } from '../support/servers/proxy.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';

const hostile = `"; drop table x; --`;
const markup = '<img src=x onerror=alert(1)>';

for (const major of majorsUnderTest()) {
  describe(`snapshot of PostgreSQL ${major} (real server)`, () => {
    const servers = useServers({ server: { major } });

    before(async () => {
      await arrange(servers.server);
    });

    it('shows a superuser everything', async () => {
      await withSession(servers.server, {}, async (session) => {
        const { inventory, pulse } = await snapshotOf(session);
        assert.equal(Math.floor(inventory.server.versionNumber / 10_000), major);
        assert.match(inventory.server.version, new RegExp(`^${major}\\.`));
        assert.match(inventory.server.systemIdentifier ?? '', /^\d{19}$/);
        assert.deepEqual(inventory.hidden, []);
        assert.ok(inventory.server.plugins.includes('pgoutput') && inventory.server.plugins.includes('test_decoding'));
        assert.ok(inventory.server.databases.includes('shop'));
        assertPublications(inventory, major);
        assertTables(inventory);
        assertSubscription(inventory, major, true);
        assert.deepEqual(
          pulse.slots.map(({ name, plugin, database, active, lost }) => ({ name, plugin, database, active, lost })),
          [{ name: 'elsewhere', plugin: 'pgoutput', database: 'postgres', active: false, lost: false }],
        );
        assert.ok(pulse.slots[0]?.restartLsn);
        assert.equal(pulse.subscriptions[0]?.enabled, false);
        // Nothing of 19, which none of these servers is, whatever else they may do.
        const of19 = Object.entries(inventory.server.capabilities).filter(
          ([, answer]) => !answer.can && answer.reason === 'Needs PostgreSQL 19 or newer.',
        );
        assert.deepEqual(
          of19.map(([name]) => name),
          [
            'publication.setAllTables',
            'publication.allSequences',
            'publication.exceptTables',
            'subscription.retainDeadTuples',
            'subscription.maxRetentionDuration',
            'subscription.walReceiverTimeout',
            'subscription.foreignServer',
            'subscription.refreshSequences',
          ],
        );
        assert.equal(inventory.server.foreignServers, undefined);
        assert.ok(inventory.publications.every((each) => !each.exceptTables && !each.allSequences));
        assert.ok(inventory.subscriptions.every((each) => !each.sequences && each.foreignServer === undefined));
      });
    });

    it('shows an ordinary role what it may see, and names the rest', async () => {
      await servers.server.createRole('reader', 'reader-password');
      await withSession(servers.server, { user: 'reader', password: 'reader-password' }, async (session) => {
        const { inventory, pulse } = await snapshotOf(session);
        assertPublications(inventory, major);
        assertTables(inventory);
        assertSubscription(inventory, major, false);
        assert.equal(pulse.slots.length, 1);
        const hidden = inventory.hidden.map(({ what }) => what).join('\n');
        assert.match(hidden, /WAL senders/);
        assert.match(hidden, /subscriptions connect to/);
        assert.match(hidden, /has applied/);
        assert.equal(/some options/.test(hidden), major < 14);
        const { capabilities } = inventory.server;
        const obstacle = (name: keyof typeof capabilities): string | null => {
          const answer = capabilities[name];
          return answer.can ? null : answer.because;
        };
        assert.equal(obstacle('publication.create'), 'privilege');
        assert.equal(obstacle('publication.allTables'), 'privilege');
        assert.equal(obstacle('subscription.create'), 'privilege');
        assert.equal(obstacle('slot.create'), 'privilege');
        assert.equal(obstacle('publication.rowFilters'), major >= 15 ? null : 'version');
        assert.equal(obstacle('publication.schemas'), major >= 15 ? 'privilege' : 'version');
        assert.equal(obstacle('subscription.failover'), major >= 17 ? null : 'version');
        assert.equal(obstacle('slot.twoPhase'), major >= 14 ? null : 'version');
      });
    });

    it('reads a snapshot in one round trip, and a pulse in one', async () => {
      const proxy = await Proxy.open(servers.server);
      try {
        const session = await openSession({ ...paramsOf(servers.server, { database: 'shop' }), port: proxy.port });
        try {
          const probe = await readProbe(session, 0);
          proxy.resetCounts();
          await readSnapshot(session, probe, 'c');
          assert.equal(proxy.roundTrips, 1);
          proxy.resetCounts();
          await new PulseReader(session, probe, 'c').read();
          assert.equal(proxy.roundTrips, 1);
        } finally {
          await session.close();
        }
      } finally {
        await proxy.dispose();
      }
    });

    it('marks a change of the catalogs in the pulse', async () => {
      await withSession(servers.server, {}, async (session) => {
        const probe = await readProbe(session, 0);
        const pulses = new PulseReader(session, probe, 'c');
        const settled = await eventually(async () => {
          const first = await pulses.read();
          const second = await pulses.read();
          return first.catalogMark === second.catalogMark && second.catalogMark;
        });
        await servers.server.query('create publication later', [], 'shop');
        await eventually(async () => (await pulses.read()).catalogMark !== settled);
      });
    });

    it('tells the columns of tables and which unique indexes can identify a row', async () => {
      await withSession(servers.server, {}, async (session) => {
        const { inventory } = await snapshotOf(session);
        const orders = inventory.tables.find(({ name }) => name === 'orders');
        const keyless = inventory.tables.find(({ name }) => name === 'keyless');
        const details = await readTableDetails(session, [orders?.oid ?? 0, keyless?.oid ?? 0, 1]);
        assert.deepEqual(
          details
            .find(({ name }) => name === 'orders')
            ?.columns.map((column) => [column.name, column.type, column.inIdentity]),
          [
            ['id', 'integer', true],
            ['customer', 'text', false],
            ['total', 'numeric(10,2)', false],
          ],
        );
        assert.deepEqual(
          details.find(({ name }) => name === 'keyless')?.uniqueIndexes.map(({ name, unfit }) => [name, unfit]),
          [
            ['keyless_deferrable', 'It is deferrable.'],
            ['keyless_expression', 'It is on an expression.'],
            ['keyless_fit', null],
            ['keyless_nullable', 'Its column b may be null.'],
            ['keyless_partial', 'It is partial.'],
          ],
        );
        assert.ok(details.find(({ name }) => name === 'keyless')?.columns.every(({ inIdentity }) => !inIdentity));
      });
    });
  });
}

async function arrange(server: TestServer): Promise<void> {
  await server.createDatabase('shop');
  await server.script(
    `create table orders (id int primary key, customer text, total numeric(10,2));
     create table keyless (a int not null, b int, c int not null);
     create unique index keyless_fit on keyless (a);
     create unique index keyless_nullable on keyless (b);
     create unique index keyless_partial on keyless (a) where a > 0;
     create unique index keyless_expression on keyless ((a + 1));
     alter table keyless add constraint keyless_deferrable unique (c) deferrable;
     create unlogged table scratch (id int primary key);
     create table "a.b" (id int primary key);
     create table "${hostile.replaceAll('"', '""')}" (id int primary key);
     create schema "${markup}";
     create table "${markup}"."Ünïcödé" (id int primary key);
     alter table "a.b" replica identity full;
     create publication chosen for table orders, "a.b", "${markup}"."Ünïcödé" with (publish = 'insert, update');
     create publication everything for all tables;
     create publication "${hostile.replaceAll('"', '""')}";`,
    'shop',
  );
  if (server.major >= 15) {
    await server.script(
      `create publication narrow for table orders (id, total) where (total > 10);
       create publication by_schema for tables in schema "${markup}", table keyless;`,
      'shop',
    );
  }
  await server.query(`select pg_create_logical_replication_slot('elsewhere', 'pgoutput')`);
  await server.query(
    `create subscription incoming connection 'host=publisher.example port=6432 dbname=source user=replicator password=hidden-word'
       publication p1, p2 with (connect = false, slot_name = 'other_name')`,
    [],
    'shop',
  );
}

async function withSession(
  server: TestServer,
  as: { user?: string; password?: string },
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const session = await openSession(paramsOf(server, { database: 'shop', ...as }));
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

async function snapshotOf(session: Session): Promise<Snapshot> {
  const snapshot = await readSnapshot(session, await readProbe(session, 0), 'c');
  // Whoever reads it, the password of a subscription must never come out of the parser.
  assert.doesNotMatch(JSON.stringify(snapshot), /hidden-word/);
  return snapshot;
}

function assertPublications(inventory: Snapshot['inventory'], major: number): void {
  const byName = new Map(inventory.publications.map((publication) => [publication.name, publication]));
  const chosen = byName.get('chosen');
  assert.deepEqual(
    chosen?.tables.map(({ schema, name }) => `${schema}|${name}`),
    [`${markup}|Ünïcödé`, 'public|a.b', 'public|orders'],
  );
  assert.deepEqual(chosen.operations, { insert: true, update: true, delete: false, truncate: false });
  assert.equal(byName.get('everything')?.allTables, true);
  assert.equal(byName.get('everything')?.operations.truncate, major >= 11);
  assert.deepEqual(byName.get(hostile)?.tables, []);
  if (major >= 15) {
    const [narrow] = byName.get('narrow')?.tables ?? [];
    assert.deepEqual(narrow?.columns, ['id', 'total']);
    assert.equal(narrow.columnCount, 3);
    assert.match(narrow.filter ?? '', /total > /);
    assert.deepEqual(byName.get('by_schema')?.schemas, [markup]);
  }
}

function assertTables(inventory: Snapshot['inventory']): void {
  const identity = new Map(
    inventory.tables.map((table) => [table.name, [table.replicaIdentity, table.identityUsable]]),
  );
  assert.deepEqual(identity.get('orders'), ['default', true]);
  assert.deepEqual(identity.get('keyless'), ['default', false]);
  assert.deepEqual(identity.get('a.b'), ['full', true]);
  assert.ok(identity.has(hostile));
  assert.equal(inventory.tables.find(({ name }) => name === 'scratch')?.unlogged, true);
}

function assertSubscription(inventory: Snapshot['inventory'], major: number, superuser: boolean): void {
  const [subscription] = inventory.subscriptions;
  assert.ok(subscription);
  assert.equal(subscription.name, 'incoming');
  assert.equal(subscription.enabled, false);
  assert.equal(subscription.slotName, 'other_name');
  assert.deepEqual(subscription.publications, ['p1', 'p2']);
  assert.equal(subscription.ownedByMe, superuser);
  assert.deepEqual(
    subscription.publisher,
    superuser
      ? {
          host: 'publisher.example',
          port: 6432,
          database: 'source',
          user: 'replicator',
          hasPassword: true,
          applicationName: null,
        }
      : null,
  );
  assert.equal(subscription.options.failover, major >= 17 ? false : null);
  assert.equal(subscription.options.twoPhase, major >= 15 ? 'disabled' : null);
  const streaming = major >= 18 ? 'parallel' : major >= 14 ? 'off' : null;
  assert.equal(subscription.options.streaming, streaming);
}
