import assert from 'node:assert/strict';

import type { PublicationDraft } from '../../src/protocol/publication.ts';
import { paramsOf } from '../support/connect.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { playPublication, playSubscription, publicationDraft, subscriptionDraft } from './formsKit.ts';
import { Bench } from './operationsKit.ts';

const orders = { schema: 'public', name: 'orders', columns: null, filter: null };

for (const major of majorsUnderTest()) {
  describe(`the Publication form on a real ${major}`, () => {
    const servers = useServers({ server: { major } });
    let bench: Bench;
    before(async () => {
      await servers.server.script(`
        CREATE TABLE orders (id int PRIMARY KEY, region text, amount int);
        CREATE TABLE "a.b" (id int PRIMARY KEY);
        CREATE ROLE ordinary LOGIN PASSWORD 'pass-of-o';
        GRANT CREATE ON DATABASE postgres TO ordinary;
        GRANT CREATE ON SCHEMA public TO ordinary;`);
      bench = new Bench().add('server', servers.server);
      bench.add('ordinary', servers.server, { user: 'ordinary', password: 'pass-of-o' });
    });
    after(async () => bench.service.dispose());

    it('shows the SQL, creates it, and what is there then is refused at the name', async () => {
      const form = playPublication(bench, 'server');
      const { tables } = await form.next('model');
      assert.ok(tables.some((table) => table.label === 'public."a.b"'));
      const draft: PublicationDraft = { ...publicationDraft, tables: [orders, { ...orders, name: 'a.b' }] };
      const review = await form.review(draft);
      assert.match(review.sql, /CREATE PUBLICATION "orders_pub"[^]*"public"\."a\.b"/);
      assert.deepEqual(
        review.problems.filter(({ severity }) => severity === 'error'),
        [],
      );
      assert.equal(await form.create(draft), null);
      assert.deepEqual(form.created, ['orders_pub']);
      await servers.server.script('CREATE PUBLICATION there_now');
      const refused = await form.create({ ...draft, name: 'there_now' });
      assert.deepEqual([refused?.field, refused?.object, refused?.error.kind], ['name', null, 'stalePlan']);
      const again = await form.review({ ...draft, name: 'there_now' });
      assert.ok(again.problems.some(({ field, message }) => field === 'name' && /already/.test(message)));
    });

    it('tells which table is gone, and which isn’t one’s own', async () => {
      const form = playPublication(bench, 'ordinary');
      await form.next('model');
      const gone = { ...orders, name: 'gone meanwhile' };
      const missing = await form.create({ ...publicationDraft, name: 'p_gone', tables: [gone] });
      assert.deepEqual([missing?.field, missing?.object], ['tables', 'public."gone meanwhile"']);
      const foreign = await form.create({ ...publicationDraft, name: 'p_own', tables: [orders] });
      assert.deepEqual([foreign?.field, foreign?.object], ['tables', 'public.orders']);
      const all = await form.create({ ...publicationDraft, name: 'p_all', scope: 'allTables' });
      assert.equal(all?.field, 'tables');
    });

    if (major < 15) return;

    it('tells a refused filter from a refused column, and of which table', async () => {
      const form = playPublication(bench, 'server');
      await form.next('model');
      const other = { schema: 'public', name: 'a.b', columns: null, filter: 'id > 0' };
      const filters = [
        'amount >',
        'nope > 1',
        'amount',
        'random() > 0.5',
        'count(*) > 1',
        'amount = (SELECT 1)',
        "amount = 'x'",
      ];
      for (const filter of filters) {
        const tables = [{ ...orders, filter }, other];
        const refused = await form.create({ ...publicationDraft, name: 'p_filter', tables });
        assert.deepEqual(
          [refused?.field, refused?.object],
          ['filter', 'public.orders'],
          `${filter}: ${JSON.stringify(refused?.error)}`,
        );
      }
      const listed = await form.create({
        ...publicationDraft,
        name: 'p_col',
        tables: [{ ...orders, columns: ['id', 'nope'] }, other],
      });
      assert.deepEqual([listed?.field, listed?.object], ['columns', 'public.orders']);
    });
  });
}

