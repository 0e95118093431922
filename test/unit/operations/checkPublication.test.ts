import assert from 'node:assert/strict';

import type { Problem } from '../../../src/replication/model/plan.ts';
import type { TableDetails } from '../../../src/replication/model/table.ts';
import { checkPublication } from '../../../src/replication/operations/publication/createPublication.ts';
import { column, details, member, publication, publicationChoice, table, target } from './fixture.ts';

const none: ReadonlyMap<number, TableDetails> = new Map();

/** "severity field object" of each problem. */
function brief(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ severity, field = '-', object = '' }) => `${severity} ${field} ${object}`.trimEnd());
}

const orders = table('public', 'orders');
const ordersColumns = [
  column('id', { inIdentity: true }),
  column('total'),
  column('Note'),
  column('twice', { generated: 'stored' }),
];
const choice = publicationChoice({ tables: [member('public', 'orders')] });
const shop = (major = 18, more: Parameters<typeof target>[0] = {}) =>
  target({ major, inventory: { tables: [orders] }, ...more });

describe('checkPublication', () => {
  it('finds nothing wrong with a table that has an identity', () => {
    assert.deepEqual(checkPublication(shop(), choice, details(orders, ordersColumns)), []);
  });

  it('judges the name: empty, by bytes and not characters, taken', () => {
    const at = shop(18, { inventory: { tables: [orders], publications: [publication('taken')] } });
    const faults = (name: string): readonly string[] =>
      checkPublication(at, { ...choice, name }, none).map(({ message }) => message);
    assert.match(faults('')[0] ?? '', /Give the publication a name/);
    assert.match(faults('taken')[0] ?? '', /already a publication called taken/);
    assert.deepEqual(faults('ä'.repeat(31)), []);
    assert.match(faults('ä'.repeat(32))[0] ?? '', /64 bytes/);
  });

  it('says what a standby, a missing privilege and a low wal_level mean', () => {
    const standby = shop(18, {
      without: { 'publication.create': { can: false, because: 'standby', reason: 'A standby.' } },
    });
    assert.deepEqual(brief(checkPublication(standby, choice, none)), ['error -']);
    const replica = shop(18, {
      without: { decodeLogical: { can: false, because: 'setting', reason: 'wal_level is replica.' } },
    });
    assert.deepEqual(brief(checkPublication(replica, choice, none)), ['warning -']);
  });

  it('refuses tables that are gone, foreign, unlogged, twice there, or partitioned before 13', () => {
    const tables = [
      table('public', 'theirs', { ownedByMe: false, owner: 'bob' }),
      table('public', 'unlogged', { unlogged: true }),
      table('public', 'parted', { partitioned: true }),
      orders,
    ];
    const role = { name: 'alice', superuser: false, replication: false, readsAllStats: false, createsInDatabase: true };
    const at = target({ major: 12, server: { role }, inventory: { tables } });
    const members = ['theirs', 'unlogged', 'parted', 'gone', 'orders', 'orders'].map((name) => member('public', name));
    const problems = checkPublication(at, { ...choice, tables: members }, none);
    assert.deepEqual(brief(problems), [
      'error tables public.theirs',
      'error tables public.unlogged',
      'error tables public.parted',
      'error tables public.gone',
      'error tables public.orders',
    ]);
    assert.match(problems[0]?.message ?? '', /belongs to bob, and you are alice/);
  });

  it('refuses what the version or the role lacks, with the reason', () => {
    const privilege = { can: false, because: 'privilege', reason: 'Needs a superuser.' } as const;
    const all = checkPublication(
      shop(18, { without: { 'publication.allTables': privilege } }),
      { ...choice, scope: 'allTables' },
      none,
    );
    assert.deepEqual(all, [{ severity: 'error', message: 'Needs a superuser.', field: 'tables' }]);
    const much = publicationChoice({
      schemas: ['sales'],
      tables: [member('public', 'orders', { filter: 'id > 1' })],
      viaRoot: true,
      generatedColumns: 'stored',
    });
    assert.deepEqual(brief(checkPublication(shop(10), much, none)), [
      'error tables',
      'error operations',
      'error options',
      'error options',
      'error filter public.orders',
    ]);
  });

  it('warns of tables without replica identity only where updates or deletes are published', () => {
    const bare = table('public', 'bare', { identityUsable: false });
    const at = target({ inventory: { tables: [bare] } });
    const bareChoice = publicationChoice({ tables: [member('public', 'bare')] });
    const [problem, ...rest] = checkPublication(at, bareChoice, none);
    assert.deepEqual(rest, []);
    assert.equal(problem?.severity, 'warning');
    assert.match(problem?.message ?? '', /every UPDATE and DELETE on it fails/);
    const inserts = { insert: true, update: false, delete: false, truncate: true };
    assert.deepEqual(checkPublication(at, { ...bareChoice, operations: inserts }, none), []);
  });

  it('looks at the leaf partitions, wherever they are, and not at the partitioned tables above them', () => {
    const root = table('public', 'events', { partitioned: true, identityUsable: false });
    const middle = table('public', 'events_2026', {
      partitioned: true,
      isPartition: true,
      partitionOf: root.oid,
      identityUsable: false,
    });
    const good = table('archive', 'events_2025', { isPartition: true, partitionOf: root.oid });
    const bad = table('archive', 'events_2026_01', {
      isPartition: true,
      partitionOf: middle.oid,
      identityUsable: false,
    });
    const at = target({ inventory: { tables: [root, middle, good, bad] } });
    const problems = checkPublication(
      at,
      publicationChoice({ tables: [member('public', 'events')], viaRoot: true }),
      none,
    );
    assert.deepEqual(brief(problems), ['warning tables archive.events_2026_01']);
  });

  it('sums up where there are many', () => {
    const tables = Array.from({ length: 40 }, (_, index) => table('public', `t${index}`, { identityUsable: false }));
    const problems = checkPublication(target({ inventory: { tables } }), { ...choice, scope: 'allTables' }, none);
    assert.equal(problems.length, 1);
    assert.match(problems[0]?.message ?? '', /^40 tables have no replica identity \(public\.t0, .* and 34 more\)/);
  });

  it('judges column lists', () => {
    const listed = (columns: readonly string[], major = 18): readonly Problem[] =>
      checkPublication(
        shop(major),
        { ...choice, tables: [member('public', 'orders', { columns })] },
        details(orders, [...ordersColumns, column('seen', { generated: 'virtual' })]),
      );
    assert.deepEqual(listed(['id', 'total']), []);
    assert.match(listed(['total'])[0]?.message ?? '', /leave out id, which its replica identity needs/);
    assert.deepEqual(brief(listed(['id', 'nope'])), ['error columns public.orders']);
    assert.deepEqual(brief(listed(['id', 'seen'])), ['error columns public.orders']);
    assert.deepEqual(listed(['id', 'twice']), []);
    assert.deepEqual(brief(listed(['id', 'twice'], 17)), ['error columns public.orders']);
    assert.deepEqual(brief(listed([])), ['error columns public.orders', 'warning columns public.orders']);
    const mixed = { ...choice, schemas: ['sales'], tables: [member('public', 'orders', { columns: ['id'] })] };
    assert.match(checkPublication(shop(), mixed, none)[0]?.message ?? '', /can’t have column lists/);
  });

  it('keeps a filter that the server wasn’t asked about inside its statement', () => {
    const filtered = (filter: string): readonly Problem[] =>
      checkPublication(
        shop(),
        { ...choice, tables: [member('public', 'orders', { filter })] },
        details(orders, ordersColumns),
      );
    assert.deepEqual(filtered('total > 10 and (id < 5)'), [], 'its columns are for the server to judge');
    assert.deepEqual(filtered("id::total > 1 and 'total' = $$ total; ( $$ /* total; */ -- total)"), []);
    for (const broken of [
      'id > (1',
      'id > 1)',
      "id = 'x",
      'true); drop table orders; --',
      'id > 1;',
      ' ',
      'true /* x',
    ]) {
      assert.equal(filtered(broken)[0]?.severity, 'error', broken);
    }
  });

  it('refuses columns and filter of a partitioned table that isn’t published via its root', () => {
    const parted = table('public', 'parted', { partitioned: true });
    const at = target({ inventory: { tables: [parted] } });
    const filtered = publicationChoice({ tables: [member('public', 'parted', { filter: 'id > 1' })] });
    assert.deepEqual(brief(checkPublication(at, filtered, none)), ['error filter public.parted']);
    assert.deepEqual(checkPublication(at, { ...filtered, viaRoot: true }, none), []);
  });

  it('takes the server’s verdicts for its own, each said once', () => {
    const tables = [table('public', 'bare', { identityUsable: false }), table('public', 'a'), table('public', 'b')];
    const at = target({ inventory: { tables } });
    const chosen = publicationChoice({
      tables: [
        member('public', 'bare'),
        member('public', 'a', { filter: 'x(' }),
        member('public', 'b', { filter: 'n > 1' }),
      ],
    });
    const words = { code: '42601', message: 'syntax error at end of input' };
    const refused = {
      kind: 'invalidInput',
      message: 'The row filter isn’t one.',
      advice: 'Write one.',
      server: words,
    } as const;
    const verdict = { schema: 'public', error: null, filterColumns: [], identityProblem: null };
    const problems = checkPublication(at, chosen, none, [
      { ...verdict, name: 'bare', identityProblem: 'bare has no replica identity.' },
      { ...verdict, name: 'a', error: refused },
      { ...verdict, name: 'b', filterColumns: ['n'], identityProblem: 'The row filter of b uses n.' },
    ]);
    assert.deepEqual(brief(problems), [
      'warning tables public.bare',
      'error filter public.a',
      'warning filter public.b',
    ]);
    assert.equal(problems[1]?.message, 'The row filter isn’t one. Write one.');
    const locked = { ...refused, kind: 'timeout', server: { ...words, code: '55P03' } } as const;
    const asked = checkPublication(at, chosen, none, [{ ...verdict, name: 'a', error: locked }]);
    assert.deepEqual(brief(asked).slice(0, 1), ['warning tables public.a'], 'a lock says nothing against a table');
  });

  it('warns of replica identity FULL with generated columns where those could be published', () => {
    const full = table('public', 'orders', { replicaIdentity: 'full' });
    const check = (major: number, generatedColumns: 'none' | 'stored'): readonly string[] =>
      brief(
        checkPublication(
          target({ major, inventory: { tables: [full] } }),
          { ...choice, generatedColumns },
          details(full, ordersColumns),
        ),
      );
    assert.deepEqual(check(18, 'none'), ['warning options public.orders']);
    assert.deepEqual(check(18, 'stored'), []);
    assert.deepEqual(check(17, 'none'), []);
  });
});
