import assert from 'node:assert/strict';

import type { Plan, Problem, Step } from '../../src/replication/model/plan.ts';
import type { RoleAccess } from '../../src/replication/model/reads.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import type { RoleChoice } from '../../src/replication/operations/role/createRole.ts';
import { tablesToRead } from '../../src/replication/operations/role/roleNeeds.ts';
import type { RoleFinding } from '../../src/replication/operations/role/roleReport.ts';
import { renderForServer } from '../../src/replication/postgres/statement.ts';
import { undoPlan } from '../../src/ui/plans/undo.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import type { Bench } from './operationsKit.ts';

/** A password with a letter that SASLprep changes. */
export const password = 'Correct-Horse 1ﬁé';

/** A new role of that name, with a password and nothing to read. */
export function choiceOf(name: string, more: Partial<RoleChoice> = {}): RoleChoice {
  return { name, password: new Secret(password), publications: [], futureSchemas: [], existing: false, ...more };
}

/** All that a role can be given, by name, so that what an undo left behind shows. */
async function privileges(server: TestServer): Promise<unknown> {
  const acl = (list: string, kind: string, owner: string): string =>
    `(select coalesce(json_agg(x::text order by x::text), '[]') from aclexplode(coalesce(${list}, acldefault('${kind}', ${owner}))) x)`;
  return server.query(`
    select 'role' as kind, rolname::text as name, (to_jsonb(r) - 'oid')::text as is from pg_roles r
    union all select 'table', c.oid::regclass::text, ${acl('relacl', 'r', 'relowner')}::text from pg_class c
      where relkind in ('r', 'p') and relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
    union all select 'schema', nspname, ${acl('nspacl', 'n', 'nspowner')}::text from pg_namespace where nspname !~ '^pg_'
    union all select 'column', attrelid::regclass || '.' || attname, attacl::text from pg_attribute where attacl is not null and attrelid >= 16384
    union all select 'database', datname, ${acl('datacl', 'd', 'datdba')}::text from pg_database
    union all select 'default', defaclrole::regrole::text || defaclnamespace, defaclacl::text from pg_default_acl
    union all select 'member', roleid::regrole::text, member::regrole::text from pg_auth_members
    order by 1, 2, 3`);
}

async function gives(server: TestServer, { effect }: Step): Promise<boolean> {
  assert.ok(effect, 'every one of these steps can be told by the catalogs');
  return (await server.query(renderForServer(effect))).length > 0;
}

/** What the role may do now of what these publications need. */
export async function accessTo(bench: Bench, role: string, publications: readonly string[]): Promise<RoleAccess> {
  const oids = tablesToRead(await bench.target('publisher'), publications).map(({ oid }) => oid);
  return bench.service.reads.roleAccess('publisher', role, oids);
}

/** Runs a plan whose effects must be absent before and there after, takes it back, and finds everything as it was. */
export async function thereAndBack(bench: Bench, server: TestServer, plan: Plan): Promise<void> {
  const before = await privileges(server);
  for (const step of plan.steps) assert.equal(await gives(server, step), false, `before: ${step.title}`);
  const outcome = await bench.done(plan);
  assert.deepEqual(
    outcome.steps.flatMap(({ notices }) => notices),
    [],
    'a GRANT that gives nothing only warns',
  );
  for (const step of plan.steps) assert.equal(await gives(server, step), true, `after: ${step.title}`);
  assert.notDeepEqual(await privileges(server), before);
  const undo = undoPlan(plan, outcome);
  assert.ok(undo);
  await bench.done(undo);
  assert.deepEqual(await privileges(server), before);
}

/** Problems, each as one line. */
export function messages(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ severity, message }) => `${severity}: ${message}`);
}

/** What a report found wrong. */
export function faults(findings: readonly RoleFinding[]): readonly string[] {
  return findings.filter(({ ok }) => ok === false).map(({ text }) => text);
}

/** Tables of several owners and schemas, two publications of them, and a database that not everybody may connect to. */
export async function shape(server: TestServer): Promise<void> {
  const key = server.major >= 11 ? 'primary key' : '';
  await server.script(`
    create role keeper; create role maker login;
    create schema sales; create schema "Größe; --"; grant create, usage on schema sales to maker;
    create table orders (id int primary key, note text); create table sales.leads (id int primary key);
    create table "Größe; --"."it's" (id int primary key);
    create table sales.made (id int primary key); alter table sales.made owner to maker;
    create table parted (id int ${key}) partition by range (id);
    create table parted_1 partition of parted for values from (0) to (100);
    ${server.major >= 11 ? '' : 'alter table parted_1 add primary key (id);'}
    insert into orders select g, 'n' from generate_series(1, 20) g; insert into sales.leads values (1);
    revoke connect on database postgres from public;
    create publication shop for table orders, sales.leads, sales.made, "Größe; --"."it's", parted_1;
    create publication everything for all tables;`);
}

/** Holds a WAL sender until the given function is called. */
export async function hold(server: TestServer): Promise<() => Promise<void>> {
  const { Client } = await import('pg');
  const config = { host: server.host, port: server.port, user: server.superuser, password: server.password };
  const client = new Client({ ...config, database: 'postgres', replication: 'database' } as ConstructorParameters<
    typeof Client
  >[0]);
  client.on('error', () => {});
  await client.connect();
  return () => client.end();
}
