import type { RoleDetail } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';
import { asFlag, asList, asText, type Json } from './json.ts';

/** Names that begin with pg_ are PostgreSQL's own, on all versions. */
const rolesText = `
  select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(r.rolname, r.rolsuper, r.rolreplication or exists (
             select from pg_catalog.pg_roles g where g.rolname = 'rds_replication' and pg_catalog.pg_has_role(r.oid, g.oid, 'member')),
           r.rolcanlogin) order by r.rolname), '[]')::text as answer
    from pg_catalog.pg_roles r where r.rolname::text !~ '^pg_'`;

/** See OnDemandReads.roles. One round trip. Rejects with ReplicationError. */
export async function readRoles(session: Session): Promise<readonly RoleDetail[]> {
  const rows = await session.query<{ answer: string }>(rolesText, [], { doing: 'read the roles', deadlineMs: 30_000 });
  return asList(JSON.parse(rows[0]?.answer ?? '[]') as Json).map((row) => {
    const [name, superuser, replication, login] = asList(row);
    return {
      name: asText(name),
      superuser: asFlag(superuser),
      replication: asFlag(replication),
      login: asFlag(login),
    };
  });
}
