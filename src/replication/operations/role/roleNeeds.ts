import type { RoleAccess } from '../../model/reads.ts';
import type { Table } from '../../model/table.ts';
import { publicationOf } from '../publication/dropPublication.ts';
import { leavesOut, tableKey, tablesSentTo } from '../publication/publishedTables.ts';
import type { PlanTarget } from '../target.ts';

/** What a role needs, besides the right to replicate, to copy and follow some publications. */
export interface RoleNeeds {
  readonly publications: readonly string[];
  readonly connect: boolean;
  readonly schemas: readonly string[];
  readonly tables: readonly Table[];
  /** By schema: the owners whose later tables are to be readable. */
  readonly future: readonly { readonly schema: string; readonly owners: readonly string[] }[];
}

/**
 * The tables that a subscriber copies of these publications: leaf partitions, or the root where a publication goes via
 * the root. Each once. Throws ReplicationError 'missing' for a publication that isn't there.
 */
export function tablesToRead(target: PlanTarget, publications: readonly string[]): readonly Table[] {
  const { inventory } = target.snapshot;
  return [...new Set(publications.flatMap((name) => tablesSentTo(inventory, publicationOf(target, name))))];
}

/** Everything that is needed, whatever the role has already. */
export function roleNeeds(
  target: PlanTarget,
  choice: { readonly publications: readonly string[]; readonly futureSchemas: readonly string[] },
): RoleNeeds {
  const tables = tablesToRead(target, choice.publications);
  return {
    publications: choice.publications,
    connect: true,
    schemas: [...new Set([...tables.map(({ schema }) => schema), ...choice.futureSchemas])].toSorted(),
    tables,
    future: choice.futureSchemas.map((schema) => ({ schema, owners: ownersIn(target, schema) })),
  };
}

/** What of it the role lacks. Without `access` (nobody looked) all of it counts as lacking, but for CONNECT. */
export function whatIsLacking(target: PlanTarget, needs: RoleNeeds, access: RoleAccess | null): RoleNeeds {
  if (access === null) return { ...needs, connect: false };
  if (access.superuser) return { ...needs, connect: false, schemas: [], tables: [], future: [] };
  const usable = new Set(access.schemas.filter(({ usage }) => usage).map(({ schema }) => schema));
  const readable = new Map(access.tables.map((table) => [tableKey(table), table.select]));
  const granted = (owner: string, schema: string): boolean =>
    access.future.some((entry) => entry.owner === owner && (entry.schema ?? schema) === schema);
  const columnsOf = (table: Table): readonly string[] | null => neededColumns(target, needs.publications, table);
  return {
    publications: needs.publications,
    connect: !access.database.connect,
    schemas: needs.schemas.filter((schema) => !usable.has(schema)),
    tables: needs.tables.filter((table) => !reads(readable.get(tableKey(table)), columnsOf(table))),
    future: needs.future.flatMap(({ schema, owners }) => {
      const lacking = owners.filter((owner) => !granted(owner, schema));
      return lacking.length > 0 ? [{ schema, owners: lacking }] : [];
    }),
  };
}

/**
 * The columns that are copied: null for all. Where a row filter stands too, all of them: it may look at columns that
 * aren't in the list.
 */
function neededColumns(target: PlanTarget, publications: readonly string[], table: Table): readonly string[] | null {
  const columns = new Set<string>();
  for (const publication of publications.map((name) => publicationOf(target, name))) {
    const member = publication.tables.find(({ oid }) => oid === table.oid);
    const all = publication.allTables && !leavesOut(publication, table);
    if (!member && (all || publication.schemas.includes(table.schema))) return null;
    if (!member) continue;
    if (member.columns === null || member.filter !== null) return null;
    for (const column of member.columns) columns.add(column);
  }
  return columns.size > 0 ? [...columns] : null;
}

function reads(select: 'all' | readonly string[] | undefined, needed: readonly string[] | null): boolean {
  if (select === undefined) return false;
  return select === 'all' || (needed !== null && needed.every((column) => select.includes(column)));
}

/** Who makes tables there: the owners of those that are there, or else the role that is logged in. */
function ownersIn(target: PlanTarget, schema: string): readonly string[] {
  const { tables, server } = target.snapshot.inventory;
  const owners = new Set(tables.filter((table) => table.schema === schema).map(({ owner }) => owner));
  return owners.size > 0 ? [...owners].toSorted() : [server.role.name];
}
