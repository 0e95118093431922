import assert from 'node:assert/strict';

import { checkAgainst } from '../../../src/replication/declaration/against.ts';
import { arrangedLike, declarationOf } from '../../../src/replication/declaration/describe.ts';
import { parseDeclaration } from '../../../src/replication/declaration/parse.ts';
import { planReconcile, type ReconcileFacts } from '../../../src/replication/declaration/reconcile.ts';
import { needsPassword } from '../../../src/replication/declaration/reconcileSubscription.ts';
import type { Declaration } from '../../../src/replication/declaration/shape.ts';
import { writeDeclaration } from '../../../src/replication/declaration/write.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import type { PlanTarget } from '../../../src/replication/operations/target.ts';
import { renderRedacted } from '../../../src/replication/postgres/statement.ts';
import { scriptPublication } from '../../../src/replication/script/publication.ts';
import { scriptSubscription, subscriptionScriptNotes } from '../../../src/replication/script/subscription.ts';
import { publication, published, slot, subscription, table, target } from '../operations/fixture.ts';

const orders = table('public', 'orders');
const audit = table('public', 'audit');
const parent = table('public', 'parent');
const heir = table('public', 'heir', { inheritsFrom: [parent.oid] });

const conninfos = new Map();
const facts: ReconcileFacts = { subscriptions: new Map(), readers: [], waitLimitMs: 1000 };

/** A server of 19, as far as that is documented, with one of everything that is new in it. */
function shop(major = 19): PlanTarget {
  return target({
    major,
    server: { foreignServers: [{ name: 'shop server', host: 'shop.example', port: 5433, database: 'shop' }] },
    inventory: {
      tables: [orders, audit, parent, heir],
      publications: [
        publication('all', { allTables: true, allSequences: true, exceptTables: [audit, parent] }),
        publication('counters', { allSequences: true }),
        publication('family', { allTables: true, exceptTables: [parent, heir] }),
        publication('named', { tables: [published(orders)] }),
      ],
      subscriptions: [
        subscription('by_server', {
          foreignServer: 'shop server',
          publisher: {
            host: 'shop.example',
            port: 5433,
            database: 'shop',
            user: null,
            hasPassword: false,
            applicationName: null,
          },
          options: {
            ...subscription('x').options,
            retainDeadTuples: true,
            maxRetentionDuration: 60_000,
            walReceiverTimeout: '30s',
          },
          sequences: [{ oid: 1, schema: 'public', name: 'numbers', synchronized: true }],
        }),
        subscription('plain', {
          options: {
            ...subscription('x').options,
            retainDeadTuples: false,
            maxRetentionDuration: 0,
            walReceiverTimeout: '-1',
          },
        }),
      ],
    },
    pulse: { slots: [slot('pg_conflict_detection', { type: 'physical', plugin: null, database: null })] },
  });
}

function statements(on: PlanTarget, declaration: Omit<Declaration, 'format'>, known = facts): readonly string[] {
  return planReconcile(on, { format: 1, ...declaration }, known).steps.map(({ statement }) =>
    renderRedacted(statement).replaceAll(/\s+/g, ' '),
  );
}

describe('scripts of what PostgreSQL 19 adds', () => {
  it('make a publication again with all that it takes and leaves out', () => {
    const { inventory } = shop().snapshot;
    const script = (name: string): string => renderRedacted(scriptPublication(inventory, name)[0] ?? []);
    const options = `\n  WITH (publish = 'insert, update, delete, truncate')`;
    assert.equal(
      script('all'),
      `CREATE PUBLICATION "all"\n  FOR ALL TABLES EXCEPT (TABLE "public"."audit", ONLY "public"."parent"), ALL SEQUENCES${options}`,
    );
    assert.equal(script('counters'), `CREATE PUBLICATION "counters"\n  FOR ALL SEQUENCES${options}`);
    // What inherits is left out just so: the one name says it all.
    assert.equal(
      script('family'),
      `CREATE PUBLICATION "family"\n  FOR ALL TABLES EXCEPT (TABLE "public"."parent")${options}`,
    );
  });

  it('make a subscription again by its foreign server, with its options where they aren’t the defaults', () => {
    const { inventory } = shop().snapshot;
    assert.equal(
      renderRedacted(scriptSubscription(inventory, 'by_server')[0] ?? []),
      [
        'CREATE SUBSCRIPTION "by_server"',
        '  SERVER "shop server"',
        '  PUBLICATION "orders_pub"',
        `  WITH (slot_name = 'by_server', copy_data = false, retain_dead_tuples = true, max_retention_duration = 60000, wal_receiver_timeout = '30s')`,
      ].join('\n'),
    );
    const notes = subscriptionScriptNotes(inventory, 'by_server').join('\n');
    assert.match(notes, /foreign server shop server, which must be there, with a user mapping/);
    assert.match(notes, /REFRESH SEQUENCES/);
    assert.doesNotMatch(notes, /password/);
    assert.doesNotMatch(renderRedacted(scriptSubscription(inventory, 'plain')[0] ?? []), /retain|retention|timeout/);
  });
});

