import type { PublicationChoice } from '../../model/choices.ts';
import type { Inventory } from '../../model/snapshot.ts';
import type { Statement } from '../../model/statement.ts';
import { quoteLiteral } from '../../postgres/quote.ts';
import { offers } from '../offers.ts';
import type { MemberDifference } from './publicationDiff.ts';
import type { PublicationScope } from './publicationScope.ts';
import { offeredOptions } from './publicationSql.ts';

/** Gives a row once the publication has the members that the difference leads to. */
export function membersEffect(publication: string, difference: MemberDifference): Statement {
  const { added, addedSchemas, changed, removed, removedSchemas } = difference;
  const there = [...added, ...changed.map(({ after }) => after)];
  return where(publication, [
    ...(there.length > 0 ? [`(${countTables(there)}) = ${there.length}`] : []),
    ...(removed.length > 0 ? [`(${countTables(removed)}) = 0`] : []),
    // How the server will write a filter that was typed isn't known: that it is no longer as it was tells.
    ...changed.map(({ before }) => `(${countTables([before], asItWas(before))}) = 0`),
    ...(addedSchemas.length > 0 ? [`(${countSchemas(addedSchemas)}) = ${addedSchemas.length}`] : []),
    ...(removedSchemas.length > 0 ? [`(${countSchemas(removedSchemas)}) = 0`] : []),
  ]);
}

/** Gives a row once the publication has these options. */
export function optionsEffect(publication: string, inventory: Inventory, choice: PublicationChoice): Statement {
  const { generatedColumns, operations, viaRoot } = offeredOptions(inventory, choice);
  const has = (column: string, wanted: boolean): string => `p.${column} = ${String(wanted)}`;
  return where(publication, [
    has('pubinsert', operations.insert),
    has('pubupdate', operations.update),
    has('pubdelete', operations.delete),
    ...(offers(inventory, 'publication.truncate') ? [has('pubtruncate', operations.truncate)] : []),
    ...(offers(inventory, 'publication.viaRoot') ? [has('pubviaroot', viaRoot)] : []),
    ...(offers(inventory, 'publication.generatedColumns')
      ? [`p.pubgencols = ${generatedColumns === 'stored' ? "'s'" : "'n'"}`]
      : []),
  ]);
}

/**
 * Gives a row once there is a publication of this name that is (or isn't) one FOR ALL TABLES, and (19, untried) FOR ALL
 * SEQUENCES, leaving out just what it is to leave out.
 */
export function scopeEffect(inventory: Inventory, publication: string, scope: PublicationScope): Statement {
  const { allSequences, allTables, exceptTables: except } = scope;
  const leftOut = 'r.prexcept';
  return where(publication, [
    `p.puballtables = ${String(allTables)}`,
    ...(offers(inventory, 'publication.allSequences') ? [`p.puballsequences = ${String(allSequences)}`] : []),
    ...(offers(inventory, 'publication.exceptTables')
      ? [
          `(SELECT pg_catalog.count(*) FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = p.oid AND ${leftOut}) = ${except.length}`,
          ...(except.length > 0 ? [`(${countTables(except, ` AND ${leftOut}`)}) = ${except.length}`] : []),
        ]
      : []),
  ]);
}

function where(publication: string, conditions: readonly string[]): Statement {
  const all = [`p.pubname = ${quoteLiteral(publication)}`, ...conditions];
  return [`SELECT 1 FROM pg_catalog.pg_publication p\nWHERE ${all.join('\n  AND ')}`];
}

function countTables(tables: readonly { readonly schema: string; readonly name: string }[], more = ''): string {
  const names = tables.map(({ name, schema }) => `(${quoteLiteral(schema)}, ${quoteLiteral(name)})`);
  return `SELECT pg_catalog.count(*) FROM pg_catalog.pg_publication_rel r
    JOIN pg_catalog.pg_class c ON c.oid = r.prrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE r.prpubid = p.oid AND (n.nspname::text, c.relname::text) IN (${names.join(', ')})${more}`;
}

function countSchemas(schemas: readonly string[]): string {
  return `SELECT pg_catalog.count(*) FROM pg_catalog.pg_publication_namespace r
    JOIN pg_catalog.pg_namespace n ON n.oid = r.pnnspid
    WHERE r.pnpubid = p.oid AND n.nspname::text IN (${schemas.map(quoteLiteral).join(', ')})`;
}

/** A member with the columns and the filter it had; asked only where the server has both (15 and newer). */
function asItWas({ columns, filter }: MemberDifference['changed'][number]['before']): string {
  const list = columns === null ? 'NULL' : `ARRAY[${columns.map(quoteLiteral).join(', ')}]`;
  return ` AND pg_catalog.pg_get_expr(r.prqual, r.prrelid) IS NOT DISTINCT FROM ${filter === null ? 'NULL' : quoteLiteral(filter)}
      AND (SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::pg_catalog.int2[])) IS NOT DISTINCT FROM ${list}`;
}
