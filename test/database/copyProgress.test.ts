import assert from 'node:assert/strict';

import { Copies } from '../../src/replication/copy/copies.ts';
import { LagMonitor } from '../../src/replication/lag/monitor.ts';
import type { TableCopy } from '../../src/replication/model/copy.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { type Major, majorsUnderTest } from '../support/servers/versions.ts';
import { Beats } from './beats.ts';
import { CreditRelay, freeBytes } from './creditRelay.ts';

const majors = majorsUnderTest();
/** Rows of the table, and what each of them is on the wire: COPY's message, seven digits, a tab, the filler, a newline. */
const rows = 20_000;
const rowBytes = 5 + 7 + 1 + 200 + 1;
/** What comes through at each beat; and what of it may still be on its way within the subscriber, or was no row. */
const stepBytes = 130_000;
const slackRows = 1000 + Math.ceil(freeBytes / rowBytes);
/** Rows that the subscriber's table has before the copy; on a page of it there are so many. */
const rowsBefore = 6600;
const pageRows = 33;

for (const major of [10, 14, 18].filter((one): one is Major => majors.includes(one as Major))) {
  describe(`the initial copy on PostgreSQL ${major} (real servers)`, function () {
    this.timeout(240_000);
    const servers = useServers({
      publisher: { major },
      subscriber: { major, settings: { wal_retrieve_retry_interval: '500ms' } },
    });
    let beats: Beats;
    let copies: Copies;
    let monitor: LagMonitor;
    const warnings: string[] = [];

    const watch = (): Copies => {
      const { connections, service } = beats;
      return new Copies({ service, connections, monitor, log: { warn: (text) => warnings.push(text) } });
    };

    beforeEach(() => {
      beats = new Beats({ publisher: servers.publisher, subscriber: servers.subscriber });
      const { connections, service } = beats;
      monitor = new LagMonitor({ service, connections, now: () => beats.now });
      copies = watch();
    });
    afterEach(async () => {
      copies?.dispose();
      monitor?.dispose();
      await beats?.dispose();
    });

    /** One beat, and what is known of the only table of a subscription after it. */
    const look = async (name: string, by = copies): Promise<TableCopy | undefined> => {
      const [, snapshot] = await beats.next('publisher', 'subscriber');
      const oid = snapshot?.inventory.subscriptions.find((one) => one.name === name)?.tables[0]?.oid;
      return (oid === undefined ? undefined : by.ofTable('subscriber', name, oid)) ?? undefined;
    };

    /** How many rows the subscriber has, by its own view or by the pages of its table; null once it has all. */
    const arrived = async (): Promise<number | null> => {
      const { subscriber } = servers;
      const [state] = await subscriber.query<{ state: string }>('SELECT srsubstate AS state FROM pg_subscription_rel');
      if (state?.state !== 'd') return state?.state === 'i' ? 0 : null;
      const [found] = await subscriber.query<{ n: string }>(
        major >= 14
          ? 'SELECT tuples_processed AS n FROM pg_stat_progress_copy'
          : `SELECT pg_table_size('events') / 8192 * ${pageRows} - ${rowsBefore} AS n`,
      );
      return Number(found?.n ?? 0);
    };

    it('has finished within 25 % of what was said half way, at a steady rate, into a table that has rows', async () => {
      const { publisher, subscriber } = servers;
      const table = 'CREATE TABLE events (id int PRIMARY KEY, filler text)';
      await publisher.script(`${table}; CREATE PUBLICATION events_pub FOR TABLE events`);
      await publisher.query(
        `INSERT INTO events SELECT n, repeat('x', 200) FROM generate_series(1000000, 1000000 + $1 - 1) n`,
        [rows],
      );
      await publisher.query('VACUUM ANALYZE events');
      await subscriber.script(table);
      await subscriber.query(`INSERT INTO events SELECT n, repeat('x', 200) FROM generate_series(1, $1) n`, [
        rowsBefore,
      ]);
      const relay = await CreditRelay.open(publisher);
      try {
        const conninfo = publisher.conninfo().replace(String(publisher.port), String(relay.port));
        await subscriber.query(
          `CREATE SUBSCRIPTION events CONNECTION '${conninfo.replaceAll("'", "''")}' PUBLICATION events_pub WITH (enabled = false)`,
        );
        assert.equal((await look('events'))?.state, 'init');
        await subscriber.query('ALTER SUBSCRIPTION events ENABLE');
        await eventually(async () => (await look('events'))?.state === 'copying', {
          within: 60_000,
          what: 'the copy to begin',
        });
        await eventually(async () => (await look('events'))?.bytesEstimated, {
          within: 60_000,
          what: 'the size on the publisher',
        });
        let granted = 0;
        let said: { readonly beat: number; readonly copy: TableCopy } | undefined;
        let copy = await look('events');
        let late: TableCopy | undefined;
        while (copy?.state === 'copying') {
          relay.grant(stepBytes);
          granted += stepBytes;
          const all = granted > rows * rowBytes + freeBytes;
          await eventually(
            async () => {
              const there = await arrived();
              return there === null || (!all && there >= Math.min(rows, granted / rowBytes) - slackRows);
            },
            { within: 60_000, what: `what ${granted} bytes bring` },
          );
          copy = await look('events');
          if (said === undefined && copy?.state === 'copying' && (copy.fraction ?? 0) >= 0.5) {
            said = { beat: beats.count, copy };
            // Whoever begins to watch now can't tell what was there before, unless the server counts rows.
            const beginner = watch();
            late = await look('events', beginner);
            beginner.dispose();
          }
        }
        relay.grant(Infinity);
        assert.ok(said);
        const { beat, copy: half } = said;
        assert.equal(half.by, major >= 14 ? 'rows' : 'size');
        assert.ok((half.fraction ?? 1) < 0.6, JSON.stringify(half));
        const { bytesHere = null, rowsCopied = null } = late ?? {};
        assert.deepEqual([rowsCopied !== null, bytesHere !== null], [major >= 14, major < 14], JSON.stringify(late));
        assert.ok(half.left.kind === 'in', JSON.stringify(half));
        const took = beats.count - beat;
        assert.ok(
          Math.abs(half.left.seconds - took) <= took * 0.25,
          `${half.left.seconds} s were said, and it took ${took} s`,
        );
        await eventually(async () => (await look('events')) === undefined, {
          within: 60_000,
          what: 'a table that is ready',
        });
        assert.equal(copies.ofSubscription('subscriber', 'events'), null);
        assert.deepEqual(warnings, []);
      } finally {
        await relay.dispose();
      }
    });

    it('takes no rows of attempts that failed for copied ones', async () => {
      const { publisher, subscriber } = servers;
      const count = 5000;
      await publisher.script(`CREATE TABLE spoilt (id int, filler text); CREATE PUBLICATION spoilt_pub FOR TABLE spoilt;
        INSERT INTO spoilt SELECT n, repeat('x', 200) FROM generate_series(1, ${count}) n; ANALYZE spoilt`);
      await subscriber.script(`CREATE TABLE spoilt (id int CHECK (id < ${count}), filler text);
        ALTER TABLE spoilt SET (autovacuum_enabled = off)`);
      await subscriber.query(
        `CREATE SUBSCRIPTION spoilt CONNECTION '${publisher.conninfo().replaceAll("'", "''")}' PUBLICATION spoilt_pub WITH (enabled = false)`,
      );
      const listed = async () => {
        const [snapshot] = await beats.next('subscriber');
        const oid = snapshot?.inventory.subscriptions.find(({ name }) => name === 'spoilt')?.tables[0]?.oid;
        return snapshot?.pulse.copying?.find(({ tableOid }) => tableOid === oid);
      };
      assert.equal((await listed())?.emptyBefore, true);
      // What a transaction writes that goes on is in no statistics: so a copy that goes on is told from rows before it.
      const writer = await subscriber.client();
      try {
        await writer.query("BEGIN; INSERT INTO spoilt SELECT n, repeat('x', 200) FROM generate_series(1, 500) n");
        const during = await listed();
        assert.ok((during?.tableBytes ?? 0) > 100_000 && during?.emptyBefore === true, JSON.stringify(during));
        await writer.query('ROLLBACK');
      } finally {
        await writer.end();
      }
      await eventually(async () => (await listed())?.emptyBefore === false, { within: 60_000, what: 'the statistics' });
      await subscriber.query('ALTER SUBSCRIPTION spoilt ENABLE');
      const whole = count * 200;
      const most = await eventually(
        async () => {
          const copy = await look('spoilt');
          assert.ok((copy?.bytesCopied ?? 0) < whole * 1.5, JSON.stringify(copy));
          assert.ok((copy?.fraction ?? 0) < 1, JSON.stringify(copy));
          const here = (await listed())?.tableBytes ?? 0;
          return copy?.waits?.startsWith('an error repeats') === true && here > whole * 2.5 ? here : undefined;
        },
        { within: 120_000, what: 'three attempts' },
      );
      assert.ok(most > whole * 2.5);
      await subscriber.query('ALTER SUBSCRIPTION spoilt DISABLE');
      await subscriber.query('ALTER SUBSCRIPTION spoilt SET (slot_name = NONE)');
      await subscriber.query('DROP SUBSCRIPTION spoilt');
      await publisher.query("SELECT pg_drop_replication_slot('spoilt')");
    });

    it('says why a table waits: no free slot on the publisher, again and again, until there is one', async () => {
      const { publisher, subscriber } = servers;
      const table = 'CREATE TABLE late (id int PRIMARY KEY)';
      await publisher.script(`${table}; CREATE PUBLICATION late_pub FOR TABLE late; INSERT INTO late VALUES (1)`);
      await subscriber.script(table);
      await subscriber.query(
        `CREATE SUBSCRIPTION late CONNECTION '${publisher.conninfo().replaceAll("'", "''")}' PUBLICATION late_pub WITH (enabled = false)`,
      );
      assert.equal((await look('late'))?.waits, 'the subscription is disabled');
      await publisher.query(
        `SELECT pg_create_physical_replication_slot('filler_' || n)
           FROM generate_series(1, current_setting('max_replication_slots')::int - (SELECT count(*)::int FROM pg_replication_slots)) n`,
      );
      await subscriber.query('ALTER SUBSCRIPTION late ENABLE');
      await eventually(
        async () =>
          (await look('late'))?.waits?.startsWith(
            'an error repeats: publisher has no free replication slot (max_replication_slots is 20)',
          ),
        { within: 60_000, what: 'the reason' },
      );
      // Who holds the table exclusively doesn't hold up the beat: then its size isn't known.
      const holder = await subscriber.client();
      try {
        await holder.query('BEGIN; LOCK TABLE late IN ACCESS EXCLUSIVE MODE');
        assert.equal((await look('late'))?.bytesCopied, null);
      } finally {
        await holder.end();
      }
      await publisher.query(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE 'filler%'",
      );
      await eventually(async () => (await look('late')) === undefined, {
        within: 60_000,
        what: 'a table that is ready',
      });
      assert.deepEqual(await subscriber.query('SELECT id FROM late'), [{ id: 1 }]);
    });

    it('knows how much there is on the publisher: by the statistics, with all partitions, or that nobody knows', async () => {
      const { publisher } = servers;
      await publisher.script(`
        CREATE TABLE growing (id int); CREATE TABLE empty (id int);
        CREATE TABLE whole (id int, k int) PARTITION BY LIST (k);
        CREATE TABLE whole_1 PARTITION OF whole FOR VALUES IN (1); CREATE TABLE whole_2 PARTITION OF whole FOR VALUES IN (2);
        INSERT INTO growing SELECT generate_series(1, 10000);
        INSERT INTO whole SELECT n, 1 + n % 2 FROM generate_series(1, 5000) n;
        ALTER TABLE growing SET (autovacuum_enabled = off);
        ALTER TABLE whole_1 SET (autovacuum_enabled = off); ALTER TABLE whole_2 SET (autovacuum_enabled = off)`);
      const names = ['growing', 'empty', 'whole', 'gone'].map((name) => ({ schema: 'public', name }));
      const read = async () => {
        const sizes = await beats.service.reads.copySizes('publisher', names);
        return new Map(sizes.map(({ bytes, name, rows: count }) => [name, { bytes: bytes ?? 0, count }]));
      };
      const before = await read();
      assert.deepEqual([...before.keys()].sort(), ['empty', 'growing', 'whole']);
      assert.deepEqual(before.get('empty'), { bytes: 0, count: 0 });
      assert.equal(before.get('growing')?.count, null);
      assert.ok((before.get('whole')?.bytes ?? 0) > 150_000, JSON.stringify([...before]));
      await publisher.query('VACUUM ANALYZE growing');
      await publisher.query('VACUUM ANALYZE whole_1');
      await publisher.query('VACUUM ANALYZE whole_2');
      await publisher.query('INSERT INTO growing SELECT generate_series(1, 10000)');
      const after = await read();
      const grown = after.get('growing')?.count ?? 0;
      assert.ok(Math.abs(grown - 20_000) < 1000, `${grown} rows`);
      assert.equal(after.get('whole')?.count, 5000);
      // Somebody holds one exclusively: it has no size, and nobody waits for it.
      const holder = await publisher.client();
      try {
        await holder.query('BEGIN; LOCK TABLE growing IN ACCESS EXCLUSIVE MODE');
        assert.deepEqual((await read()).get('growing'), { bytes: 0, count: 10_000 });
      } finally {
        await holder.end();
      }
    });
  });
}
