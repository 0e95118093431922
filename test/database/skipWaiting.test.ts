import assert from 'node:assert/strict';

import { planSkipTransaction } from '../../src/replication/operations/subscription/skipTransaction.ts';
import { waitingTransactions } from '../../src/ui/commands/subscription/transactions.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { Bench } from './operationsKit.ts';

for (const major of majorsUnderTest()) {
  describe(`the failing transaction in the slot, PostgreSQL ${major} (real servers)`, function () {
    this.timeout(180_000);
    const servers = useServers({ publisher: { major }, subscriber: { major } });
    let bench: Bench;
    before(() => {
      bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
    });
    after(async () => bench.service.dispose());

    it('is the first beyond what was applied, and skipped the next ones arrive', async () => {
      const { publisher, subscriber } = servers;
      await publisher.script('CREATE TABLE t (id int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE t');
      await subscriber.script('CREATE TABLE t (id int PRIMARY KEY)');
      await subscriber.script(
        `CREATE SUBSCRIPTION s CONNECTION '${publisher.conninfo().replaceAll("'", "''")}' PUBLICATION p`,
      );
      const rows = async (): Promise<readonly number[]> =>
        (await subscriber.query<{ id: number }>('SELECT id FROM t ORDER BY id')).map(({ id }) => id);
      await publisher.script('INSERT INTO t VALUES (1)');
      await eventually(async () => (await rows()).length === 1, { within: 30_000 });
      await subscriber.script('INSERT INTO t VALUES (2)');
      await publisher.script('INSERT INTO t VALUES (2)');
      await publisher.script('INSERT INTO t VALUES (3)');
      // The worker fails, comes back and fails again; disabled it lets go of the slot.
      await subscriber.script('ALTER SUBSCRIPTION s DISABLE');
      const peeked = await eventually(
        async () => {
          const request = { slotName: 's', limit: 100, publications: ['p'] };
          return bench.service.reads.peek('publisher', request).catch(() => null);
        },
        { within: 30_000, what: 'the slot to be let go' },
      );
      const target = await bench.target('subscriber');
      const applied = target.snapshot.pulse.subscriptions.find(({ name }) => name === 's')?.appliedLsn ?? null;
      assert.ok(applied, 'how far it has come is known');
      const waiting = waitingTransactions(peeked.changes, applied);
      assert.match(waiting[0]?.first ?? '', /INSERT public\.t: id=2/);
      const [first] = waiting;
      assert.ok(first);
      await bench.done(planSkipTransaction(target, 's', { lsn: first.commitLsn, endLsn: first.endLsn }));
      await subscriber.script('ALTER SUBSCRIPTION s ENABLE');
      await eventually(async () => (await rows()).join() === '1,2,3', { within: 30_000, what: 'the row after it' });
    });
  });
}
