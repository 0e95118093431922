import assert from 'node:assert/strict';

import { readEffectiveTables } from '../../src/replication/catalog/effectiveTables.ts';
import { readProbe } from '../../src/replication/catalog/probe.ts';
import { readSnapshot } from '../../src/replication/catalog/readSnapshot.ts';
import { readSubscriptionConninfo } from '../../src/replication/catalog/subscriptionConninfo.ts';
import type { CapabilityName } from '../../src/replication/model/capability.ts';
import { ReplicationError } from '../../src/replication/model/errors.ts';
import type { Plan } from '../../src/replication/model/plan.ts';
import type { Publication } from '../../src/replication/model/publication.ts';
import type { Snapshot } from '../../src/replication/model/snapshot.ts';
import type { Subscription } from '../../src/replication/model/subscription.ts';
import { planAlterPublication } from '../../src/replication/operations/publication/alterPublication.ts';
import { planAlterSubscription } from '../../src/replication/operations/subscription/alterSubscription.ts';
import { openSession, type Session } from '../../src/replication/postgres/session.ts';
import { renderForServer } from '../../src/replication/postgres/statement.ts';
import { publicationAsChoice } from '../../src/replication/script/publication.ts';
import { paramsOf } from '../support/connect.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';

const of19: readonly CapabilityName[] = [
  'publication.setAllTables',
  'publication.allSequences',
  'publication.exceptTables',
  'subscription.retainDeadTuples',
  'subscription.maxRetentionDuration',
  'subscription.walReceiverTimeout',
  'subscription.foreignServer',
  'subscription.refreshSequences',
];

/**
 * There is no 19 to try. This is an 18 in 19's clothes: its catalogs have the columns that 19 is documented to have, and
 * rows as 19 is documented to write them. What is proved is that our queries for 19 run and are read right, not that 19
 * fills its catalogs so.
 */
