import assert from 'node:assert/strict';

import type { PublicationChoice } from '../../src/replication/model/choices.ts';
import type { Publication } from '../../src/replication/model/publication.ts';
import { planAlterPublication } from '../../src/replication/operations/publication/alterPublication.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import type { PlanTarget } from '../../src/replication/operations/target.ts';
import { publicationAsChoice } from '../../src/replication/script/publication.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest, type Major } from '../support/servers/versions.ts';
import { member, publicationOf } from './operationsKit.ts';
import { PlanDesk } from './planDesk.ts';

const a = member('public', 'a');
const b = member('public', 'b');
const whole = member('public', 'parent');
const alone = { ...whole, only: true };
const everything = { insert: true, update: true, delete: true, truncate: true };
const insertsOnly = { insert: true, update: false, delete: false, truncate: false };

/** Member lists that a version can have, by what they are called. */
function memberStates(major: Major): Readonly<Record<string, Partial<PublicationChoice>>> {
  const lists = {
    none: {},
    a: { tables: [a] },
    'a, b': { tables: [a, b] },
    'parent with its heirs': { tables: [whole, b] },
    'only the parent': { tables: [alone] },
    ...(major >= 13 ? { partitioned: { tables: [member('public', 'parted'), a] } } : {}),
  };
  if (major < 15) return lists;
  return {
    ...lists,
    'a (columns)': { tables: [{ ...a, columns: ['n', 'id'] }] },
    'a where, b': { tables: [{ ...a, filter: 'id > 10' }, b] },
    'a (columns) where': { tables: [{ ...a, columns: ['id'], filter: 'id > 10 -- the first are for tests' }] },
    schema: { schemas: ['sales'] },
    'schema, b where': { schemas: ['sales'], tables: [{ ...b, filter: "note = 'it''s'" }] },
  };
}

function optionStates(major: Major): Readonly<Record<string, Partial<PublicationChoice>>> {
  return {
    'all operations': {},
    'inserts only': { operations: { ...insertsOnly } },
    ...(major >= 18
      ? { 'via root, generated': { viaRoot: true, generatedColumns: 'stored' as const } }
      : major >= 13
        ? { 'via root': { viaRoot: true } }
        : {}),
  };
}

/** Every state there is to edit from and to; a few of them where a version brought nothing new. */
function statesOf(major: Major): readonly PublicationChoice[] {
  const operations = { ...everything, truncate: major >= 11 };
  const states = Object.entries(memberStates(major)).flatMap(([members, listed]) =>
    Object.entries(optionStates(major)).map(([options, set]) =>
      publicationOf(`${members}; ${options}`, { operations, ...listed, ...set }),
    ),
  );
  states.push(publicationOf('all tables', { scope: 'allTables', operations }));
  if (major >= 15) {
    const filtered = member('public', 'parted', { columns: ['id'], filter: 'id < 50' });
    states.push(publicationOf('partitioned where; via root', { operations, tables: [filtered], viaRoot: true }));
  }
  return [10, 14, 15, 18].includes(major) ? states : states.filter((_, index) => index % 4 === 0);
}

async function shape(server: TestServer): Promise<void> {
  await server.script(`
    create schema sales;
    create table a (id int primary key, n int, note text);
    create table b (id int primary key, note text);
    create table sales.leads (id int primary key);
    create table parent (id int primary key, note text);
    create table child (extra int) inherits (parent);
    create table grandchild () inherits (child);
    create table parted (id int) partition by range (id);
    create table parted_1 partition of parted for values from (0) to (100);`);
}

/** All of a publication that an edit can change. */
function looks({ allTables, operations, viaRoot, generatedColumns, tables, schemas }: Publication): object {
  const members = tables.map(({ schema, name, columns, filter }) => [schema, name, columns, filter]);
  return { allTables, operations, viaRoot, generatedColumns, schemas, members };
}

/** A state as somebody who edits it chooses it: what it had already is as the server wrote it. */
function asEdited(state: PublicationChoice, publication: Publication, made: PlanTarget): PublicationChoice {
  if (state.tables.every(({ filter }) => filter === null)) return state;
  return { ...publicationAsChoice(made.snapshot.inventory, publication), name: state.name };
}

function found(target: PlanTarget, name: string): Publication {
  const publication = target.snapshot.inventory.publications.find((each) => each.name === name);
  assert.ok(publication, name);
  return publication;
}

/**
 * The least that can lead from one state to another. Each ALTER PUBLICATION changes either members or options, so what
 * differs in both takes two; no version up to 18 alters to or from FOR ALL TABLES, which is one transaction.
 */
function fewest(from: object, to: object): number {
  const [one, other] = [from, to] as readonly Record<string, unknown>[];
  const differs = (...keys: readonly string[]): number =>
    keys.some((key) => JSON.stringify(one?.[key]) !== JSON.stringify(other?.[key])) ? 1 : 0;
  if (differs('allTables') === 1) return 1;
  return differs('members', 'schemas') + differs('operations', 'viaRoot', 'generatedColumns');
}

describe('editing publications (real servers)', function () {
  this.timeout(180_000);
  for (const major of majorsUnderTest()) {
    describe(`on ${major}`, () => {
      const servers = useServers({ server: { major } });
      let desk: PlanDesk;
      before(async () => {
        await shape(servers.server);
        desk = await PlanDesk.open(servers.server);
      });
      after(() => desk.close());

      it('leads from every state to every other by the fewest statements, and back', async function () {
        const states = statesOf(major);
        const bare = await desk.target();
        for (const state of states) await desk.done(planCreatePublication(await desk.withPublications(bare), state));
        const made = await desk.withPublications(bare);
        const wanted = states.map((state) => {
          const publication = found(made, state.name);
          return { state: asEdited(state, publication, made), looks: looks(publication) };
        });
        let pairs = 0;
        for (const from of wanted) {
          await desk.done(planCreatePublication(made, { ...from.state, name: 'edited' }));
          let before = await desk.withPublications(bare);
          for (const to of wanted) {
            const plan = planAlterPublication(before, 'edited', { ...to.state, name: 'edited' });
            const words = `${from.state.name} → ${to.state.name}`;
            assert.equal(plan.steps.length, fewest(from.looks, to.looks), `${words}: ${JSON.stringify(plan.steps)}`);
            if (plan.steps.length === 0) continue;
            await desk.done(plan);
            assert.deepEqual(looks(found(await desk.withPublications(bare), 'edited')), to.looks, words);
            await desk.undo(plan);
            before = await desk.withPublications(bare);
            assert.deepEqual(looks(found(before, 'edited')), from.looks, `back: ${words}`);
            pairs += 1;
          }
          await servers.server.script('drop publication edited');
        }
        if (this.test) this.test.title += ` [${pairs} pairs]`;
      });
    });
  }
});
