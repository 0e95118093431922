import type { PublicationChoice } from '../../src/replication/model/choices.ts';
import type { Plan } from '../../src/replication/model/plan.ts';
import type { PublishedOperations } from '../../src/replication/model/publication.ts';
import { planChangeOwner, planRename, planSetComment } from '../../src/replication/operations/nameAndOwner.ts';
import { planAlterPublication } from '../../src/replication/operations/publication/alterPublication.ts';
import { planAddTables, planRemoveMembers } from '../../src/replication/operations/publication/publicationMembers.ts';
import type { PlanTarget } from '../../src/replication/operations/target.ts';
import type { Major } from '../support/servers/versions.ts';
import { member, publicationOf } from './operationsKit.ts';

/** A form of facts/postgres-versions.md, sections 1.1 and 1.2, with what it is reached by and what it must come to. */
export interface PublicationForm {
  readonly form: string;
  readonly since: Major;
  /** What is created. */
  readonly start: PublicationChoice;
  /** What is done to it then, by its name; absent for forms of CREATE. */
  readonly alter?: (target: PlanTarget, name: string) => Plan;
  /** What it is in the end, where that isn't as it was created. */
  readonly end?: Partial<PublicationChoice>;
  readonly owner?: string;
  readonly comment?: string;
}

/** What the forms are made on: two tables with a key, one with heirs, a partitioned one, two schemas. */
export function publicationShape(major: Major): string {
  return `
    create schema s1; create schema s2; create role form_owner superuser;
    create table a (id int primary key, n int not null, note text);
    create table b (id int primary key, note text);
    create table parent (id int primary key, note text);
    create table child (primary key (id)) inherits (parent);
    create table s1.t1 (id int primary key); create table s2.t2 (id int primary key);
    create table "odd "".name" (id int primary key, "Größe" int);
    create table parted (id int ${major >= 11 ? 'primary key' : ''}) partition by range (id);
    create table parted_1 partition of parted for values from (0) to (100);
    ${major >= 12 ? 'create table generated (id int primary key, twice int generated always as (id * 2) stored);' : ''}`;
}

