import assert from 'node:assert/strict';

import { arrangedLike, declarationOf } from '../../../src/replication/declaration/describe.ts';
import { parseDeclaration } from '../../../src/replication/declaration/parse.ts';
import type { Declaration } from '../../../src/replication/declaration/shape.ts';
import { writeDeclaration } from '../../../src/replication/declaration/write.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import { hostileNames, publication, published, slot, subscription, table, target } from '../operations/fixture.ts';

/** The faults of a text, as "line:column severity message". */
async function faultsOf(...lines: readonly string[]): Promise<readonly string[]> {
  const { faults } = await parseDeclaration(lines.join('\n'));
  return faults.map(({ range, severity, message }) => `${range.line}:${range.column} ${severity} ${message}`);
}

describe('declarations as files', () => {
  it('takes for text what only looks like a number', async () => {
    const text =
      'format: 1\nsubscriptions:\n  - {name: 007, publications: [1e3], connection: {dbname: 0123, application_name: 1.10, port: 5433}}\n';
    const { declaration, faults } = await parseDeclaration(text);
    assert.deepEqual(faults, []);
    const [found] = declaration?.subscriptions ?? [];
    assert.deepEqual([found?.name, found?.publications], ['007', ['1e3']]);
    assert.deepEqual(found?.connection, { dbname: '0123', application_name: '1.10', port: 5433 });
  });

  it('says what a server has, in a text that stays the same', async () => {
    const [orders, customers] = [
      table('public', 'orders', { replicaIdentity: 'full' }),
      table('public', 'customers', { replicaIdentity: 'index', identityIndex: 'customers_email' }),
    ];
    const shop = target({
      inventory: {
        tables: [customers, orders],
        publications: [
          publication('orders_pub', {
            tables: [published(orders, { columns: ['id', 'total'], filter: '(total > 10)' }), published(customers)],
            comment: 'for the warehouse',
          }),
          publication('all_data', { allTables: true }),
        ],
        subscriptions: [subscription('from_legacy', { slotName: 'legacy_slot' })],
      },
      pulse: {
        slots: [
          slot('warehouse', { database: 'shop' }),
          slot('elsewhere', { database: 'other' }),
          slot('passing', { database: 'shop', temporary: true }),
          slot('pg_16422_sync_16385_7301', { database: 'shop' }),
        ],
      },
    });
    const conninfos = new Map([
      [
        'from_legacy',
        [
          ['host', 'legacy'],
          ['port', '5433'],
          ['dbname', 'shop'],
          ['password', new Secret('hush')],
        ] as const,
      ],
    ]);
    const text = await writeDeclaration(declarationOf(shop, conninfos));
    const lines = text.split('\n').filter((line) => !line.startsWith('#'));
    assert.deepEqual(lines.join('\n').trim().split('\n'), [
      'format: 1',
      'server: shop',
      'publications:',
      '  - name: all_data',
      '    owner: postgres',
      '    allTables: true',
      '    publish:',
      '      - insert',
      '      - update',
      '      - delete',
      '      - truncate',
      '    viaPartitionRoot: false',
      '    generatedColumns: none',
      '  - name: orders_pub',
      '    owner: postgres',
      '    comment: for the warehouse',
      '    tables:',
      '      - schema: public',
      '        name: orders',
      '        columns:',
      '          - id',
      '          - total',
      '        filter: (total > 10)',
      '      - schema: public',
      '        name: customers',
      '    publish:',
      '      - insert',
      '      - update',
      '      - delete',
      '      - truncate',
      '    viaPartitionRoot: false',
      '    generatedColumns: none',
      'subscriptions:',
      '  - name: from_legacy',
      '    owner: postgres',
      '    enabled: true',
      '    connection:',
      '      host: legacy',
      '      port: 5433',
      '      dbname: shop',
      ...lines.slice(lines.indexOf('      dbname: shop') + 1, lines.indexOf('slots:')),
      'slots:',
      '  - name: warehouse',
      '    plugin: pgoutput',
      ...lines.slice(lines.indexOf('    plugin: pgoutput') + 1, lines.indexOf('replicaIdentities:')),
      'replicaIdentities:',
      '  - schema: public',
      '    name: customers',
      '    identity: index',
      '    index: customers_email',
      '  - schema: public',
      '    name: orders',
      '    identity: full',
    ]);
    assert.ok(!text.includes('hush'));
    assert.equal(await writeDeclaration(declarationOf(shop, conninfos)), text);
    const { declaration, faults } = await parseDeclaration(text);
    assert.deepEqual(faults, []);
    assert.deepEqual(declaration, declarationOf(shop, conninfos));
  });

  it('takes every name as data', async () => {
    const odd = [
      ...hostileNames,
      'null',
      'yes',
      'on',
      '~',
      '1e3',
      '0x1f',
      '2026-11-21',
      '- a',
      '# no comment',
      'a: b',
      '&anchor',
      '*alias',
      '!!js/function x',
      '<<',
      '{}',
      '[]',
      '%TAG',
      '---',
      '...',
      ' spaces ',
      'two\nlines',
      'tab\tbell\u0007',
      '\u2028line separator',
      '__proto__',
      'constructor',
      "'",
      '"',
    ];
    const declaration: Declaration = {
      format: 1,
      server: 'a: "b" # c',
      publications: odd.map((name) => ({
        name,
        owner: name,
        comment: name,
        tables: [{ schema: name, name, columns: [name], filter: `x = '${name}'` }],
      })),
      subscriptions: odd.map((name) => ({
        name,
        connection: { host: name, application_name: name },
        publications: [name],
      })),
      replicaIdentities: odd.map((name) => ({ schema: name, name, identity: 'index' as const, index: name })),
    };
    const text = await writeDeclaration(declaration);
    const parsed = await parseDeclaration(text);
    assert.deepEqual(parsed.declaration, declaration);
    assert.deepEqual(parsed.faults, []);
    assert.equal(await writeDeclaration(parsed.declaration ?? { format: 1 }), text);
  });

  it('says where something is wrong', async () => {
    assert.deepEqual(await faultsOf('format: 1', 'publication: []'), ['2:1 error There is no “publication” here.']);
    assert.deepEqual(await faultsOf('publications: []'), ['1:1 error “format” is missing.']);
    assert.deepEqual(await faultsOf('format: 2'), ['1:9 error “format” must be one of: 1.']);
    assert.deepEqual(await faultsOf(''), ['1:1 error The file is empty.']);
    assert.deepEqual(await faultsOf('format: 1', 'publications:', '  - owner: x', '    publish: insert'), [
      '3:5 error “name” is missing.',
      '4:14 error “publish” must be a list.',
    ]);
    assert.deepEqual(await faultsOf('format: 1', 'slots:', '  - {name: a, plugin: pgoutput, twoPhase: "yes"}'), [
      '3:43 error “twoPhase” must be true or false.',
    ]);
    assert.deepEqual(
      await faultsOf(
        'format: 1',
        'subscriptions:',
        '  - name: s',
        '    publications: [p]',
        '    options: {streaming: fast}',
      ),
      ['5:26 error “streaming” must be one of: off, on, parallel.'],
    );
    assert.deepEqual(
      await faultsOf(
        'format: 1',
        'subscriptions:',
        '  - name: s',
        '    publications: []',
        '    connection: {port: true}',
      ),
      ['5:24 error “port” must be text or a number.', '4:19 error “publications” must not be empty.'],
    );
  });

  it('says what YAML itself finds wrong, and survives any text', async () => {
    const [fault] = await faultsOf('format: 1', 'server: a', 'server: b');
    assert.match(fault ?? '', /^3:1 error Map keys must be unique/);
    for (const text of ['format: [', '\t', '*a', '- 1', '"', 'a: &x [*x]', '? {a: b} : c', '\u0000', '%YAML 9']) {
      const { declaration, faults } = await parseDeclaration(text);
      assert.equal(declaration, null, text);
      assert.ok(faults.length > 0, text);
      for (const { range } of faults) assert.ok(range.line >= 1 && range.column >= 1, text);
    }
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x]',
      ...'bcdefghi'.split('').map((name, index) => {
        const before = 'abcdefghi'[index] ?? 'a';
        return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
      }),
    ];
    assert.deepEqual(await faultsOf(...bomb), ['1:1 error Its aliases (*name) can’t be resolved.']);
  });

  it('finds what contradicts itself, and never takes a secret', async () => {
    assert.deepEqual(
      await faultsOf(
        'format: 1',
        'publications:',
        '  - name: p',
        '    allTables: true',
        '    schemas: [s]',
        '  - name: p',
        '    schemas: [s, s]',
        '    tables:',
        '      - {schema: s, name: t, columns: [a, a]}',
        '      - {schema: s, name: t}',
      ),
      [
        '6:11 error The publication p is listed already.',
        '5:14 error A publication of all tables can’t list tables or schemas as well.',
        '10:27 error The table s.t is listed already.',
        '9:43 error The column a is listed already.',
        '7:18 error The schema s is listed already.',
        '9:39 error A publication that lists schemas can’t have a column list.',
      ],
    );
    assert.deepEqual(
      await faultsOf(
        'format: 1',
        'subscriptions:',
        '  - name: s',
        '    enabled: true',
        '    slot: null',
        '    publications: [p, p]',
        '    connection:',
        '      host: h',
        '      password: hush',
        'slots:',
        '  - {name: "Bad-Name", plugin: pgoutput}',
        'replicaIdentities:',
        '  - {schema: s, name: t, identity: index}',
        '  - {schema: s, name: u, identity: full, index: i}',
      ),
      [
        '9:7 error Take “password” out of the file: a secret is asked for when it is needed, and never written down.',
        '6:23 error The publication p is listed already.',
        '4:14 error A subscription without a replication slot can’t be enabled.',
        '11:12 error The name of a replication slot may hold only lower-case letters a to z, digits and underscores.',
        '13:36 error An index identity needs its “index”.',
        '14:49 error An index belongs to an identity of the kind index only.',
      ],
    );
  });

  it('compares with a file in the order of that file, and only with what it is about', () => {
    const now: Declaration = {
      format: 1,
      server: 'shop',
      publications: [
        { name: 'a' },
        {
          name: 'b',
          tables: [
            { schema: 's', name: 'x' },
            { schema: 's', name: 'y' },
          ],
        },
        { name: 'c' },
      ],
      slots: [{ name: 's', plugin: 'pgoutput' }],
    };
    const file: Declaration = {
      format: 1,
      prune: { publications: true },
      publications: [{ name: 'c' }, { name: 'b', tables: [{ schema: 's', name: 'y' }] }],
    };
    assert.deepEqual(arrangedLike(now, file), {
      format: 1,
      prune: { publications: true },
      publications: [
        { name: 'c' },
        {
          name: 'b',
          tables: [
            { schema: 's', name: 'y' },
            { schema: 's', name: 'x' },
          ],
        },
        { name: 'a' },
      ],
    });
  });

  it('compares only what the file says: what it leaves out stays as it is', () => {
    const now: Declaration = {
      format: 1,
      publications: [
        {
          name: 'a',
          owner: 'o',
          comment: 'c',
          schemas: ['s'],
          tables: [],
          publish: ['insert'],
          viaPartitionRoot: true,
        },
        { name: 'b', owner: 'o', tables: [{ schema: 's', name: 'x' }], publish: ['insert'] },
      ],
      subscriptions: [
        {
          name: 's',
          owner: 'o',
          enabled: true,
          slot: 's',
          publications: ['a'],
          options: { binary: true, origin: 'any' },
        },
      ],
      replicaIdentities: [{ schema: 's', name: 'x', identity: 'index', index: 'i' }],
    };
    const file: Declaration = {
      format: 1,
      publications: [
        { name: 'a', allTables: true },
        { name: 'b', publish: ['insert'] },
      ],
      subscriptions: [{ name: 's', publications: ['a'], options: { binary: false } }],
      replicaIdentities: [{ schema: 's', name: 'x', identity: 'default' }],
    };
    assert.deepEqual(arrangedLike(now, file), {
      format: 1,
      publications: [
        { name: 'a', schemas: ['s'], tables: [] },
        { name: 'b', publish: ['insert'] },
      ],
      subscriptions: [{ name: 's', publications: ['a'], options: { binary: true } }],
      replicaIdentities: [{ schema: 's', name: 'x', identity: 'index', index: 'i' }],
    });
  });
});
