import assert from 'node:assert/strict';

import type { PublicationChoice } from '../../../src/replication/model/choices.ts';
import type { Plan } from '../../../src/replication/model/plan.ts';
import type { Publication } from '../../../src/replication/model/publication.ts';
import type { Table, TableDetails } from '../../../src/replication/model/table.ts';
import {
  checkAlterPublication,
  planAlterPublication,
} from '../../../src/replication/operations/publication/alterPublication.ts';
import { exactMembers, writtenMembers } from '../../../src/replication/operations/publication/publishedTables.ts';
import type { RefreshOn } from '../../../src/replication/operations/target.ts';
import { renderRedacted } from '../../../src/replication/postgres/statement.ts';
import { member, publication, publicationChoice, published, slot, subscription, table, target } from './fixture.ts';

const none: ReadonlyMap<number, TableDetails> = new Map();
const a = table('public', 'a');
const b = table('public', 'b');
const parted = table('public', 'parted', { partitioned: true });
const leaf = table('public', 'parted_1', { isPartition: true, partitionOf: parted.oid });
const tables = [a, b, parted, leaf];
const chosen = (more: Partial<PublicationChoice> = {}): PublicationChoice => publicationChoice({ name: 'p', ...more });

function alter(
  present: Partial<Publication>,
  choice: Partial<PublicationChoice>,
  more: { readonly draft?: Parameters<typeof target>[0]; readonly refresh?: readonly RefreshOn[] } = {},
): Plan {
  const at = target({ ...more.draft, inventory: { tables, publications: [publication('p', present)] } });
  return planAlterPublication(at, 'p', chosen(choice), more.refresh ? { refresh: more.refresh } : {});
}

const texts = (plan: Plan): readonly string[] => plan.steps.map(({ statement }) => renderRedacted(statement));

