import assert from 'node:assert/strict';

import { checkAgainst } from '../../src/replication/declaration/against.ts';
import { arrangedLike, declarationOf } from '../../src/replication/declaration/describe.ts';
import { parseDeclaration } from '../../src/replication/declaration/parse.ts';
import { planReconcile, type SubscriptionFacts } from '../../src/replication/declaration/reconcile.ts';
import type { Declaration } from '../../src/replication/declaration/shape.ts';
import { writeDeclaration } from '../../src/replication/declaration/write.ts';
import type { SecretConninfo } from '../../src/replication/model/choices.ts';
import type { Plan } from '../../src/replication/model/plan.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import type { PlanTarget } from '../../src/replication/operations/target.ts';
import { renderRedacted } from '../../src/replication/postgres/statement.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { type Major, majorsUnderTest } from '../support/servers/versions.ts';
import { Bench } from './operationsKit.ts';

const odd = `"; drop table x; -- # 'it''s': <b>`.replaceAll("''", "'");

/** A name as SQL. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Tables, the same on either side. */
function shape(major: Major): string {
  return `
    create schema s1; create table s1.inside (id int primary key);
    create table orders (id int primary key, k int not null, note text); create unique index orders_k on orders (k);
    create table events (id int primary key); create table bare (id int);
    create table parent (id int primary key); create table child (primary key (id)) inherits (parent);
    create table ${quoted(odd)} (id int primary key, ${quoted(odd)} int);
    ${major >= 13 ? 'create table parted (id int primary key) partition by range (id); create table parted_1 partition of parted for values from (0) to (9);' : ''}
    create role file_owner superuser;`;
}

/** What is to be exported: every kind of object, with all that the version can say. */
function made(major: Major): string {
  const filtered = major >= 15 ? '(id, k) where (id > 5 and k <> 3)' : '';
  return `
    create publication orders_pub for table orders ${filtered}, only parent with (publish = 'insert, update');
    comment on publication orders_pub is 'two lines
of a comment: # with marks';
    alter publication orders_pub owner to file_owner;
    create publication ${quoted(odd)} for table ${quoted(odd)}, parent;
    create publication everything for all tables;
    create publication sends_nothing with (publish = '');
    ${major >= 13 ? 'create publication rooted for table parted with (publish_via_partition_root = true);' : ''}
    ${major >= 15 ? 'create publication by_schema for tables in schema s1, table events;' : ''}
    ${major >= 18 ? 'create publication with_generated for table events with (publish_generated_columns = stored);' : ''}
    alter table orders replica identity using index orders_k;
    alter table bare replica identity full;
    alter table events replica identity nothing;`;
}

/** Subscriptions of the server to the other one; slots can't be made in one go with them. */
function subscribed(major: Major, publisher: TestServer): readonly string[] {
  const connection = `connection '${publisher.conninfo().replaceAll("'", "''")}'`;
  const options = [
    ...(major >= 14 ? ['binary = true', 'streaming = on'] : []),
    ...(major >= 15 ? ['disable_on_error = true'] : []),
    ...(major >= 16 ? ['origin = none', 'run_as_owner = true'] : []),
    "synchronous_commit = 'local'",
  ].join(', ');
  return [
    `create subscription from_there ${connection} publication upstream with (copy_data = false, ${options})`,
    `create subscription ${quoted(odd)} ${connection} publication upstream with (enabled = false, slot_name = 'odd_slot', copy_data = false)`,
    `create subscription without ${connection} publication upstream with (connect = false, slot_name = none)`,
    `comment on subscription from_there is 'from there'`,
    `alter subscription without owner to file_owner`,
    `select pg_create_logical_replication_slot('spare', 'test_decoding'${major >= 14 ? ', twophase => true' : ''})`,
    `select pg_create_logical_replication_slot('consumer', 'pgoutput')`,
  ];
}

/** What another person does to the server meanwhile. */
function drifted(major: Major): readonly string[] {
  return [
    `alter publication orders_pub add table events`,
    `alter publication orders_pub set (publish = 'delete')`,
    `comment on publication orders_pub is 'changed'`,
    `drop publication sends_nothing`,
    `create publication uninvited for table events`,
    `alter publication everything owner to file_owner`,
    ...(major >= 15
      ? [
          `alter publication by_schema drop tables in schema s1`,
          `alter publication orders_pub set table orders (id, k)`,
        ]
      : []),
    `alter table bare replica identity default`,
    `alter table orders replica identity full`,
    `alter table parent replica identity full`,
    `alter subscription from_there disable`,
    `alter subscription from_there set (synchronous_commit = 'off'${major >= 14 ? ', binary = false' : ''})`,
    `alter subscription from_there connection 'host=elsewhere dbname=x'`,
    `alter subscription without owner to postgres`,
    `select pg_drop_replication_slot('spare')`,
    `select pg_create_logical_replication_slot('uninvited', 'pgoutput')`,
  ];
}

class Files {
  readonly bench: Bench;
  readonly #publisher: TestServer;

  constructor(bench: Bench, publisher: TestServer) {
    this.bench = bench;
    this.#publisher = publisher;
  }