describe('files about what PostgreSQL 19 adds', () => {
  it('say all of it, are read back as they were written, and lead nowhere from where they were made', async () => {
    const on = shop();
    const declaration = declarationOf(on, conninfos);
    const read = await parseDeclaration(await writeDeclaration(declaration));
    assert.deepEqual(read.faults, []);
    assert.deepEqual(read.declaration, declaration);
    assert.deepEqual(
      declaration.publications?.map(({ name, allTables, allSequences, exceptTables }) => [
        name,
        allTables,
        allSequences,
        exceptTables?.map((each) => `${each.only === true ? 'only ' : ''}${each.name}`),
      ]),
      [
        ['all', true, true, ['audit', 'only parent']],
        ['counters', undefined, true, undefined],
        ['family', true, undefined, ['parent']],
        ['named', undefined, undefined, undefined],
      ],
    );
    const [byServer, plain] = declaration.subscriptions ?? [];
    assert.deepEqual([byServer?.foreignServer, byServer?.connection], ['shop server', undefined]);
    assert.equal(byServer?.options?.maxRetentionDuration, 60_000);
    assert.deepEqual([plain?.foreignServer, plain?.options?.walReceiverTimeout], [undefined, '-1']);
    // The slot that the server keeps itself isn't anybody's to declare.
    assert.deepEqual(declaration.slots, []);
    assert.deepEqual(checkAgainst(declaration, on.snapshot), []);
    const plan = planReconcile(on, declaration, facts);
    assert.deepEqual(plan.steps, []);
    // Of the one that connects by its foreign server there is nothing that couldn't be compared.
    assert.deepEqual(plan.remarks, [
      'Where the subscription plain connects to was not compared: its connection string may not be read on shop.',
    ]);
  });

  it('lead from what is to what they say', () => {
    const on = shop();
    const server = on.snapshot.inventory;
    assert.deepEqual(
      statements(on, {
        publications: [
          { name: 'all', allTables: true, exceptTables: [{ schema: 'public', name: 'orders' }] },
          { name: 'counters', allTables: true, allSequences: true },
          { name: 'named', publish: ['insert'] },
          { name: 'new', allSequences: true },
        ],
        subscriptions: [
          { name: 'by_server', publications: ['orders_pub'], options: { retainDeadTuples: false } },
          { name: 'plain', publications: ['orders_pub'], foreignServer: 'shop server' },
          { name: 'fresh', publications: ['orders_pub'], foreignServer: 'shop server', slot: null },
        ],
      }).filter((statement) => !statement.startsWith('DO ')),
      [
        'ALTER PUBLICATION "all" SET ALL TABLES EXCEPT (TABLE "public"."orders")',
        'ALTER PUBLICATION "counters" SET ALL TABLES, ALL SEQUENCES',
        `ALTER PUBLICATION "named" SET (publish = 'insert')`,
        'CREATE PUBLICATION "new" FOR ALL SEQUENCES',
        'ALTER SUBSCRIPTION "by_server" SET (retain_dead_tuples = false)',
        'ALTER SUBSCRIPTION "by_server" ENABLE',
        'ALTER SUBSCRIPTION "plain" SERVER "shop server"',
        'CREATE SUBSCRIPTION "fresh" SERVER "shop server" PUBLICATION "orders_pub" WITH (slot_name = NONE, create_slot = false, enabled = false)',
      ],
    );
    // What an entry says nothing of stays: sequences and what is left out too.
    assert.deepEqual(statements(on, { publications: [{ name: 'all', viaPartitionRoot: false }] }), []);
    assert.equal(server.publications.length, 4);
  });

  it('lead away from a foreign server, with the password that was asked for', () => {
    const on = shop();
    const wanted = { name: 'by_server', publications: ['orders_pub'], connection: { host: 'h' } };
    assert.equal(needsPassword(false, null, wanted), true);
    assert.equal(needsPassword(false, null, { ...wanted, foreignServer: 'shop server' }), false);
    const known = { conninfo: null, publisher: null, password: new Secret('geheim') };
    assert.deepEqual(
      statements(on, { subscriptions: [wanted] }, { ...facts, subscriptions: new Map([['by_server', known]]) }),
      [`ALTER SUBSCRIPTION "by_server" CONNECTION 'host=h password=••••••••'`],
    );
  });

  it('compare entry by entry, whatever the order of what is left out', () => {
    const on = shop();
    const wanted: Declaration = {
      format: 1,
      publications: [
        {
          name: 'all',
          allTables: true,
          exceptTables: [
            { schema: 'public', name: 'parent', only: true },
            { schema: 'public', name: 'audit' },
          ],
        },
      ],
    };
    const arranged = arrangedLike(declarationOf(on, conninfos), wanted).publications?.[0];
    assert.deepEqual(
      arranged?.exceptTables?.map(({ name }) => name),
      ['parent', 'audit'],
    );
    // That it publishes all sequences isn't left as it is by a file that says what is published.
    assert.equal(arranged?.allSequences, true);
  });

  it('are told what contradicts itself', async () => {
    const faults = async (text: string): Promise<readonly string[]> =>
      (await parseDeclaration(`format: 1\n${text}`)).faults.map(({ message }) => message);
    const entry = (text: string): string => `publications:\n  - name: p\n    ${text}`;
    const [except] = await faults(entry('exceptTables: [{ schema: s, name: t }]'));
    assert.match(except ?? '', /Only a publication of all tables/);
    const [sequences] = await faults(entry('allSequences: true\n    tables: []'));
    assert.equal(sequences, 'A publication of all sequences can’t list tables or schemas as well.');
    const twice = '[{ schema: s, name: t }, { schema: s, name: t }]';
    assert.match((await faults(entry(`allTables: true\n    exceptTables: ${twice}`))).join(), /s\.t is listed already/);
    const subscriptions = 'subscriptions:\n  - name: s\n    publications: [p]\n    foreignServer: f';
    assert.match((await faults(`${subscriptions}\n    connection: { host: h }`)).join(), /not both/);
    assert.deepEqual(await faults(subscriptions), []);
    assert.match((await faults(`${subscriptions}\n    options: { maxRetentionDuration: -1 }`)).join(), /maxRetention/);
    assert.match((await faults(`${subscriptions}\n    options: { maxRetentionDuration: 1.5 }`)).join(), /maxRetention/);
  });

  it('are refused by a server that is older, key by key, and by one that lacks what they name', () => {
    const declared = declarationOf(shop(), conninfos);
    const faults = checkAgainst(declared, shop(18).snapshot);
    assert.deepEqual(
      faults.map(({ path }) => path.join('.')),
      [
        'publications.0.exceptTables',
        'publications.0.allSequences',
        'publications.1.allSequences',
        'publications.2.exceptTables',
        'subscriptions.0.options.retainDeadTuples',
        'subscriptions.0.options.maxRetentionDuration',
        'subscriptions.0.options.walReceiverTimeout',
        'subscriptions.0.foreignServer',
        'subscriptions.1.options.retainDeadTuples',
        'subscriptions.1.options.maxRetentionDuration',
        'subscriptions.1.options.walReceiverTimeout',
      ],
    );
    for (const { message } of faults) {
      assert.equal(message, 'The server has PostgreSQL 18.1. Needs PostgreSQL 19 or newer.');
    }
    const missing: Declaration = {
      format: 1,
      publications: [{ name: 'p', allTables: true, exceptTables: [{ schema: 'public', name: 'gone' }] }],
      subscriptions: [{ name: 's', publications: ['p'], foreignServer: 'elsewhere' }],
    };
    assert.deepEqual(
      checkAgainst(missing, shop().snapshot).map(({ message }) => message),
      [
        'There is no table public.gone in shop.',
        'There is no foreign server elsewhere by which this role can connect a subscription.',
      ],
    );
  });
});