describe('planAlterPublication', () => {
  it('has nothing to do where nothing differs, be it written differently', () => {
    const listed = published(a, { columns: ['id', 'n'], filter: '(id > 10)' });
    for (const filter of ['(id > 10)', 'id > 10', ' id > 10\n']) {
      const again = member('public', 'a', { columns: ['n', 'id'], filter });
      assert.deepEqual(alter({ tables: [listed] }, { tables: [again] }).steps, [], filter);
    }
    const other = member('public', 'a', { columns: ['n', 'id'], filter: 'id>10' });
    assert.equal(alter({ tables: [listed] }, { tables: [other] }).steps.length, 1, 'only the server could tell');
    assert.deepEqual(alter({ allTables: true }, { scope: 'allTables', tables: [other], schemas: ['sales'] }).steps, []);
  });

  it('leaves out what the version doesn’t have', () => {
    const much = {
      tables: [member('public', 'a', { columns: ['id'], filter: 'id > 1' })],
      schemas: ['sales'],
      viaRoot: true,
    };
    const operations = { insert: true, update: true, delete: true, truncate: false };
    const plan = alter(
      { tables: [published(a)], operations },
      { ...much, generatedColumns: 'stored' },
      { draft: { major: 10 } },
    );
    assert.deepEqual(plan.steps, []);
  });

  it('turns via root on before columns and filters of partitioned tables, and off after them', () => {
    const filtered = { tables: [member('public', 'parted', { filter: 'id > 1' })], viaRoot: true };
    assert.deepEqual(
      texts(alter({}, filtered)).map((text) => text.split(' ')[3]),
      ['SET', 'ADD'],
    );
    const back = alter({ tables: [published(parted, { filter: '(id > 1)' })], viaRoot: true }, {});
    assert.deepEqual(
      texts(back).map((text) => text.split(' ')[3]),
      ['DROP', 'SET'],
    );
  });

  it('stops publishing before it adds, and adds before it publishes more', () => {
    const inserts = { insert: true, update: false, delete: false, truncate: false };
    const all = { insert: true, update: true, delete: true, truncate: true };
    const adds = { tables: [member('public', 'a')] };
    assert.match(texts(alter({ operations: all }, { ...adds, operations: inserts }))[0] ?? '', /publish = 'insert'/);
    assert.match(texts(alter({ operations: inserts }, { ...adds, operations: all }))[0] ?? '', /ADD TABLE/);
  });

  it('renames last, and compares both names before it runs', () => {
    const plan = alter({}, { name: 'q', viaRoot: true, tables: [member('public', 'a')] });
    assert.match(texts(plan).at(-1) ?? '', /^ALTER PUBLICATION "p" RENAME TO "q"$/);
    assert.deepEqual(
      plan.basis?.map(({ name, fingerprint }) => [name, fingerprint === '']),
      [
        ['p', false],
        ['q', true],
      ],
    );
  });

  it('refreshes only where subscribers are told of other tables', () => {
    const subscriber = target({ connectionId: 'w', inventory: { tables, subscriptions: [subscription('s')] } });
    const refresh = [{ subscriber, subscription: 's', copyData: true }];
    const steps = (present: Partial<Publication>, choice: Partial<PublicationChoice>): number =>
      alter(present, choice, { refresh }).steps.length;
    assert.equal(steps({ tables: [published(a)] }, { tables: [member('public', 'a', { columns: ['id'] })] }), 1);
    assert.equal(steps({ tables: [published(a)] }, { tables: [member('public', 'a')], viaRoot: true }), 1);
    assert.equal(steps({ tables: [published(parted)] }, { tables: [member('public', 'parted')], viaRoot: true }), 2);
    assert.equal(steps({ tables: [published(a)] }, { tables: [member('public', 'b')] }), 2);
    assert.equal(steps({ tables: [published(a)] }, { tables: [member('public', 'a')] }), 0);
  });

  it('goes on without a refresh that can’t be done now, and says so', () => {
    const off = subscription('s', { enabled: false });
    const subscriber = target({ connectionId: 'w', inventory: { tables: [a], subscriptions: [off] } });
    const refresh = [{ subscriber, subscription: 's', copyData: true }];
    const plan = alter(
      { tables: [published(a)] },
      { tables: [member('public', 'a'), member('public', 'b')] },
      { refresh },
    );
    assert.equal(plan.steps.length, 1);
    assert.match(plan.remarks.join(' '), /w has no table public\.b: create it there first/);
    assert.match(plan.remarks.join(' '), /s on w is disabled/);
  });

  it('is refused for what isn’t there', () => {
    assert.throws(() => planAlterPublication(target(), 'p', chosen()), /no publication p/);
  });
});

describe('members of a publication', () => {
  const parent = table('public', 'parent');
  const middle = table('public', 'middle', { inheritsFrom: [parent.oid] });
  const last = table('sales', 'last', { inheritsFrom: [middle.oid, parent.oid] });
  const { inventory } = target({ inventory: { tables: [parent, middle, last, a] } }).snapshot;
  const names = (list: readonly { readonly name: string; readonly only?: boolean }[]): readonly string[] =>
    list.map(({ name, only }) => (only === true ? `only ${name}` : name));

  it('are a table and all that inherit from it, unless ONLY it is chosen', () => {
    const whole = member('public', 'parent', { filter: 'id > 1' });
    assert.deepEqual(names(exactMembers(inventory, [whole])), ['parent', 'middle', 'last']);
    assert.ok(exactMembers(inventory, [whole]).every(({ filter }) => filter === 'id > 1'));
    assert.deepEqual(names(exactMembers(inventory, [{ ...whole, only: true }, member('public', 'a')])), [
      'parent',
      'a',
    ]);
  });

  it('are written as they were chosen, and one by one where a heir is to differ', () => {
    const whole = member('public', 'parent', { filter: 'id > 1' });
    assert.deepEqual(names(writtenMembers(inventory, [whole, member('public', 'a')])), ['parent', 'a']);
    assert.deepEqual(names(writtenMembers(inventory, [{ ...whole, only: true }])), ['only parent']);
    const apart = [whole, member('sales', 'last', { filter: 'id > 2' })];
    assert.deepEqual(names(writtenMembers(inventory, apart)), ['only parent', 'only middle', 'last']);
    const some = exactMembers(inventory, [whole]).filter(({ name }) => name !== 'last');
    assert.deepEqual(names(writtenMembers(inventory, [whole], some)), ['only parent', 'only middle']);
  });
});