  async #conninfos({ connectionId, snapshot }: PlanTarget): Promise<ReadonlyMap<string, SecretConninfo>> {
    const found = new Map<string, SecretConninfo>();
    for (const { name } of snapshot.inventory.subscriptions) {
      found.set(name, await this.bench.service.reads.subscriptionConninfo(connectionId, name));
    }
    return found;
  }

  /** The file of a server, under a name that doesn't change with the server. */
  async export(id: string, like?: Declaration): Promise<string> {
    const target = await this.bench.target(id);
    const now = declarationOf({ ...target, serverName: 'shop' }, await this.#conninfos(target));
    return writeDeclaration(like ? arrangedLike(now, like) : now);
  }

  /** The plan that a file makes for a server. */
  async plan(id: string, text: string): Promise<Plan> {
    const { declaration, faults } = await parseDeclaration(text);
    assert.ok(declaration);
    assert.deepEqual(faults, []);
    const target = await this.bench.target(id);
    assert.deepEqual(checkAgainst(declaration, target.snapshot), []);
    const conninfos = await this.#conninfos(target);
    const password = new Secret(this.#publisher.password);
    const publisher = await this.bench.target('publisher');
    const names = [...conninfos.keys(), ...(declaration.subscriptions ?? []).map(({ name }) => name)];
    const facts = new Map<string, SubscriptionFacts>(
      names.map((name) => [name, { conninfo: conninfos.get(name) ?? null, publisher, password }]),
    );
    return planReconcile(target, declaration, { subscriptions: facts, readers: [], waitLimitMs: 30_000 });
  }

  /** Applies a file, and finds that a second time there is nothing to do. */
  async apply(id: string, text: string): Promise<Plan> {
    const plan = await this.plan(id, text);
    await this.bench.done(plan);
    const again = await this.plan(id, text);
    assert.deepEqual(
      again.steps.map(({ title }) => title),
      [],
    );
    return plan;
  }
}

describe('a server as a file', () => {
  for (const major of majorsUnderTest()) {
    describe(`on PostgreSQL ${major}`, () => {
      // What is compared is in the catalogs: no worker has to start.
      const settings = { max_logical_replication_workers: '0' };
      const servers = useServers({ publisher: { major, settings }, shop: { major, settings } });
      let files: Files;
      before(async () => {
        const { publisher, shop } = servers;
        files = new Files(new Bench().add('publisher', publisher), publisher);
        await publisher.script(`${shape(major)} create publication upstream for table orders`);
        for (const name of ['first', 'second']) {
          await shop.createDatabase(name);
          await shop.script(name === 'first' ? shape(major) : shape(major).replace(/create role .*/, ''), name);
          files.bench.add(name, shop, { database: name });
        }
        await shop.script(made(major), 'first');
        for (const sql of subscribed(major, publisher)) await shop.query(sql, [], 'first');
      });
      after(() => files.bench.service.dispose());

      it('is made again on an empty server, and is the same there', async () => {
        const { publisher, shop } = servers;
        const text = await files.export('first');
        assert.ok(!text.includes(publisher.password));
        // Slots are of the whole server: those of the first database make room.
        for (const name of ['from_there', odd]) await shop.query(`drop subscription ${quoted(name)}`, [], 'first');
        await shop.query('drop subscription without', [], 'first');
        await shop.query(`select pg_drop_replication_slot('spare'), pg_drop_replication_slot('consumer')`, [], 'first');
        const withoutCopy = text.replaceAll(/^( {4}publications:)$/gm, '    copyData: false\n$1');
        const plan = await files.apply('second', withoutCopy);
        const order = ['ALTER TABLE', 'CREATE PUBLICATION', 'SELECT pg_catalog', 'CREATE SUBSCRIPTION'];
        const kinds = plan.steps.map(({ statement }) =>
          order.findIndex((kind) => renderRedacted(statement).startsWith(kind)),
        );
        const placed = kinds.filter((kind) => kind >= 0);
        assert.deepEqual(
          placed,
          placed.toSorted((a, b) => a - b),
        );
        assert.equal(await files.export('second'), text);
      });

      it('is led back after it has drifted', async () => {
        const { shop } = servers;
        const text = await files.export('second');
        for (const sql of drifted(major)) await shop.query(sql, [], 'second');
        const file = (await parseDeclaration(text)).declaration;
        assert.ok(file);
        assert.notEqual(await files.export('second', file), text);
        await files.apply('second', text);
        // What the file doesn't name has stayed, and comes last in its section.
        const kept = (await parseDeclaration(await files.export('second', file))).declaration;
        assert.equal(kept?.publications?.at(-1)?.name, 'uninvited');
        assert.equal(kept?.slots?.at(-1)?.name, 'uninvited');
        assert.equal(kept?.replicaIdentities?.at(-1)?.name, 'parent');

        const prune = 'prune:\n  publications: true\n  subscriptions: true\n  slots: true\n  replicaIdentities: true\n';
        const plan = await files.plan('second', `${text}${prune}`);
        assert.deepEqual(
          plan.steps.map(({ title }) => title),
          [
            'Set the replica identity of public.parent to DEFAULT',
            'Drop publication uninvited',
            'Drop the replication slot uninvited',
          ],
        );
        await files.apply('second', `${text}${prune}`);
        assert.equal(await files.export('second'), text);
        // No secret was lost on the way.
        const conninfo = await files.bench.service.reads.subscriptionConninfo('second', 'from_there');
        const password = conninfo.find(([keyword]) => keyword === 'password')?.[1];
        assert.ok(password instanceof Secret);
        assert.equal(password.reveal(), servers.publisher.password);
      });

      it('goes where the file says that nothing is to be', async () => {
        const nothing =
          'format: 1\npublications: []\nsubscriptions: []\nslots: []\nprune: {publications: true, subscriptions: true, slots: true}\n';
        await files.apply('second', nothing);
        const { inventory, pulse } = (await files.bench.target('second')).snapshot;
        assert.deepEqual([inventory.publications, inventory.subscriptions], [[], []]);
        assert.deepEqual(
          pulse.slots.map(({ name }) => name),
          [],
        );
        assert.deepEqual(
          (await files.bench.target('publisher')).snapshot.pulse.slots.map(({ name }) => name),
          [],
        );
      });
    });
  }
});
