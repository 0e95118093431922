import type { RoleAccess, RoleGiver, TableAccess } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';
import { privilegeRoles } from '../providers/signs.ts';
import { asFlag, asList, asObject, asText, asTextOrNull, asTexts, type Json } from './json.ts';

/**
 * $1: the role's name; $2: oids of tables. A role that isn't there has what PUBLIC has. Row-level security counts where
 * the role neither bypasses it nor owns the table (or the table forces it on its owner). Since 16 (pg_auth_members has
 * inherit_option) a role with CREATEROLE and REPLICATION may give the attribute.
 */
const accessText = `
  with r as (select r.* from pg_catalog.pg_roles r where r.rolname = $1::name),
       w as (select coalesce((select rolname from r), 'public'::name) as who),
       me as (select m.* from pg_catalog.pg_roles m where m.rolname = current_user)
  select pg_catalog.json_build_object(
    'exists', exists (select from r),
    'superuser', coalesce((select rolsuper from r), false),
    'replication', coalesce((select rolreplication from r), false),
    'login', coalesce((select rolcanlogin from r), false),
    'bypasses', coalesce((select rolbypassrls or rolsuper from r), false),
    'memberOf', (select pg_catalog.json_agg(g.rolname order by g.rolname) from pg_catalog.pg_roles g, r
                  where g.rolname = any ($3::name[]) and pg_catalog.pg_has_role(r.oid, g.oid, 'member')),
    'connect', (select pg_catalog.has_database_privilege(w.who, pg_catalog.current_database(), 'CONNECT') from w),
    'grantsConnect', pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CONNECT WITH GRANT OPTION'),
    'schemas', (select pg_catalog.json_agg(pg_catalog.json_build_array(n.nspname, pg_catalog.has_schema_privilege(w.who, n.oid, 'USAGE'),
                         pg_catalog.has_schema_privilege(n.oid, 'USAGE WITH GRANT OPTION')) order by n.nspname)
                  from pg_catalog.pg_namespace n, w where n.nspname <> 'information_schema' and n.nspname::text !~ '^pg_'),
    'tables', (select pg_catalog.json_agg(pg_catalog.json_build_array(n.nspname, c.relname,
                         pg_catalog.has_table_privilege(w.who, c.oid, 'SELECT'),
                         (select pg_catalog.json_agg(a.attname order by a.attnum) from pg_catalog.pg_attribute a
                           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                             and not pg_catalog.has_table_privilege(w.who, c.oid, 'SELECT')
                             and pg_catalog.has_column_privilege(w.who, c.oid, a.attnum, 'SELECT')),
                         (select pg_catalog.json_agg(a.attname order by a.attnum) from pg_catalog.pg_attribute a
                           where a.attrelid = c.oid and not a.attisdropped and exists (
                             select from pg_catalog.aclexplode(a.attacl) x
                              where x.privilege_type = 'SELECT' and x.grantee = (select oid from r))),
                         pg_catalog.has_table_privilege(c.oid, 'SELECT WITH GRANT OPTION'),
                         c.relrowsecurity and (c.relforcerowsecurity or coalesce((select not pg_catalog.pg_has_role(r.oid, c.relowner, 'usage') from r), true)))
                         order by n.nspname, c.relname)
                  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace, w
                 where c.oid = any ($2::oid[])),
    'future', (select pg_catalog.json_agg(pg_catalog.json_build_array(o.rolname, n.nspname))
                 from pg_catalog.pg_default_acl d join pg_catalog.pg_roles o on o.oid = d.defaclrole
                 left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
                where d.defaclobjtype = 'r' and exists (
                  select from pg_catalog.aclexplode(d.defaclacl) x
                   where x.privilege_type = 'SELECT' and (x.grantee = 0 or x.grantee = (select oid from r)))),
    'giver', (select pg_catalog.json_build_object('name', me.rolname, 'creates', me.rolsuper or me.rolcreaterole,
                'gives', me.rolsuper or (me.rolcreaterole and me.rolreplication and exists (
                   select from pg_catalog.pg_attribute a
                    where a.attrelid = 'pg_catalog.pg_auth_members'::regclass and a.attname = 'inherit_option')),
                'memberOf', (select pg_catalog.json_agg(g.rolname order by g.rolname) from pg_catalog.pg_roles g
                              where g.rolname = any ($3::name[]) and pg_catalog.pg_has_role(me.oid, g.oid, 'member')))
              from me))::text as answer`;

/** See OnDemandReads.roleAccess. One round trip. Rejects with ReplicationError. */
export async function readRoleAccess(
  session: Session,
  role: string,
  tableOids: readonly number[],
): Promise<RoleAccess> {
  const values = [role, `{${tableOids.join(',')}}`, `{${privilegeRoles.join(',')}}`];
  const rows = await session.query<{ answer: string }>(accessText, values, {
    doing: 'read what the role may do',
    deadlineMs: 30_000,
  });
  const fields = asObject(JSON.parse(rows[0]?.answer ?? 'null') as Json);
  const bypasses = asFlag(fields['bypasses']);
  return {
    role,
    exists: asFlag(fields['exists']),
    superuser: asFlag(fields['superuser']),
    replication: asFlag(fields['replication']),
    login: asFlag(fields['login']),
    bypassesRowSecurity: bypasses,
    memberOf: asTexts(fields['memberOf']),
    database: { connect: asFlag(fields['connect']), grantable: asFlag(fields['grantsConnect']) },
    schemas: asList(fields['schemas']).map((row) => {
      const [schema, usage, grantable] = asList(row);
      return { schema: asText(schema), usage: asFlag(usage), grantable: asFlag(grantable) };
    }),
    tables: asList(fields['tables']).map((row) => parseTable(row, bypasses)),
    future: asList(fields['future']).map((row) => {
      const [owner, schema] = asList(row);
      return { owner: asText(owner), schema: asTextOrNull(schema) };
    }),
    giver: parseGiver(fields['giver']),
  };
}

function parseTable(row: Json, bypasses: boolean): TableAccess {
  const [schema, name, select, columns, ownColumns, grantable, rowSecurity] = asList(row);
  return {
    schema: asText(schema),
    name: asText(name),
    select: asFlag(select) ? 'all' : asTexts(columns),
    ownColumns: asTexts(ownColumns),
    grantable: asFlag(grantable),
    rowSecurity: asFlag(rowSecurity) && !bypasses,
  };
}

function parseGiver(answer: Json | undefined): RoleGiver {
  const fields = asObject(answer);
  return {
    name: asText(fields['name']),
    createsRoles: asFlag(fields['creates']),
    givesReplication: asFlag(fields['gives']),
    memberOf: asTexts(fields['memberOf']),
  };
}