if (majorsUnderTest().includes(18)) {
  describe('an 18 in the clothes of 19 (real server)', () => {
    const servers = useServers({ server: { major: 18, settings: { allow_system_table_mods: 'on' } } });
    let read: Snapshot;

    before(async () => {
      await dress(servers.server);
      read = await withSession(servers.server, snapshotOf);
    });

    it('is taken for a server that can do what came with 19', () => {
      for (const name of of19) assert.deepEqual(read.inventory.server.capabilities[name], { can: true }, name);
    });

    it('tells what all tables leave out from what is published', () => {
      const everything = publication('everything');
      assert.deepEqual(
        everything.exceptTables?.map(({ schema, name }) => `${schema}.${name}`),
        ['public.audit', 'public.events'],
      );
      assert.deepEqual(everything.tables, []);
      assert.equal(everything.allSequences, true);
      assert.deepEqual([publication('counters').allTables, publication('counters').allSequences], [false, true]);
      const chosen = publication('chosen');
      assert.deepEqual(
        chosen.tables.map(({ columns, filter, name }) => ({ columns, filter, name })),
        [{ columns: ['id'], filter: '(id > 0)', name: 'orders' }],
      );
      assert.deepEqual([chosen.exceptTables, chosen.allSequences], [undefined, undefined]);
    });

    it('doesn’t take what is left out for a member where it says how a table comes to be sent', async () => {
      await withSession(servers.server, async (session) => {
        // The 18 underneath sends it all the same; what is left out isn't taken for a table that is named.
        const sent = await readEffectiveTables(session, 'in_schema');
        assert.equal(sent.find(({ name }) => name === 'audit')?.by, 'schema');
        assert.equal(sent.find(({ name }) => name === 'orders')?.by, 'table');
      });
    });

    it('reads the options of a subscription and its foreign server, which is where it connects', async () => {
      const mirror = subscription('mirror');
      assert.deepEqual(
        {
          retain: mirror.options.retainDeadTuples,
          most: mirror.options.maxRetentionDuration,
          timeout: mirror.options.walReceiverTimeout,
          stopped: mirror.retentionStopped,
          server: mirror.foreignServer,
          publisher: mirror.publisher,
        },
        {
          retain: true,
          most: 60_000,
          timeout: '30s',
          stopped: true,
          server: 'shop',
          publisher: {
            host: 'shop.example',
            port: 5433,
            database: 'shop',
            user: null,
            hasPassword: false,
            applicationName: null,
          },
        },
      );
      assert.deepEqual(read.inventory.server.foreignServers, [
        { name: 'shop', host: 'shop.example', port: 5433, database: 'shop' },
      ]);
      await withSession(servers.server, async (session) => {
        await assert.rejects(
          readSubscriptionConninfo(session, 'mirror'),
          (error) => ReplicationError.is(error, 'unsupported') && /foreign server shop/.test(error.message),
        );
      });
      const plain = subscription('plain');
      assert.deepEqual(
        [plain.foreignServer, plain.publisher?.host, plain.options.retainDeadTuples, plain.retentionStopped],
        [undefined, 'nowhere', false, undefined],
      );
    });

    it('counts a subscription’s sequences apart from its tables', () => {
      const { sequences, tables } = subscription('mirror');
      assert.deepEqual(
        sequences?.map(({ name, synchronized }) => [name, synchronized]),
        [
          ['late', false],
          ['numbers', true],
        ],
      );
      assert.deepEqual(
        tables.map(({ name, state }) => [name, state]),
        [['orders', 'ready']],
      );
      const progress = read.pulse.tableProgress.find(
        ({ subscriptionOid }) => subscriptionOid === subscription('mirror').oid,
      );
      assert.deepEqual(progress?.counts, { init: 0, copying: 0, copied: 0, synchronized: 0, ready: 1 });
      assert.deepEqual(progress?.notReady, []);
      assert.equal(subscription('plain').sequences, undefined);
    });

    it('reads why a slot was left out of the synchronization, and counters under their new name', () => {
      const slot = (name: string) => read.pulse.slots.find((each) => each.name === name);
      assert.equal(slot('stays')?.syncSkipReason, 'wal_or_rows_removed');
      assert.equal(slot('pg_conflict_detection')?.syncSkipReason, undefined);
      assert.equal(read.pulse.subscriptions.find(({ name }) => name === 'mirror')?.syncErrors, 0);
    });

    it('has what the plans of 19 look for once they were run', async () => {
      const target = { connectionId: 'c', serverName: 'shop', snapshot: read };
      const everything = publication('everything');
      const now = publicationAsChoice(read.inventory, everything);
      const narrower = { ...now, exceptTables: [...(now.exceptTables ?? []), { schema: 'public', name: 'a.b' }] };
      const { allSequences: _all, ...tablesOnly } = narrower;
      const publications = [narrower, tablesOnly].map((choice) => planAlterPublication(target, 'everything', choice));
      const options = { retainDeadTuples: false, maxRetentionDuration: 0, walReceiverTimeout: '-1' };
      const subscriptions = [
        planAlterSubscription(target, 'mirror', { options }),
        planAlterSubscription(target, 'plain', { foreignServer: { name: 'shop', before: null } }),
      ];
      await withSession(servers.server, async (session) => {
        // None was run: nothing is so yet.
        for (const plan of [...publications, ...subscriptions])
          assert.equal(await isSo(session, plan), false, plan.title);
        await servers.server.script(`
          INSERT INTO pg_catalog.pg_publication_rel (oid, prpubid, prrelid, prexcept)
            SELECT 91000, p.oid, '"a.b"'::regclass, true FROM pg_catalog.pg_publication p WHERE p.pubname = 'everything';
          UPDATE pg_catalog.pg_subscription SET subretaindeadtuples = false, submaxretention = 0, subwalrcvtimeout = '-1'
            WHERE subname = 'mirror';
          UPDATE pg_catalog.pg_subscription SET subserver = (SELECT oid FROM pg_catalog.pg_foreign_server WHERE srvname = 'shop')
            WHERE subname = 'plain';
        `);
        const [withSequences, withoutSequences] = publications;
        assert.ok(withSequences && withoutSequences);
        assert.equal(await isSo(session, withSequences), true);
        assert.equal(await isSo(session, withoutSequences), false);
        for (const plan of subscriptions) assert.equal(await isSo(session, plan), true, plan.title);
        await servers.server.script(
          `UPDATE pg_catalog.pg_publication SET puballsequences = false WHERE pubname = 'everything'`,
        );
        assert.equal(await isSo(session, withoutSequences), true);
      });
    });

    function publication(name: string): Publication {
      const found = read.inventory.publications.find((each) => each.name === name);
      assert.ok(found, name);
      return found;
    }

    function subscription(name: string): Subscription {
      const found = read.inventory.subscriptions.find((each) => each.name === name);
      assert.ok(found, name);
      return found;
    }
  });
}

/** Whether the effect that the last step of a plan with one is known by is there. */
async function isSo(session: Session, { steps, title }: Plan): Promise<boolean> {
  const effect = steps.find((step) => step.effect)?.effect;
  assert.ok(effect, title);
  const rows = await session.query(renderForServer(effect), [], { doing: title, deadlineMs: 30_000 });
  return rows.length > 0;
}

async function snapshotOf(session: Session): Promise<Snapshot> {
  return readSnapshot(session, await readProbe(session, 0), 'c');
}

