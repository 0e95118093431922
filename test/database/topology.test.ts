import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

import { LogicalReplicationService, PgoutputPlugin, TestDecodingPlugin } from 'pg-logical-replication';

import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { skip } from '../support/skip.ts';
import { receive, shop, shown, subscribe, TopologyLab } from './topologyKit.ts';

/** Names of sync slots tell their subscription since 14, origins are known since 16; the oldest, and the newest. */
for (const major of majorsUnderTest().filter((each) => [10, 13, 14, 16, 18].includes(each))) {
  describe(`the topology of real servers of PostgreSQL ${major}`, function () {
    this.timeout(180_000);
    const servers = useServers({ a: { major }, b: { major }, c: { major } });
    let lab: TopologyLab;
    beforeEach(() => {
      lab = new TopologyLab();
    });
    afterEach(() => lab.dispose());

    /** Looks until every stream has its two ends, a sender and an apply worker, and nothing else is seen. */
    const joined = async (...edges: readonly string[]) => {
      const seen = await lab.until(`the streams ${edges.join(', ')}`, (one) => {
        const workers = one.topology.edges.map(({ subscription }) => subscription?.workers ?? []);
        return (
          JSON.stringify(shown(one).edges) === JSON.stringify(edges.toSorted()) &&
          one.topology.edges.every(({ sender }) => sender !== null) &&
          workers.every((some) => some.some(({ kind }) => kind === 'apply'))
        );
      });
      return seen.topology;
    };

    it('joins two publishers of which every name is the same with the subscriber of each', async () => {
      const { a, b, c } = servers;
      for (const publisher of [a, b]) await shop(publisher, 'same');
      for (const [database, publisher] of [
        ['from_a', a],
        ['from_b', b],
      ] as const) {
        await shop(c, database, false);
        await subscribe({ publisher, from: 'same', subscriber: c, to: database, name: 's' });
      }
      for (const name of ['a', 'b'] as const) lab.add(name, servers[name], { database: 'same' });
      lab.add('c-a', c, { database: 'from_a' });
      lab.add('c-b', c, { database: 'from_b' });
      const { edges, nodes, remarks } = await joined('a/s > c-a, c-b/s', 'b/s > c-a, c-b/s');
      const databaseOf = (publisher: string) =>
        edges.find(({ slot }) => slot?.connectionId === publisher)?.subscription?.database;
      assert.deepEqual([databaseOf('a'), databaseOf('b')], ['from_a', 'from_b']);
      assert.equal(nodes.length, 3);
      assert.deepEqual(remarks, []);
      const [first] = edges;
      assert.deepEqual(first?.subscription?.publications, ['p']);
      assert.deepEqual(first?.subscription?.tables, [{ name: 'public.t', state: 'ready' }]);
    });

    it('joins two databases of one server, which is one box', async () => {
      const { a } = servers;
      await shop(a, 'left_side');
      await shop(a, 'right_side', false);
      await a.query(`SELECT pg_create_logical_replication_slot('inner', 'pgoutput')`, [], 'left_side');
      const options = `copy_data = false, create_slot = false, slot_name = 'inner'`;
      await subscribe({ publisher: a, from: 'left_side', subscriber: a, to: 'right_side', name: 'inner_sub', options });
      lab.add('left', a, { database: 'left_side' });
      lab.add('right', a, { database: 'right_side' });
      const seen = await lab.until('the stream', ({ topology }) =>
        topology.edges.some(({ sender, slot, subscription }) => slot?.name === 'inner' && subscription && sender),
      );
      assert.equal(seen.topology.nodes.filter(({ kind }) => kind === 'server').length, 1);
      const edge = seen.topology.edges.find(({ slot }) => slot?.name === 'inner');
      assert.equal(edge?.from, edge?.to);
      assert.deepEqual([edge?.slot?.database, edge?.subscription?.database], ['left_side', 'right_side']);
      await a.query('DROP SUBSCRIPTION inner_sub', [], 'right_side');
    });

    it('shows a cascade of three', async () => {
      const { a, b, c } = servers;
      for (const server of [a, b, c]) await shop(server, 'cascade');
      await subscribe({ publisher: a, from: 'cascade', subscriber: b, to: 'cascade', name: 'hop_one' });
      await subscribe({ publisher: b, from: 'cascade', subscriber: c, to: 'cascade', name: 'hop_two' });
      for (const [name, server] of Object.entries({ a, b, c })) lab.add(name, server, { database: 'cascade' });
      const seen = await lab.until('both hops', (one) => {
        const { edges } = shown(one);
        return edges.includes('a/hop_one > b/hop_one') && edges.includes('b/hop_two > c/hop_two');
      });
      const middle = seen.topology.nodes.find(({ name }) => name === 'b');
      assert.equal(middle?.receives, 1);
      // Slots of other databases of the same server are drawn with it.
      assert.ok((middle?.sends ?? 0) >= 1);
      assert.equal(seen.topology.remarks.filter(({ kind }) => kind === 'loop').length, 0);
    });

    it('shows a pair that goes both ways, and warns of the loop until origin = none ends it', async () => {
      const { a, b } = servers;
      for (const server of [a, b]) await shop(server, 'ring');
      await subscribe({ publisher: a, from: 'ring', subscriber: b, to: 'ring', name: 'from_a' });
      await subscribe({ publisher: b, from: 'ring', subscriber: a, to: 'ring', name: 'from_b' });
      for (const [name, server] of Object.entries({ a, b })) lab.add(name, server, { database: 'ring' });
      const seen = await lab.until('both ways', (one) => {
        const { edges } = shown(one);
        return edges.includes('a/from_a > b/from_a') && edges.includes('b/from_b > a/from_b');
      });
      const ring = seen.topology.edges.filter(({ subscription }) => subscription?.database === 'ring');
      assert.deepEqual(
        ring.map(({ bidirectional }) => bidirectional),
        [true, true],
      );
      const loops = seen.topology.remarks.filter(({ kind }) => kind === 'loop');
      assert.deepEqual(loops.map(({ about }) => about).toSorted(), ring.map(({ id }) => id).toSorted());
      assert.match(loops[0]?.text ?? '', /^Changes of public\.t go round in a loop: subscription from_/);
      if (major >= 16) {
        await b.query('ALTER SUBSCRIPTION from_a SET (origin = none)', [], 'ring');
        await lab.until('no loop', ({ topology }) => topology.remarks.every(({ kind }) => kind !== 'loop'));
      }
      await b.query('DROP SUBSCRIPTION from_a', [], 'ring');
      await a.query('DROP SUBSCRIPTION from_b', [], 'ring');
    });

    it('joins a subscription that was renamed, one with another application_name, and a publisher with two names', async () => {
      const { b, c } = servers;
      await shop(b, 'names');
      await shop(c, 'names', false);
      const ends = { publisher: b, from: 'names', subscriber: c, to: 'names' };
      await subscribe({ ...ends, name: 'plain', host: 'localhost' });
      await subscribe({ ...ends, name: 'called', conninfo: 'application_name=warehouse-7' });
      await c.query(`ALTER SUBSCRIPTION plain RENAME TO "<b>Nöt ""plain""</b>"`, [], 'names');
      lab.add('b-ip', b, { database: 'names' });
      lab.add('b-name', b, { database: 'names', host: 'localhost' });
      lab.add('c', c, { database: 'names' });
      const seen = await lab.until('both streams', ({ topology }) => {
        const own = topology.edges.filter(({ subscription }) => subscription?.database === 'names');
        return own.length === 2 && own.every(({ sender, slot }) => slot && sender);
      });
      const own = seen.topology.edges.filter(({ subscription }) => subscription?.database === 'names');
      assert.deepEqual(
        new Map(own.map(({ slot, subscription }) => [slot?.name, subscription?.name])),
        new Map([
          ['called', 'called'],
          ['plain', '<b>Nöt "plain"</b>'],
        ]),
      );
      assert.equal(own.find(({ slot }) => slot?.name === 'called')?.sender?.applicationName, 'warehouse-7');
      const publisher = seen.topology.nodes.find(({ id }) => id === own[0]?.from);
      assert.deepEqual(
        publisher?.members.map(({ connectionId }) => connectionId),
        ['b-ip', 'b-name'],
      );
    });

    it('draws consumers that are no PostgreSQL with what can be known, also when they have gone', async function () {
      const { a } = servers;
      await shop(a, 'decoded');
      // It asks pgoutput for what there is since 14.
      const plugin = major >= 14 ? 'pgoutput' : 'test_decoding';
      await a.query('SELECT pg_create_logical_replication_slot($1, $2)', ['search_index', plugin], 'decoded');
      lab.add('a', a, { database: 'decoded' });
      const consumer = new LogicalReplicationService({
        host: a.host,
        port: a.port,
        user: a.superuser,
        password: a.password,
        database: 'decoded',
        application_name: 'indexer',
      });
      consumer.on('error', () => {});
      const reading = consumer
        .subscribe(
          major >= 14 ? new PgoutputPlugin({ protoVersion: 1, publicationNames: ['p'] }) : new TestDecodingPlugin({}),
          'search_index',
        )
        .catch(() => {});
      const edgeOf = ({ topology }: Awaited<ReturnType<TopologyLab['look']>>, slot: string) => {
        const edge = topology.edges.find((one) => one.slot?.name === slot);
        return { edge, node: topology.nodes.find(({ id }) => id === edge?.to) };
      };
      const seen = await lab.until(
        'the consumer',
        (one) => edgeOf(one, 'search_index').edge?.sender?.pid !== undefined,
      );
      const { edge, node } = edgeOf(seen, 'search_index');
      assert.deepEqual(
        [node?.kind, node?.name, node?.address, node?.guess],
        ['consumer', 'indexer', '127.0.0.1', null],
      );
      assert.deepEqual([edge?.slot?.plugin, edge?.subscription], [plugin, null]);
      await consumer.destroy();
      await reading;
      const left = await lab.until('an orphan', ({ topology }) =>
        topology.remarks.some(({ about, kind }) => kind === 'orphanSlot' && about === edge?.id),
      );
      assert.equal(edgeOf(left, 'search_index').node?.name, 'indexer', 'who read it last');

      if (spawnSync('pg_recvlogical', ['--version']).status !== 0) skip(this, 'there is no pg_recvlogical here');
      await a.query(`SELECT pg_create_logical_replication_slot('received', 'test_decoding')`, [], 'decoded');
      const stop = receive(a, 'received', 'decoded');
      try {
        const received = await lab.until(
          'pg_recvlogical',
          (one) => edgeOf(one, 'received').edge?.sender?.pid !== undefined,
        );
        assert.deepEqual(edgeOf(received, 'received').node?.guess, {
          product: 'pg_recvlogical',
          because: 'by its application name',
        });
      } finally {
        await stop();
      }
    });

    it('tells slots and subscriptions that have lost their other end', async () => {
      const { b, c } = servers;
      await shop(b, 'lost_ends');
      await shop(c, 'lost_ends', false);
      await subscribe({ publisher: b, from: 'lost_ends', subscriber: c, to: 'lost_ends', name: 'widowed' });
      const [control] = await c.query<{ id: string }>('SELECT system_identifier::text AS id FROM pg_control_system()');
      const left = `pg_4294967000_sync_16384_${control?.id}`;
      const foreign = 'pg_4294967000_sync_16384_77';
      for (const slot of ['forgotten', left, foreign]) {
        await b.query('SELECT pg_create_logical_replication_slot($1, $2)', [slot, 'pgoutput'], 'lost_ends');
      }
      await c.query('ALTER SUBSCRIPTION widowed DISABLE', [], 'lost_ends');
      await c.query('ALTER SUBSCRIPTION widowed SET (slot_name = NONE)', [], 'lost_ends');
      await lab.service.dispose();
      lab = new TopologyLab();
      lab.add('b', b, { database: 'lost_ends' });
      lab.add('c', c, { database: 'lost_ends' });
      const about = (slot: string) => (one: Awaited<ReturnType<TopologyLab['look']>>) =>
        one.topology.remarks.flatMap((remark) => {
          const edge = one.topology.edges.find(({ id }) => id === remark.about);
          return (remark.slot?.name ?? edge?.slot?.name ?? edge?.subscription?.slotName) === slot ? [remark.kind] : [];
        });
      // A WAL sender takes its time to notice that its subscriber has gone.
      const seen = await lab.until('all remarks', (one) =>
        ['forgotten', 'widowed', left, foreign].every((slot) => about(slot)(one).length > 0),
      );
      assert.deepEqual(about('forgotten')(seen), ['orphanSlot']);
      assert.deepEqual(about('widowed')(seen), ['orphanSlot']);
      assert.deepEqual(about(left)(seen), ['leftSyncSlot']);
      assert.deepEqual(about(foreign)(seen), ['foreignSyncSlot']);
      const alone = seen.topology.remarks.filter(({ kind }) => kind === 'noSlot');
      assert.equal(alone.length, 1);
      // Its connection string still says where it was.
      const edge = seen.topology.edges.find(({ id }) => id === alone[0]?.about);
      assert.equal(seen.topology.nodes.find(({ id }) => id === edge?.from)?.name, 'b');

      await c.query(`ALTER SUBSCRIPTION widowed SET (slot_name = 'widowed')`, [], 'lost_ends');
      await b.query(`SELECT pg_drop_replication_slot('widowed')`, [], 'lost_ends');
      await lab.until('a slot that is gone', (one) => about('widowed')(one).join() === 'slotGone');
    });
  });
}