describe('the way back from a change of members', () => {
  it('is named, or why there is none', () => {
    const role = { name: 'alice', superuser: false, replication: false, readsAllStats: false, createsInDatabase: true };
    const steps = (more: Partial<Table>) => {
      const [own, others] = [a, { ...b, ...more }];
      const at = target({
        server: { role },
        inventory: {
          tables: [own, others],
          publications: [publication('p', { tables: [published(own), published(others)] })],
        },
      });
      return planAlterPublication(at, 'p', chosen({ tables: [member('public', 'a')] })).steps;
    };
    const said = (more: Partial<Table>) => steps(more).map(({ noUndo, undo }) => [undo?.title, noUndo]);
    assert.deepEqual(said({}), [['Add public.b to publication p again', undefined]]);
    assert.deepEqual(said({ ownedByMe: false, owner: 'bob' }), [
      [undefined, 'Only the owner of its tables, or where there are schemas a superuser, may add them again.'],
    ]);
  });
});

describe('checkAlterPublication', () => {
  const check = (present: Partial<Publication>, choice: PublicationChoice, draft: Parameters<typeof target>[0] = {}) =>
    checkAlterPublication(
      target({ ...draft, inventory: { tables, publications: [publication('p', present), publication('q')] } }),
      'p',
      choice,
      none,
      null,
    ).map(({ severity, field = '-', object = '' }) => `${severity} ${field} ${object}`.trimEnd());
  const role = { name: 'alice', superuser: false, replication: false, readsAllStats: false, createsInDatabase: true };
  const members = { tables: [published(a)] };

  it('finds nothing wrong with what is so already, whoever owns the tables', () => {
    assert.deepEqual(check(members, chosen({ tables: [member('public', 'a')] })), []);
    const theirs = { ...a, ownedByMe: false, owner: 'bob' };
    const at = target({ server: { role }, inventory: { tables: [theirs], publications: [publication('p', members)] } });
    assert.deepEqual(checkAlterPublication(at, 'p', chosen({ tables: [member('public', 'a')] }), none, null), []);
    const filtered = chosen({ tables: [member('public', 'a', { filter: 'id > 1' })] });
    assert.equal(checkAlterPublication(at, 'p', filtered, none, null)[0]?.severity, 'error');
  });

  it('refuses another’s publication, a name that is taken, and schemas without a superuser', () => {
    const choice = chosen({ tables: [member('public', 'a')] });
    assert.deepEqual(check({ ...members, ownedByMe: false, owner: 'bob' }, choice, { server: { role } }), ['error -']);
    assert.deepEqual(check(members, { ...choice, name: 'q' }), ['error name']);
    const privilege = { can: false, because: 'privilege', reason: 'Needs a superuser.' } as const;
    const without = { 'publication.schemas': privilege };
    const withSchema = { ...choice, schemas: ['sales'] };
    assert.deepEqual(check(members, withSchema, { without }), ['error tables']);
    assert.deepEqual(check({ ...members, schemas: ['sales'] }, withSchema, { without }), [], 'it is in it already');
  });

  it('says what leading to or from all tables takes', () => {
    const draft = { pulse: { slots: [slot('s', { active: true })] } };
    const at = target({ ...draft, inventory: { tables, publications: [publication('p', members)] } });
    const problems = checkAlterPublication(at, 'p', chosen({ scope: 'allTables' }), none, null);
    assert.deepEqual(
      problems.map(({ severity }) => severity),
      ['warning'],
    );
    assert.match(
      problems[0]?.message ?? '',
      /dropped and created again in one transaction\. What reads it goes on \(s \(active\)\)/,
    );
    const known = { reading: [], notReading: ['s'] };
    const [elsewhere] = checkAlterPublication(at, 'p', chosen({ scope: 'allTables' }), none, null, known);
    assert.match(elsewhere?.message ?? '', /in one transaction\.$/, 'a slot that is known to read another one');
    assert.deepEqual(check(members, chosen({ scope: 'allTables' }), { major: 19 }), []);
  });
});
