import assert from 'node:assert/strict';

import { type Standby, startStandby } from '../support/servers/standby.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { shop, shown, subscribe, TopologyLab } from './topologyKit.ts';

/** A standby is told by a file of its own before 12, its receiver goes by cluster_name since, and the newest. */
for (const major of majorsUnderTest().filter((each) => [10, 12, 18].includes(each))) {
  describe(`the topology of a primary with a standby, PostgreSQL ${major} (real servers)`, function () {
    this.timeout(180_000);
    const servers = useServers({ primary: { major }, subscriber: { major } });
    let standby: Standby | undefined;
    let lab: TopologyLab;

    before(async () => {
      const { primary, subscriber } = servers;
      await shop(primary, 'shop');
      await shop(subscriber, 'shop', false);
      await primary.query(`SELECT pg_create_physical_replication_slot('to_standby', true)`);
      await subscribe({ publisher: primary, from: 'shop', subscriber, to: 'shop', name: 'orders' });
      standby = await startStandby(primary, { slotName: 'to_standby' });
      lab = new TopologyLab();
      // The standby first: of two servers with one system identifier the first is no better than the second.
      lab.add('standby', standby.server, { database: 'shop' });
      lab.add('primary', primary, { database: 'shop' });
      lab.add('subscriber', subscriber, { database: 'shop' });
    });
    after(async () => {
      await lab?.dispose();
      await standby?.dispose();
    });

    it('joins the subscription with the primary, and the standby with its WAL sender', async () => {
      const seen = await lab.until('both streams at work', (one) =>
        one.topology.edges.every(({ sender }) => sender !== null),
      );
      assert.deepEqual(shown(seen), {
        edges: ['primary/orders > subscriber/orders', 'primary/to_standby ~ standby/-'],
        remarks: [],
      });
      const node = seen.topology.nodes.find(({ name }) => name === 'standby');
      assert.deepEqual([node?.kind, node?.inRecovery, node?.receives], ['server', true, 1]);
      assert.equal(seen.topology.edges.find(({ kind }) => kind === 'physical')?.doubt, null);
    });

    it('draws a standby that is no connection by its WAL sender', async () => {
      const alone = new TopologyLab();
      try {
        alone.add('primary', servers.primary, { database: 'shop' });
        const seen = await alone.until('the standby', ({ topology }) =>
          topology.edges.some(({ kind, sender }) => kind === 'physical' && sender !== null),
        );
        const edge = seen.topology.edges.find(({ kind }) => kind === 'physical');
        const node = seen.topology.nodes.find(({ id }) => id === edge?.to);
        assert.deepEqual([node?.kind, node?.name, node?.address], ['standby', 'Physical standby', '127.0.0.1']);
        assert.equal(edge?.slot?.name, 'to_standby');
      } finally {
        await alone.dispose();
      }
    });
  });
}