/** Every form, each with a publication of its own. */
export function publicationForms(major: Major): readonly PublicationForm[] {
  const truncate = major >= 11;
  const operations: PublishedOperations = { insert: true, update: true, delete: true, truncate };
  const none: PublishedOperations = { insert: false, update: false, delete: false, truncate: false };
  const a = member('public', 'a');
  const b = member('public', 'b');
  const odd = member('public', 'odd ".name');
  const listed = member('public', 'a', { columns: ['id', 'n'] });
  const filtered = member('public', 'a', { filter: 'id > 10' });
  const make = (more: Partial<PublicationChoice> = {}): PublicationChoice => publicationOf('', { operations, ...more });
  const edit =
    (end: Partial<PublicationChoice>, start: PublicationChoice) =>
    (target: PlanTarget, name: string): Plan =>
      planAlterPublication(target, name, { ...start, name, ...end });
  const altered = (
    form: string,
    since: Major,
    start: PublicationChoice,
    end: Partial<PublicationChoice>,
  ): PublicationForm => ({ form, since, start, end, alter: edit(end, start) });
  const sends = (...names: readonly (keyof PublishedOperations)[]): PublishedOperations => ({
    ...none,
    ...Object.fromEntries(names.map((name) => [name, true])),
  });

  const forms: readonly PublicationForm[] = [
    { form: 'CREATE, empty', since: 10, start: make() },
    { form: 'FOR TABLE a, b', since: 10, start: make({ tables: [a, b] }) },
    { form: 'FOR TABLE, an odd name', since: 10, start: make({ tables: [odd] }) },
    { form: 'FOR TABLE ONLY a', since: 10, start: make({ tables: [member('public', 'parent', { only: true })] }) },
    { form: 'FOR TABLE a *', since: 10, start: make({ tables: [member('public', 'parent')] }) },
    { form: 'FOR ALL TABLES', since: 10, start: make({ scope: 'allTables' }) },
    { form: "publish = ''", since: 10, start: make({ tables: [a], operations: none }) },
    ...(['insert', 'update', 'delete', 'truncate'] as const).map((name): PublicationForm => ({
      form: `publish = '${name}'`,
      since: name === 'truncate' ? 11 : 10,
      start: make({ tables: [a], operations: sends(name) }),
    })),
    {
      form: "publish = 'insert, delete'",
      since: 10,
      start: make({ scope: 'allTables', operations: sends('insert', 'delete') }),
    },
    {
      form: 'publish without truncate',
      since: 11,
      start: make({ tables: [a], operations: { ...operations, truncate: false } }),
    },
    { form: 'a partition as member', since: 10, start: make({ tables: [member('public', 'parted_1')] }) },
    { form: 'a partitioned table as member', since: 13, start: make({ tables: [member('public', 'parted')] }) },
    {
      form: 'publish_via_partition_root',
      since: 13,
      start: make({ tables: [member('public', 'parted')], viaRoot: true }),
    },
    { form: 'publish_via_partition_root, all tables', since: 13, start: make({ scope: 'allTables', viaRoot: true }) },
    { form: 'FOR TABLES IN SCHEMA s1, s2', since: 15, start: make({ schemas: ['s1', 's2'] }) },
    { form: 'FOR TABLES IN SCHEMA, the current one', since: 15, start: make({ schemas: ['public'] }) },
    { form: 'FOR TABLES IN SCHEMA s1, TABLE a', since: 15, start: make({ schemas: ['s1'], tables: [a] }) },
    { form: 'a column list', since: 15, start: make({ tables: [listed] }) },
    { form: 'a column list, odd names', since: 15, start: make({ tables: [{ ...odd, columns: ['id', 'Größe'] }] }) },
    { form: 'a row filter', since: 15, start: make({ tables: [filtered] }) },
    {
      form: 'a row filter with a comment',
      since: 15,
      start: make({ tables: [{ ...a, filter: 'id > 1 -- not the first' }] }),
    },
    { form: 'columns and filter', since: 15, start: make({ tables: [{ ...listed, filter: 'id > 1' }, b] }) },
    {
      form: 'a filter for a table, another for its heir',
      since: 15,
      start: make({
        tables: [
          member('public', 'child', { filter: 'id < 0' }),
          member('public', 'parent', { filter: 'id > 0', only: true }),
        ],
      }),
    },
    {
      form: 'publish_generated_columns = stored',
      since: 18,
      start: make({ tables: [member('public', 'generated')], generatedColumns: 'stored' }),
    },
    {
      form: 'a generated column in the list',
      since: 18,
      start: make({ tables: [member('public', 'generated', { columns: ['id', 'twice'] })] }),
    },

    {
      form: 'ADD TABLE',
      since: 10,
      start: make({ tables: [a] }),
      alter: (target, name) => planAddTables(target, name, [b]),
      end: { tables: [a, b] },
    },
    {
      form: 'DROP TABLE',
      since: 10,
      start: make({ tables: [a, b] }),
      alter: (target, name) => planRemoveMembers(target, name, { tables: [b], schemas: [] }),
      end: { tables: [a] },
    },
    altered('SET TABLE', 10, make({ tables: [a] }), { tables: [b, odd] }),
    altered('DROP of the last table', 10, make({ tables: [a] }), { tables: [] }),
    altered('SET (publish)', 10, make({ tables: [a] }), { operations: sends('insert') }),
    altered("SET (publish = '')", 10, make({ tables: [a] }), { operations: none }),
    altered('SET (publish) to all again', 10, make({ tables: [a], operations: none }), { operations }),
    altered('SET (publish), all tables', 10, make({ scope: 'allTables' }), { operations: sends('update') }),
    altered('to all tables', 10, make({ tables: [a] }), { scope: 'allTables', tables: [] }),
    altered('from all tables', 10, make({ scope: 'allTables' }), { scope: 'chosen', tables: [a] }),
    {
      form: 'RENAME TO',
      since: 10,
      start: make({ tables: [a] }),
      alter: (target, name) => planRename(target, 'publication', name, `${name} renamed "x"`),
    },
    {
      form: 'OWNER TO',
      since: 10,
      start: make({ tables: [a] }),
      owner: 'form_owner',
      alter: (target, name) => planChangeOwner(target, 'publication', name, 'form_owner'),
    },
    {
      form: 'COMMENT',
      since: 10,
      start: make({ tables: [a] }),
      comment: "it's \\ a comment\nof two lines",
      alter: (target, name) => planSetComment(target, 'publication', name, "it's \\ a comment\nof two lines"),
    },
    altered('SET (publish_via_partition_root = true)', 13, make({ tables: [member('public', 'parted')] }), {
      viaRoot: true,
    }),
    altered(
      'SET (publish_via_partition_root = false)',
      13,
      make({ tables: [member('public', 'parted')], viaRoot: true }),
      { viaRoot: false },
    ),
    altered('ADD TABLES IN SCHEMA', 15, make({ schemas: ['s1'] }), { schemas: ['s1', 's2'] }),
    altered('SET TABLES IN SCHEMA', 15, make({ schemas: ['s1'] }), { schemas: ['s2'] }),
    {
      form: 'DROP TABLES IN SCHEMA',
      since: 15,
      start: make({ schemas: ['s1', 's2'] }),
      alter: (target, name) => planRemoveMembers(target, name, { tables: [], schemas: ['s2'] }),
      end: { schemas: ['s1'] },
    },
    altered('schemas to tables', 15, make({ schemas: ['s1'] }), { schemas: [], tables: [a] }),
    altered('tables to schemas', 15, make({ tables: [a] }), { schemas: ['s1'], tables: [] }),
    altered('tables and schemas, both changed', 15, make({ schemas: ['s1'], tables: [a] }), {
      schemas: ['s2'],
      tables: [b],
    }),
    altered('SET TABLE t (columns)', 15, make({ tables: [a, b] }), { tables: [listed, b] }),
    altered('SET TABLE t, all columns again', 15, make({ tables: [listed] }), { tables: [a] }),
    altered('SET TABLE t WHERE', 15, make({ tables: [a, b] }), { tables: [filtered, b] }),
    altered('SET TABLE t, another filter', 15, make({ tables: [filtered] }), { tables: [{ ...a, filter: 'id > 11' }] }),
    altered('SET (publish_generated_columns)', 18, make({ tables: [member('public', 'generated')] }), {
      generatedColumns: 'stored',
    }),
    altered(
      'SET (publish_generated_columns = none)',
      18,
      make({ tables: [member('public', 'generated')], generatedColumns: 'stored' }),
      { generatedColumns: 'none' },
    ),
  ];
  return forms.filter(({ since }) => since <= major);
}