async function withSession<Answer>(server: TestServer, use: (session: Session) => Promise<Answer>): Promise<Answer> {
  const session = await openSession(paramsOf(server));
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

async function dress(server: TestServer): Promise<void> {
  await server.script(`
    CREATE TABLE orders (id int PRIMARY KEY);
    CREATE TABLE audit (id int PRIMARY KEY);
    CREATE TABLE "a.b" (id int PRIMARY KEY);
    CREATE TABLE events (id int PRIMARY KEY) PARTITION BY RANGE (id);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (9);
    CREATE SEQUENCE numbers;
    CREATE SEQUENCE late;
    CREATE PUBLICATION chosen FOR TABLE orders (id) WHERE (id > 0);
    CREATE PUBLICATION everything FOR ALL TABLES;
    CREATE PUBLICATION in_schema FOR TABLES IN SCHEMA public, TABLE orders;
    CREATE PUBLICATION counters;
    CREATE FOREIGN DATA WRAPPER wrapper;
    CREATE FOREIGN DATA WRAPPER mute;
    CREATE SERVER shop FOREIGN DATA WRAPPER wrapper OPTIONS (host 'shop.example', port '5433', dbname 'shop');
    CREATE SERVER other FOREIGN DATA WRAPPER mute;
    SELECT pg_create_physical_replication_slot('pg_conflict_detection');
  `);
  await server.query(`SELECT pg_create_logical_replication_slot('stays', 'pgoutput')`);
  for (const name of ['mirror', 'plain']) {
    await server.query(
      `CREATE SUBSCRIPTION ${name} CONNECTION 'host=nowhere dbname=x' PUBLICATION p WITH (connect = false)`,
    );
  }
  // From here on nothing is made that writes to these catalogs: the server's own code doesn't know the new columns.
  // pg_subscription's shape is built into the server, so a table takes its name.
  await server.script(`
    ALTER TABLE pg_catalog.pg_publication ADD COLUMN puballsequences bool;
    ALTER TABLE pg_catalog.pg_publication_rel ADD COLUMN prexcept bool;
    ALTER TABLE pg_catalog.pg_foreign_data_wrapper ADD COLUMN fdwconnection oid;
    ALTER TABLE pg_catalog.pg_subscription RENAME TO pg_subscription_18;
    CREATE TABLE pg_catalog.pg_subscription AS
      SELECT *, false AS subretaindeadtuples, 0 AS submaxretention, false AS subretentionactive, 0::oid AS subserver,
             '-1'::text AS subwalrcvtimeout FROM pg_catalog.pg_subscription_18;
    ALTER TABLE pg_catalog.pg_subscription REPLICA IDENTITY FULL;
    ALTER VIEW pg_catalog.pg_stat_subscription_stats RENAME COLUMN sync_error_count TO sync_table_error_count;
    ALTER VIEW pg_catalog.pg_replication_slots RENAME TO pg_replication_slots_18;
    CREATE VIEW pg_catalog.pg_replication_slots AS
      SELECT *, CASE slot_name WHEN 'stays' THEN 'wal_or_rows_removed' ELSE 'none' END AS slotsync_skip_reason
        FROM pg_catalog.pg_replication_slots_18;
  `);
  await server.script(`
    UPDATE pg_catalog.pg_publication SET puballsequences = pubname IN ('everything', 'counters');
    UPDATE pg_catalog.pg_publication_rel SET prexcept = false;
    INSERT INTO pg_catalog.pg_publication_rel (oid, prpubid, prrelid, prexcept)
      SELECT 90000 + row_number() OVER (), p.oid, c.oid, true FROM pg_catalog.pg_publication p, pg_catalog.pg_class c
       WHERE p.pubname = 'everything' AND c.relname IN ('audit', 'events')
          OR p.pubname = 'in_schema' AND c.relname = 'audit';
    UPDATE pg_catalog.pg_foreign_data_wrapper SET fdwconnection = CASE fdwname WHEN 'wrapper' THEN 1 ELSE 0 END;
    UPDATE pg_catalog.pg_subscription
       SET subretaindeadtuples = true, submaxretention = 60000, subwalrcvtimeout = '30s', subconninfo = NULL,
           subserver = (SELECT oid FROM pg_catalog.pg_foreign_server WHERE srvname = 'shop')
     WHERE subname = 'mirror';
    INSERT INTO pg_catalog.pg_subscription_rel (srsubid, srrelid, srsubstate)
      SELECT s.oid, c.oid, CASE c.relname WHEN 'late' THEN 'i' ELSE 'r' END::"char"
        FROM pg_catalog.pg_subscription s, pg_catalog.pg_class c
       WHERE s.subname = 'mirror' AND c.relname IN ('orders', 'numbers', 'late');
  `);
}
