import assert from 'node:assert/strict';

import type { SubscriptionEditDraft, SubscriptionEditUpdate } from '../../src/protocol/subscriptionEdit.ts';
import { quoteLiteral } from '../../src/replication/postgres/quote.ts';
import { SubscriptionEditForm } from '../../src/ui/panels/subscriptionEditForm.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { planRunner } from './formsKit.ts';
import { Bench } from './operationsKit.ts';

const typed = 'typed-Only-here-81';

for (const major of majorsUnderTest()) {
  describe(`Edit Subscription on PostgreSQL ${major} (real servers)`, function () {
    this.timeout(180_000);
    const servers = useServers({ publisher: { major }, subscriber: { major } });
    let bench: Bench;
    let opened: SubscriptionEditForm | null = null;
    const posted: SubscriptionEditUpdate[] = [];
    const saved: string[] = [];

    before(async () => {
      const tables = 'CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE customers (id int PRIMARY KEY);';
      await servers.publisher.script(`${tables}
        INSERT INTO orders VALUES (1); INSERT INTO customers VALUES (1);
        CREATE PUBLICATION orders_pub FOR TABLE orders; CREATE PUBLICATION customers_pub FOR TABLE customers`);
      await servers.subscriber.script(tables);
      await servers.publisher.createRole('repl', 'first-Password', 'SUPERUSER');
      const conninfo = servers.publisher.conninfo({ user: 'repl', password: 'first-Password' });
      await servers.subscriber.script(
        `CREATE SUBSCRIPTION orders_sub CONNECTION ${quoteLiteral(`${conninfo} keepalives_idle=30`)} PUBLICATION orders_pub`,
      );
    });
    beforeEach(() => {
      bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
      posted.length = 0;
      saved.length = 0;
    });
    afterEach(async () => {
      opened?.dispose();
      await bench.service.dispose();
      assert.ok(
        !/typed-Only-here|first-Password/.test(JSON.stringify([posted, bench.logged])),
        'a password came to light',
      );
    });

    async function open(as = 'subscriber'): Promise<{ form: SubscriptionEditForm; present: SubscriptionEditDraft }> {
      const form = new SubscriptionEditForm(
        {
          service: bench.service,
          connections: bench.connections,
          plans: planRunner(bench),
          publisher: () => bench.target('publisher'),
          post: (message) => posted.push(message),
          copy: () => Promise.resolve(),
          saved: (name) => Promise.resolve(void saved.push(name)),
          dismiss: () => {},
        },
        { connectionId: as, subscription: 'orders_sub' },
      );
      opened = form;
      await form.show();
      return { form, present: model().present };
    }
    const last = <Type extends SubscriptionEditUpdate['type']>(type: Type) =>
      posted.findLast((message): message is Extract<SubscriptionEditUpdate, { type: Type }> => message.type === type);
    function model() {
      const found = last('model');
      assert.ok(found, JSON.stringify(posted));
      return found;
    }
    async function review(form: SubscriptionEditForm, draft: SubscriptionEditDraft) {
      await form.handle({ type: 'draft', sequence: 1, draft });
      const found = last('review');
      assert.ok(found);
      return found;
    }
    async function save(form: SubscriptionEditForm, draft: SubscriptionEditDraft): Promise<void> {
      await form.handle({ type: 'create', draft });
      assert.equal(last('refused'), undefined, JSON.stringify(last('refused')));
    }
    const row = async (columns: string): Promise<Readonly<Record<string, unknown>> | undefined> =>
      (await servers.subscriber.query(`SELECT ${columns} FROM pg_subscription`))[0];

    it('is filled with what is there, shows no secret, and changes nothing by itself', async () => {
      const { form, present } = await open();
      assert.deepEqual(
        [present.name, present.enabled, present.publications, present.hasSlot, present.slotName],
        ['orders_sub', true, ['orders_pub'], true, 'orders_sub'],
      );
      assert.equal(present.address.port, String(servers.publisher.port));
      assert.match(present.address.more, /keepalives_idle=30/);
      assert.deepEqual(model().connection, { readable: true, hasPassword: true, otherSecrets: [] });
      assert.equal(present.options.synchronousCommit, 'off');
      assert.equal('failover' in present.options, major >= 17);
      assert.deepEqual(
        model().fixed.map(({ option }) => option),
        major < 18 ? ['twoPhase'] : [],
      );
      assert.equal((await review(form, present)).sql, '');
    });

    it('changes options and publications by the smallest plan, and the rows of the new table arrive', async () => {
      const { form, present } = await open();
      const draft = {
        ...present,
        publications: ['orders_pub', 'customers_pub'],
        options: { ...present.options, synchronousCommit: 'local', ...(major >= 14 ? { binary: true } : {}) },
      };
      const { sql } = await review(form, draft);
      assert.match(
        sql,
        major >= 14 ? /ADD PUBLICATION "customers_pub"/ : /SET PUBLICATION "orders_pub", "customers_pub"/,
      );
      assert.equal(/binary = true/.test(sql), major >= 14);
      assert.doesNotMatch(sql, /DISABLE|CONNECTION/);
      await save(form, draft);
      assert.deepEqual(saved, ['orders_sub']);
      await eventually(async () => (await servers.subscriber.query('SELECT 1 FROM customers')).length === 1, {
        within: 30_000,
        what: 'the rows of the added publication',
      });
      assert.equal((await row('subsynccommit'))?.['subsynccommit'], 'local');
    });

    it('changes the password alone, and replication goes on', async () => {
      await servers.publisher.script(`ALTER ROLE repl PASSWORD '${typed}'`);
      const { form, present } = await open();
      await form.handle({ type: 'password', value: typed });
      const { sql } = await review(form, present);
      assert.match(sql, /^ALTER SUBSCRIPTION "orders_sub" CONNECTION '.*keepalives_idle=30.*'/);
      assert.match(sql, /password=••••••••/);
      await save(form, present);
      const { subconninfo } = (await row('subconninfo')) as { subconninfo: string };
      assert.match(subconninfo, /keepalives_idle=30/);
      assert.ok(subconninfo.includes(typed));
      await servers.publisher.script('INSERT INTO orders VALUES (2)');
      await eventually(async () => (await servers.subscriber.query('SELECT 1 FROM orders')).length === 2, {
        within: 30_000,
        what: 'a row that was written after the password changed',
      });
    });

    it('changes one field of the connection and keeps password and unknown parameters', async () => {
      const { form, present } = await open();
      await save(form, {
        ...present,
        address: { ...present.address, more: `${present.address.more} connect_timeout=7` },
      });
      const { subconninfo } = (await row('subconninfo')) as { subconninfo: string };
      assert.match(subconninfo, /keepalives_idle=30.*connect_timeout=7/);
      assert.ok(subconninfo.includes(typed));
    });

    it('tells what changed meanwhile', async () => {
      const { form } = await open();
      await servers.subscriber.script('ALTER SUBSCRIPTION orders_sub DISABLE');
      await bench.service.refresh('subscriber');
      await form.inventoryChanged('subscriber');
      assert.equal(model().present.enabled, false);
      await save(form, { ...model().present, enabled: true });
      assert.equal((await row('subenabled'))?.['subenabled'], true);
    });

    it('leaves the connection alone for a role that may not read it, and says which privilege shows it', async () => {
      await servers.subscriber.createRole('plain', 'plain');
      bench.add('plain', servers.subscriber, { user: 'plain', password: 'plain' });
      const { form, present } = await open('plain');
      const { connection } = model();
      assert.ok(!connection.readable);
      assert.equal(connection.error.kind, 'privilege');
      assert.match(`${connection.error.message} ${connection.error.advice}`, /subconninfo|superuser/);
      const { sql } = await review(form, {
        ...present,
        address: { ...present.address, host: 'elsewhere' },
        enabled: false,
      });
      assert.doesNotMatch(sql, /CONNECTION/);
      assert.match(sql, /DISABLE/);
    });

    it('puts a refusal next to its cause', async () => {
      await servers.subscriber.script('ALTER SUBSCRIPTION orders_sub DISABLE');
      const { form, present } = await open();
      await form.handle({ type: 'create', draft: { ...present, hasSlot: true, slotName: 'Not A Slot' } });
      const refused = last('refused');
      assert.equal(refused?.field, 'slot', JSON.stringify(refused));
      assert.deepEqual(saved, []);
      await servers.subscriber.script('ALTER SUBSCRIPTION orders_sub ENABLE');
    });

    it('renames last, and shows it under its new name', async () => {
      const { form, present } = await open();
      await save(form, { ...present, name: 'renamed', enabled: false });
      assert.deepEqual(saved, ['renamed']);
      assert.deepEqual(await row('subname, subenabled, subslotname'), {
        subname: 'renamed',
        subenabled: false,
        subslotname: 'orders_sub',
      });
    });
  });
}