for (const major of majorsUnderTest()) {
  describe(`the Publication form that edits, on a real ${major}`, () => {
    const servers = useServers({ server: { major } });
    let bench: Bench;
    before(async () => {
      await servers.server.script(`
        CREATE TYPE mood AS ENUM ('fine', 'sad');
        CREATE TABLE orders (id int PRIMARY KEY, region text, amount int, feels mood);
        CREATE TABLE "a.b" (id int PRIMARY KEY);
        CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child () INHERITS (parent);
        ALTER TABLE child ADD PRIMARY KEY (id);
        INSERT INTO orders SELECT i, 'eu', i FROM generate_series(1, 50) i;`);
      bench = new Bench().add('server', servers.server);
    });
    after(async () => bench.service.dispose());

    /** A new publication, and the form that edits it, with what is in it. */
    async function edit(name: string, members: string) {
      await servers.server.script(`CREATE PUBLICATION ${name} ${members}`);
      await bench.service.refresh('server');
      const form = playPublication(bench, 'server', { publication: name });
      const { draft, edit: edited } = await form.next('model');
      assert.deepEqual(edited?.present, draft);
      return { form, draft };
    }
    const membersOf = async (name: string) =>
      (
        await servers.server.query<{ tablename: string }>(
          'SELECT tablename FROM pg_publication_tables WHERE pubname = $1 ORDER BY 1',
          [name],
        )
      ).map(({ tablename }) => tablename);

    it('has nothing to change in what is, and saves the smallest change', async () => {
      const { draft, form } = await edit('p_edit', 'FOR TABLE orders, parent');
      const effective = await form.next('effective');
      assert.deepEqual(effective.tables.map(({ label }) => label).toSorted(), [
        'public.child',
        'public.orders',
        'public.parent',
      ]);
      const same = await form.review(draft);
      assert.deepEqual([same.nothing, same.sql], [true, '']);
      const wanted: PublicationDraft = {
        ...draft,
        name: 'p_edited',
        tables: [...draft.tables.filter(({ name }) => name !== 'child'), { ...orders, name: 'a.b' }],
        operations: { ...draft.operations, delete: false },
      };
      const review = await form.review(wanted);
      assert.match(review.sql, /^ALTER PUBLICATION[^]*"public"\."a\.b"[^]*RENAME TO "p_edited";$/m);
      assert.doesNotMatch(review.sql, /DROP PUBLICATION|CREATE PUBLICATION/);
      assert.deepEqual(review.reach, { added: ['public."a.b"'], removed: ['public.child'] });
      assert.equal(await form.create(wanted), null);
      assert.deepEqual(form.created, ['p_edited']);
      assert.deepEqual(await membersOf('p_edited'), ['a.b', 'orders', 'parent']);
      const [row] = await servers.server.query(
        "SELECT pubdelete, pubinsert FROM pg_publication WHERE pubname = 'p_edited'",
      );
      assert.deepEqual(row, { pubdelete: false, pubinsert: true });
    });

    it('saves nothing over what somebody else changed meanwhile, and tells what is there now', async () => {
      const { draft, form } = await edit('p_stale', 'FOR TABLE orders');
      await servers.server.script('ALTER PUBLICATION p_stale ADD TABLE "a.b"');
      const wanted = { ...draft, operations: { ...draft.operations, update: false } };
      const refused = await form.create(wanted);
      assert.deepEqual([refused?.error.kind, refused?.field], ['stalePlan', null], refused?.error.message);
      const model = await form.next('model');
      assert.equal(model.edit?.byUs, false);
      assert.deepEqual(model.edit.present?.tables.map(({ name }) => name).toSorted(), ['a.b', 'orders']);
      const [row] = await servers.server.query("SELECT pubupdate FROM pg_publication WHERE pubname = 'p_stale'");
      assert.deepEqual(row, { pubupdate: true });
    });

    it('counts the rows that pass, and says that a publication is gone', async () => {
      const { form } = await edit('p_gone', 'FOR TABLE orders');
      await form.send({ type: 'count', table: orders, filter: major >= 15 ? 'amount > 20' : null });
      const counted = form.posted.findLast((message) => message.type === 'counted');
      assert.deepEqual([counted?.count?.passing, counted?.count?.total], [major >= 15 ? 30 : 50, 50]);
      await form.send({ type: 'count', table: { ...orders, name: 'gone' }, filter: null });
      const failed = form.posted.findLast((message) => message.type === 'counted');
      assert.equal(failed?.error?.kind, 'missing');
      await servers.server.script('DROP PUBLICATION p_gone');
      await form.send({ type: 'retry' });
      const model = form.posted.findLast((message) => message.type === 'model');
      assert.equal(model?.edit?.present, null);
    });

    if (major < 15) return;

    it('has the server judge a filter: what it refuses is at the filter with its detail, and nothing is saved', async () => {
      const { draft, form } = await edit('p_judged', 'FOR TABLE orders');
      const wanted = { ...draft, tables: [{ ...orders, filter: "feels = 'fine'" }] };
      await form.send({ type: 'try', draft: wanted, table: orders });
      const review = await form.review(wanted);
      const [verdict] = review.verdicts;
      assert.match(verdict?.error?.server?.detail ?? '', /User-defined types/);
      const [problem] = review.problems.filter(({ severity }) => severity === 'error');
      assert.deepEqual([problem?.field, problem?.object], ['filter', 'public.orders']);
      // Also where nobody asked before.
      const unasked = playPublication(bench, 'server', { publication: 'p_judged' });
      await unasked.next('model');
      const refused = await unasked.create(wanted);
      assert.deepEqual([refused?.field, refused?.object], ['filter', 'public.orders']);
      assert.match(refused?.error.server?.detail ?? '', /User-defined types/);
      const [row] = await servers.server.query(
        "SELECT rowfilter FROM pg_publication_tables WHERE pubname = 'p_judged'",
      );
      assert.deepEqual(row, { rowfilter: null });
    });

    it('says once that UPDATE would fail by a filter, and saves it when told to all the same', async () => {
      const { draft, form } = await edit('p_identity', 'FOR TABLE orders');
      const wanted = { ...draft, tables: [{ ...orders, columns: ['id', 'amount'], filter: 'amount > 20' }] };
      const stopped = await form.create(wanted);
      assert.deepEqual([stopped?.field, stopped?.object], ['filter', 'public.orders']);
      assert.match(stopped?.error.advice ?? '', /Press the button again/);
      assert.deepEqual(form.created, []);
      assert.equal(await form.create(wanted), null);
      assert.deepEqual(form.created, ['p_identity']);
      const [row] = await servers.server.query(
        "SELECT attnames::text, rowfilter FROM pg_publication_tables WHERE pubname = 'p_identity'",
      );
      assert.deepEqual(row, { attnames: '{id,amount}', rowfilter: '(amount > 20)' });
      const again = playPublication(bench, 'server', { publication: 'p_identity' });
      const model = await again.next('model');
      assert.deepEqual((await again.review(model.draft)).sql, '');
    });
  });
}

