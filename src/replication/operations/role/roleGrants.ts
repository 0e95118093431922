import type { RoleAccess } from '../../model/reads.ts';
import type { Statement } from '../../model/statement.ts';
import type { Table } from '../../model/table.ts';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../postgres/quote.ts';
import { tableKey } from '../publication/publishedTables.ts';
import type { StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { count, listInWords, tableLabel } from '../words.ts';
import type { RoleNeeds } from './roleNeeds.ts';

/** Steps that grant, and what can't be granted by the role that is logged in, in words. */
export interface Grants {
  readonly steps: readonly StepDraft[];
  readonly remarks: readonly string[];
}

/**
 * The GRANTs for what a role lacks: CONNECT, USAGE on schemas, SELECT on tables (a step for each schema), and default
 * privileges for later tables. What the role that is logged in may not grant is left out and told. Each is undone by
 * its REVOKE: only what it lacked was granted.
 */
export function grantsFor(target: PlanTarget, role: string, lacking: RoleNeeds, access: RoleAccess | null): Grants {
  const { steps: tableSteps, remarks: tableRemarks } = tableGrants(target, role, lacking.tables, access);
  const parts = [
    connectGrant(target, role, lacking.connect, access),
    schemaGrant(target, role, lacking.schemas, access),
    { steps: tableSteps, remarks: tableRemarks },
    ...lacking.future.map((entry) => futureGrant(target, role, entry)),
  ];
  return { steps: parts.flatMap(({ steps }) => steps), remarks: parts.flatMap(({ remarks }) => remarks) };
}

/** Gives a row where the role is there and `condition` holds, an SQL condition on its row r of pg_roles. */
export function roleHas(role: string, condition: string): Statement {
  return [`SELECT 1 FROM pg_catalog.pg_roles r WHERE r.rolname = ${quoteLiteral(role)} AND (${condition})`];
}

const nothing: Grants = { steps: [], remarks: [] };

function connectGrant(target: PlanTarget, role: string, lacks: boolean, access: RoleAccess | null): Grants {
  if (!lacks) return nothing;
  const { database } = target.snapshot.inventory.server;
  if (access?.database.grantable === false) {
    return { steps: [], remarks: [`The owner of the database ${database} has to grant CONNECT on it to ${role}.`] };
  }
  const on = `ON DATABASE ${quoteIdentifier(database)}`;
  return one({
    on: target,
    title: `Let ${role} connect to the database ${database}`,
    ...grantAndRevoke(`CONNECT ${on}`, role, `Take CONNECT on ${database} from ${role}`),
    effect: roleHas(role, `pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), 'CONNECT')`),
  });
}

function schemaGrant(target: PlanTarget, role: string, schemas: readonly string[], access: RoleAccess | null): Grants {
  const blocked = new Set(access?.schemas.filter(({ grantable }) => !grantable).map(({ schema }) => schema) ?? []);
  const mine = schemas.filter((schema) => !blocked.has(schema));
  const others = schemas.filter((schema) => blocked.has(schema));
  const remarks =
    others.length === 0 ? [] : [`The owner of ${schemasInWords(others)} has to grant USAGE on it to ${role}.`];
  if (mine.length === 0) return { steps: [], remarks };
  const names = mine.map(quoteLiteral).join(', ');
  const step: StepDraft = {
    on: target,
    title: `Let ${role} use ${schemasInWords(mine)}`,
    ...grantAndRevoke(
      `USAGE ON SCHEMA ${mine.map(quoteIdentifier).join(', ')}`,
      role,
      `Take USAGE on ${schemasInWords(mine)} from ${role}`,
    ),
    effect: roleHas(
      role,
      `NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname IN (${names}) AND NOT pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE'))`,
    ),
  };
  return { steps: [step], remarks };
}

function tableGrants(target: PlanTarget, role: string, tables: readonly Table[], access: RoleAccess | null): Grants {
  const { superuser } = target.snapshot.inventory.server.role;
  const known = new Map(access?.tables.map((table) => [tableKey(table), table]) ?? []);
  const isMine = (table: Table): boolean => known.get(tableKey(table))?.grantable ?? (superuser || table.ownedByMe);
  const columnsOf = (table: Table): readonly string[] => known.get(tableKey(table))?.ownColumns ?? [];
  const others = tables.filter((table) => !isMine(table));
  const mine = tables.filter(isMine);
  const schemas = [...new Set(mine.map(({ schema }) => schema))];
  const owners = [...new Set(others.map(({ owner }) => owner))];
  return {
    steps: schemas.map((schema) => tableGrant(target, role, schema, tablesIn(mine, schema), columnsOf)),
    remarks: owners.map((owner) => {
      const theirs = others
        .filter((table) => table.owner === owner)
        .map(({ schema, name }) => tableLabel(schema, name));
      return `${owner} has to grant SELECT on ${listInWords(theirs)} to ${role}: ${target.snapshot.inventory.server.role.name} may not.`;
    }),
  };
}

function tablesIn(tables: readonly Table[], schema: string): readonly Table[] {
  return tables.filter((table) => table.schema === schema);
}

/** `columnsOf`: those that the role has by themselves, which the REVOKE of the whole table takes along. */
function tableGrant(
  target: PlanTarget,
  role: string,
  schema: string,
  tables: readonly Table[],
  columnsOf: (table: Table) => readonly string[],
): StepDraft {
  const [only] = tables;
  const what =
    tables.length === 1 && only
      ? tableLabel(only.schema, only.name)
      : `${count(tables.length, 'table')} of the schema ${schema}`;
  const names = tables.map(({ name }) => quoteLiteral(name)).join(', ');
  const { statement, undo = null } = grantAndRevoke(
    `SELECT ON TABLE ${tables.map(({ name }) => quoteQualified(schema, name)).join(', ')}`,
    role,
    `Take SELECT on ${what} from ${role}`,
  );
  const again = tables.flatMap((table) => {
    const columns = columnsOf(table).map(quoteIdentifier).join(', ');
    return columns === ''
      ? []
      : [`; GRANT SELECT (${columns}) ON TABLE ${quoteQualified(schema, table.name)} TO ${quoteIdentifier(role)}`];
  });
  return {
    on: target,
    title: `Let ${role} read ${what}`,
    statement,
    undo: undo && { ...undo, statement: [...undo.statement, ...again] },
    effect: roleHas(
      role,
      `NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${quoteLiteral(schema)} AND c.relname IN (${names}) AND NOT pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT'))`,
    ),
  };
}

function futureGrant(
  target: PlanTarget,
  role: string,
  { schema, owners }: { readonly schema: string; readonly owners: readonly string[] },
): Grants {
  const { server, tables } = target.snapshot.inventory;
  const actable = new Set([server.role.name, ...tables.filter((table) => table.ownedByMe).map(({ owner }) => owner)]);
  const mine = owners.filter((owner) => server.role.superuser || actable.has(owner));
  const others = owners.filter((owner) => !mine.includes(owner));
  const remarks =
    others.length === 0
      ? []
      : [
          `Tables that ${listInWords(others)} will create in ${schema} stay closed to ${role}: only they, or a member of them, can change that (ALTER DEFAULT PRIVILEGES).`,
        ];
  if (mine.length === 0) return { steps: [], remarks };
  const alter = `ALTER DEFAULT PRIVILEGES FOR ROLE ${mine.map(quoteIdentifier).join(', ')} IN SCHEMA ${quoteIdentifier(schema)}`;
  const named = mine.map(quoteLiteral).join(', ');
  const step: StepDraft = {
    on: target,
    title: `Let ${role} read tables that ${listInWords(mine)} will create in the schema ${schema}`,
    statement: [`${alter} GRANT SELECT ON TABLES TO ${quoteIdentifier(role)}`],
    undo: {
      title: `Leave tables that ${listInWords(mine)} will create in the schema ${schema} closed to ${role}`,
      statement: [`${alter} REVOKE SELECT ON TABLES FROM ${quoteIdentifier(role)}`],
    },
    effect: roleHas(
      role,
      `(SELECT pg_catalog.count(DISTINCT d.defaclrole) FROM pg_catalog.pg_default_acl d JOIN pg_catalog.pg_roles o ON o.oid = d.defaclrole JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace, pg_catalog.aclexplode(d.defaclacl) x WHERE d.defaclobjtype = 'r' AND o.rolname IN (${named}) AND n.nspname = ${quoteLiteral(schema)} AND x.grantee = r.oid AND x.privilege_type = 'SELECT') = ${mine.length}`,
    ),
  };
  return { steps: [step], remarks };
}

function grantAndRevoke(what: string, role: string, undoTitle: string): Pick<StepDraft, 'statement' | 'undo'> {
  return {
    statement: [`GRANT ${what} TO ${quoteIdentifier(role)}`],
    undo: { title: undoTitle, statement: [`REVOKE ${what} FROM ${quoteIdentifier(role)}`] },
  };
}

function schemasInWords(schemas: readonly string[]): string {
  return `the schema${schemas.length === 1 ? '' : 's'} ${listInWords(schemas)}`;
}

function one(step: StepDraft): Grants {
  return { steps: [step], remarks: [] };
}
