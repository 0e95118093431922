import type { NeededType, TableName } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';

const deadlineMs = 30_000;

/** A sequence is one of pg_class; up to 13 it had a row type too, which says no more. */
const text = `
  with needed as (select need ->> 'schema' as schema, need ->> 'name' as name, need ->> 'kind' as kind
                    from pg_catalog.json_array_elements($1::json) need)
  select e.schema, e.name from needed e join pg_catalog.pg_namespace n on n.nspname = e.schema
   where case when e.kind = 'sequence'
           then exists (select from pg_catalog.pg_class c where c.relnamespace = n.oid and c.relname = e.name)
           else exists (select from pg_catalog.pg_type t where t.typnamespace = n.oid and t.typname = e.name) end`;

/** See OnDemandReads.neededThere. One round trip; all versions from 10. Rejects with ReplicationError. */
export async function readNeededThere(session: Session, needs: readonly NeededType[]): Promise<readonly TableName[]> {
  if (needs.length === 0) return [];
  const wanted = needs.map(({ schema, name, kind }) => ({ schema, name, kind }));
  return session.query<{ schema: string; name: string }>(text, [JSON.stringify(wanted)], {
    doing: 'look which types and sequences there are',
    deadlineMs,
  });
}