/** What a subscriber says of its publisher changed with 14, and its options with 16. */
for (const major of majorsUnderTest().filter((each) => [10, 14, 16].includes(each))) {
  describe(`the Subscription form, from a real 18 to a real ${major}`, () => {
    const servers = useServers({ publisher: { major: 18 }, subscriber: { major } });
    let bench: Bench;
    const ends = { subscriberConnectionId: 'subscriber', publisherConnectionId: 'publisher' };

    before(async () => {
      await servers.publisher.script(`
      CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE only_here (id int PRIMARY KEY);
      INSERT INTO orders VALUES (1);
      CREATE PUBLICATION orders_pub FOR TABLE orders; CREATE PUBLICATION here_pub FOR TABLE only_here;
    `);
      await servers.publisher.script("SELECT pg_create_logical_replication_slot('taken', 'pgoutput')");
      await servers.subscriber.script('CREATE TABLE orders (id int PRIMARY KEY)');
      await servers.publisher.createDatabase('second');
      await servers.publisher.script('CREATE TABLE orders (id int PRIMARY KEY)', 'second');
    });
    beforeEach(() => {
      bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
      bench.add('second', servers.publisher, { database: 'second' });
    });
    afterEach(async () => bench.service.dispose());

    /** The form with both ends open and the address filled in. */
    async function openForm(more: Parameters<typeof playSubscription>[1] = {}) {
      const form = playSubscription(bench, { ...ends, ...more });
      const { address } = await form.next('address');
      await eventually(() => {
        const model = form.posted.findLast((message) => message.type === 'model');
        return model?.subscriber.phase === 'open' && model.publisher.phase === 'open';
      });
      const model = form.posted.findLast((message) => message.type === 'model');
      assert.ok(model?.publisher.phase === 'open');
      return { form, publisher: model.publisher, draft: { ...subscriptionDraft, ...ends, ...more, address } };
    }

    it('fills in the address, lists publications and free slots, and shows the SQL with dots', async () => {
      const { draft, form, publisher } = await openForm();
      assert.equal(draft.address.port, String(servers.publisher.port));
      assert.deepEqual(publisher.publications.map(({ name }) => name).toSorted(), ['here_pub', 'orders_pub']);
      assert.deepEqual(publisher.freeSlots, ['taken']);
      assert.equal(publisher.sameCluster, false);
      const review = await form.review({ ...draft, publications: ['here_pub'] });
      assert.match(review.sql, /CREATE SUBSCRIPTION "orders_sub"[^]*password=••••••••/);
      assert.ok(review.problems.some(({ field, object }) => field === 'publications' && object === 'public.only_here'));
      assert.ok(!JSON.stringify(form.posted).includes(servers.publisher.password));
    });

    it('says before Create that a publisher marked read-only takes no slot', async () => {
      bench.connections.set('publisher', paramsOf(servers.publisher), { readOnly: true });
      const { draft, form } = await openForm();
      const making = await form.review({ ...draft, publications: ['orders_pub'] });
      assert.deepEqual(
        making.problems
          .filter(({ message }) => /publisher is marked read-only/.test(message))
          .map(({ field }) => field),
        ['connection'],
      );
      const using = await form.review({
        ...draft,
        publications: ['orders_pub'],
        slotMode: 'existing',
        slotName: 'taken',
      });
      assert.ok(using.problems.every(({ message }) => !/read-only/.test(message)));
    });

    it('puts what the servers refuse at the table, the slot and the password', async () => {
      const { draft, form } = await openForm();
      const missing = await form.create({ ...draft, publications: ['here_pub'] });
      assert.deepEqual([missing?.field, missing?.object], ['publications', 'public.only_here']);
      const taken = await form.create({ ...draft, publications: ['orders_pub'], slotName: 'taken' });
      assert.equal(taken?.field, 'slot', taken?.error.server?.message);
      await form.send({ type: 'password', value: 'wrong' });
      const wrong = await form.create({ ...draft, publications: ['orders_pub'], useSavedPassword: false });
      assert.equal(wrong?.field, 'password', wrong?.error.server?.message);
      const unreachable = await form.create({
        ...draft,
        publications: ['orders_pub'],
        address: { ...draft.address, port: '1' },
      });
      assert.equal(unreachable?.field, 'connection', unreachable?.error.server?.message);
    });

    it('looks at a typed publisher with the password that was in its connection string', async () => {
      const typed = { subscriberConnectionId: 'subscriber', publisherKind: 'typed' } as const;
      const form = playSubscription(bench, typed);
      const draft = { ...subscriptionDraft, ...typed };
      await form.send({ type: 'read', text: servers.publisher.uri() });
      const { address, passwordTyped } = await form.next('address');
      assert.equal(passwordTyped, true);
      assert.ok(!JSON.stringify(address).includes(servers.publisher.password));
      await form.send({ type: 'look', draft: { ...draft, address } });
      const model = form.posted.findLast((message) => message.type === 'model');
      assert.ok(model?.publisher.phase === 'open', JSON.stringify(model?.publisher));
      assert.equal(model.publisher.publications.length, 2);
      assert.ok(!JSON.stringify(form.posted).includes(servers.publisher.password));
    });

    it('says who holds up the slot before and while it waits, and stops when told', async () => {
      const writer = await servers.publisher.client();
      try {
        await writer.query('BEGIN');
        await writer.query('INSERT INTO orders VALUES (99)');
        const { draft, form } = await openForm();
        const before = await eventually(() =>
          form.posted.find((message) => message.type === 'blockers' && message.blockers.length === 1),
        );
        assert.ok(before);
        const creating = form.create({ ...draft, publications: ['orders_pub'] });
        await eventually(() =>
          form.posted.find((message) => message.type === 'run' && (message.waiting?.blockers.length ?? 0) > 0),
        );
        await form.send({ type: 'stop' });
        const stopped = await creating;
        assert.equal(stopped?.error.kind, 'cancelled');
        assert.match(stopped.error.advice ?? '', /^Nothing was left behind\./);
        assert.deepEqual(form.created, []);
        const slots = await servers.publisher.query(
          "SELECT 1 FROM pg_replication_slots WHERE slot_name = 'orders_sub'",
        );
        assert.equal(slots.length, 0);
      } finally {
        await writer.query('ROLLBACK');
        await writer.end();
      }
    });

    it('subscribes within one cluster, slot first', async () => {
      const { draft, form, publisher } = await openForm({ subscriberConnectionId: 'second' });
      assert.equal(publisher.sameCluster, true);
      const chosen = { ...draft, name: 'inside', publications: ['orders_pub'] };
      const review = await form.review(chosen);
      assert.match(review.sql, /pg_create_logical_replication_slot[^]*create_slot = false/);
      assert.ok(review.problems.some(({ severity, message }) => severity === 'info' && message.includes('one server')));
      assert.equal(await form.create(chosen), null);
      assert.deepEqual(form.created, ['inside']);
      await eventually(async () => (await servers.publisher.query('SELECT 1 FROM orders', [], 'second')).length === 1);
      await servers.publisher.script('DROP SUBSCRIPTION inside', 'second');
    });

    it('creates, and rows arrive', async () => {
      const { draft, form } = await openForm();
      const refused = await form.create({ ...draft, publications: ['orders_pub'] });
      assert.equal(refused, null, refused?.error.message);
      assert.deepEqual(form.created, ['orders_sub']);
      await eventually(async () => (await servers.subscriber.query('SELECT 1 FROM orders')).length === 1);
      const again = await form.create({ ...draft, publications: ['orders_pub'], slotName: 'another' });
      assert.equal(again?.field, 'name');
    });
  });
}
