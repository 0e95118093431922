import assert from 'node:assert/strict';

import { ReplicationError, type ErrorKind } from '../../src/replication/model/errors.ts';
import type { Plan } from '../../src/replication/model/plan.ts';
import type { Publication } from '../../src/replication/model/publication.ts';
import { planChangeOwner, planRename, planSetComment } from '../../src/replication/operations/nameAndOwner.ts';
import {
  checkAlterPublication,
  planAlterPublication,
} from '../../src/replication/operations/publication/alterPublication.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import { planDropPublications } from '../../src/replication/operations/publication/dropPublication.ts';
import { planAddTables, planRemoveMembers } from '../../src/replication/operations/publication/publicationMembers.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { member, publicationOf } from './operationsKit.ts';
import { PlanDesk, presentChoice } from './planDesk.ts';

const noneOf = new Map<number, never>();

for (const major of majorsUnderTest()) {
  describe(`members, names and owners of publications (real ${major})`, () => {
    const servers = useServers({ server: { major } });
    let desk: PlanDesk;
    before(async () => {
      await servers.server.createRole('owner', 'pass-of-owner');
      await servers.server.script(`
        create schema sales; create table sales.leads (id int primary key);
        create table a (id int primary key, n int); create table b (id int primary key); create table foreign_one (id int primary key);
        create table parent (id int primary key); create table heir () inherits (parent); create table other_heir () inherits (parent);
        create table "a.b" (id int primary key);
        alter table a owner to owner; alter table b owner to owner;
        grant create on database postgres to owner;`);
      desk = await PlanDesk.open(servers.server);
    });
    after(() => desk.close());
    afterEach(async () => {
      for (const { name } of (await desk.target()).snapshot.inventory.publications) {
        await servers.server.script(`drop publication "${name}"`);
      }
    });

    const read = async (name: string): Promise<Publication> => {
      const found = (await desk.target()).snapshot.inventory.publications.find((each) => each.name === name);
      assert.ok(found, name);
      return { ...found, oid: 0 };
    };
    const names = async (name: string): Promise<readonly string[]> =>
      (await read(name)).tables.map((table) => table.name);
    const make = async (name: string, ...tables: readonly string[]): Promise<void> => {
      const chosen = publicationOf(name, {
        tables: tables.map((table) => ({ ...member('public', table), only: true })),
      });
      await desk.done(planCreatePublication(await desk.target(), chosen));
    };
    /** Runs a plan and takes it back: all must be as it was. */
    const thereAndBack = async (name: string, plan: Plan, between: () => Promise<void>): Promise<void> => {
      const before = await read(name);
      await desk.done(plan);
      await between();
      await desk.undo(plan);
      assert.deepEqual(await read(name), before, plan.title);
    };
    const refuses = async (kind: ErrorKind, words: RegExp, plan: () => Plan): Promise<void> => {
      assert.throws(plan, (error) => {
        assert.ok(ReplicationError.is(error, kind), String(error));
        assert.match(error.message, words);
        assert.ok(error.advice);
        return true;
      });
    };

    it('adds and takes out, those that are in it left as they are', async () => {
      await make('p', 'a');
      const target = await desk.target();
      const adding = planAddTables(
        target,
        'p',
        ['a', 'b', 'a.b'].map((name) => member('public', name)),
      );
      assert.equal(adding.title, 'Add public.b and public."a.b" to publication p');
      await thereAndBack('p', adding, async () => assert.deepEqual(await names('p'), ['a', 'a.b', 'b']));
      const removing = planRemoveMembers(target, 'p', { tables: [{ schema: 'public', name: 'a' }], schemas: [] });
      await thereAndBack('p', removing, async () => assert.deepEqual(await names('p'), []));
      await refuses('duplicate', /public\.a is in publication p already/, () =>
        planAddTables(target, 'p', [member('public', 'a')]),
      );
      await refuses('missing', /public\.b isn’t named in publication p/, () =>
        planRemoveMembers(target, 'p', { tables: [{ schema: 'public', name: 'b' }], schemas: [] }),
      );
      await refuses('missing', /no publication gone/, () => planAddTables(target, 'gone', []));
    });

    it('takes a table with those that inherit from it, or ONLY it', async () => {
      await make('p', 'b');
      const target = await desk.target();
      const whole = planAddTables(target, 'p', [member('public', 'parent')]);
      await thereAndBack('p', whole, async () =>
        assert.deepEqual(await names('p'), ['b', 'heir', 'other_heir', 'parent']),
      );
      const alone = planAddTables(target, 'p', [{ ...member('public', 'parent'), only: true }]);
      await desk.done(alone);
      assert.deepEqual(await names('p'), ['b', 'parent']);
      const rest = planAddTables(await desk.target(), 'p', [member('public', 'parent')]);
      await thereAndBack('p', rest, async () =>
        assert.deepEqual(await names('p'), ['b', 'heir', 'other_heir', 'parent']),
      );
      await desk.done(rest);
      const one = planRemoveMembers(await desk.target(), 'p', {
        tables: [{ schema: 'public', name: 'parent' }],
        schemas: [],
      });
      await thereAndBack('p', one, async () => assert.deepEqual(await names('p'), ['b', 'heir', 'other_heir']));
    });

    it('refuses single tables where all are published', async () => {
      await desk.done(planCreatePublication(await desk.target(), publicationOf('all', { scope: 'allTables' })));
      const target = await desk.target();
      await refuses('unsupported', /FOR ALL TABLES/, () => planAddTables(target, 'all', [member('public', 'a')]));
      await refuses('unsupported', /FOR ALL TABLES/, () =>
        planRemoveMembers(target, 'all', { tables: [{ schema: 'public', name: 'a' }], schemas: [] }),
      );
    });

    it('renames, hands over and comments, and takes it back', async () => {
      await make('p', 'a');
      await make('other');
      const renaming = planRename(await desk.target(), 'publication', 'p', `it's "new"`);
      const before = await read('p');
      await desk.done(renaming);
      assert.deepEqual(await read(`it's "new"`), { ...before, name: `it's "new"` });
      await desk.undo(renaming);
      const owner = planChangeOwner(await desk.target(), 'publication', 'p', 'owner');
      await thereAndBack('p', owner, async () => assert.equal((await read('p')).owner, 'owner'));
      const words = `what it's for: \\ "all" of it\nsecond line`;
      const comment = planSetComment(await desk.target(), 'publication', 'p', words);
      await thereAndBack('p', comment, async () => assert.equal((await read('p')).comment, words));
      await desk.done(comment);
      const away = planSetComment(await desk.target(), 'publication', 'p', null);
      await thereAndBack('p', away, async () => assert.equal((await read('p')).comment, null));
      const target = await desk.target();
      assert.deepEqual(planSetComment(target, 'publication', 'p', words).steps, []);
      assert.deepEqual(planChangeOwner(target, 'publication', 'p', 'postgres').steps, []);
      await refuses('duplicate', /already a publication called other/, () =>
        planRename(target, 'publication', 'p', 'other'),
      );
      await refuses('invalidInput', /64 bytes/, () => planRename(target, 'publication', 'p', 'ä'.repeat(32)));
      await refuses('missing', /no publication gone/, () => planRename(target, 'publication', 'gone', 'p2'));
      await refuses('missing', /no subscription gone/, () => planSetComment(target, 'subscription', 'gone', null));
    });

    it('keeps owner and comment over dropping and creating again', async () => {
      await make('p', 'a', 'parent');
      await desk.done(planSetComment(await desk.target(), 'publication', 'p', 'kept'));
      await desk.done(planChangeOwner(await desk.target(), 'publication', 'p', 'owner'));
      const target = await desk.target();
      const toAll = planAlterPublication(target, 'p', { ...presentChoice(target, 'p'), scope: 'allTables' });
      await thereAndBack('p', toAll, async () => {
        const { allTables, comment, owner } = await read('p');
        assert.deepEqual([allTables, comment, owner], [true, 'kept', 'owner']);
      });
      const drop = planDropPublications(await desk.target(), ['p']);
      const before = await read('p');
      await desk.done(drop);
      await desk.undo(drop);
      assert.deepEqual(await read('p'), before);
    });

    it('is refused to a role that isn’t the owner, before and by the server', async () => {
      await make('theirs', 'foreign_one');
      const own = await PlanDesk.open(servers.server, { user: 'owner', password: 'pass-of-owner' });
      try {
        const target = await own.target();
        const choice = { ...presentChoice(target, 'theirs'), tables: [member('public', 'a')] };
        const problems = checkAlterPublication(target, 'theirs', choice, noneOf, null);
        assert.match(problems[0]?.message ?? '', /Only its owner may change theirs: it belongs to postgres/);
        const outcome = await own.run(planAlterPublication(target, 'theirs', choice));
        const error = outcome.steps[0]?.error;
        assert.deepEqual([error?.kind, error?.server?.code], ['privilege', '42501']);
        assert.ok(error?.advice);
      } finally {
        await own.close();
      }
    });

    it('drops and adds what an owner may not SET, and says that there is a gap', async () => {
      await make('p', 'a', 'foreign_one');
      await desk.done(planChangeOwner(await desk.target(), 'publication', 'p', 'owner'));
      const own = await PlanDesk.open(servers.server, { user: 'owner', password: 'pass-of-owner' });
      await servers.server.query(`select pg_create_logical_replication_slot('reader', 'pgoutput')`);
      try {
        const target = await own.target();
        const present = presentChoice(target, 'p');
        const exchanged = present.tables.map((table) => (table.name === 'a' ? member('public', 'b') : table));
        const plan = planAlterPublication(target, 'p', { ...present, tables: exchanged });
        assert.equal(plan.steps.length, 2, 'SET TABLE would need the ownership of foreign_one');
        assert.deepEqual(checkAlterPublication(target, 'p', { ...present, tables: exchanged }, noneOf, null), []);
        await own.done(plan);
        assert.deepEqual(await names('p'), ['b', 'foreign_one']);
        await own.undo(plan);
        assert.deepEqual(await names('p'), ['a', 'foreign_one']);
        if (major >= 15) {
          const now = await own.target();
          const tables = present.tables.map((table) => (table.name === 'a' ? { ...table, filter: 'id > 1' } : table));
          const filtering = planAlterPublication(now, 'p', { ...present, tables });
          assert.equal(filtering.steps.length, 2);
          assert.match(filtering.steps[0]?.consequence ?? '', /what is written in between is missing there for good/);
          assert.equal(filtering.steps[0]?.risk, 'lossy');
          await own.done(filtering);
          assert.deepEqual(
            (await read('p')).tables.map(({ filter }) => filter),
            ['(id > 1)', null],
          );
        }
        const leaving = planRemoveMembers(await own.target(), 'p', {
          tables: [{ schema: 'public', name: 'foreign_one' }],
          schemas: [],
        });
        assert.equal(leaving.steps[0]?.undo, null, 'only its owner may add it again');
        await own.done(leaving);
      } finally {
        await own.close();
        await servers.server.query(`select pg_drop_replication_slot('reader')`);
      }
    });
  });
}
