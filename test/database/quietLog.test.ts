import assert from 'node:assert/strict';

import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { Bench, subscriptionTo } from './operationsKit.ts';

const password = 'hunter2-in-the-log';

describe('a password in a statement that fails (real servers)', function () {
  this.timeout(180_000);

  for (const major of majorsUnderTest().filter((each) => each === 14 || each === 18)) {
    describe(`on ${major}`, () => {
      const servers = useServers({ server: { major } });

      it('is kept out of the server’s log as far as the role may, and a remark says where it may not', async () => {
        const { server } = servers;
        const bench = new Bench().add('super', server);
        const ordinary = await server.createRole('ordinary', 'ordinary-pass');
        const granted = await server.createRole('granted', 'granted-pass');
        if (major >= 15) {
          for (const name of ['log_min_error_statement', 'log_statement']) {
            await server.script(`grant set on parameter ${name} to granted`);
          }
        }
        bench.add('ordinary', server, ordinary).add('granted', server, granted);
        const logged: string[] = [];
        for (const id of ['super', 'granted', 'ordinary']) {
          const { password: _password, ...choice } = subscriptionTo(server, `sub_of_${id}`, ['p']);
          const plan = planCreateSubscription(
            { subscriber: await bench.target(id), publisher: null, publisherInventory: null },
            // Refused by the server before it connects to anything.
            { ...choice, conninfo: [...choice.conninfo, ['password', password], ['nonsense', id]], password: null },
          );
          const said = plan.remarks.filter((remark) => remark.includes('isn’t a superuser'));
          assert.equal(said.length, id === 'super' ? 0 : 1, plan.remarks.join('\n'));
          assert.equal((await bench.run(plan)).status, 'failed');
          const log = await server.logText();
          if (new RegExp(`nonsense=${id}`).test(log)) logged.push(id);
        }
        // That of the ordinary role is there: nobody could keep it out.
        assert.deepEqual(logged, major >= 15 ? ['ordinary'] : ['granted', 'ordinary']);
        await bench.service.dispose();
      });
    });
  }
});
