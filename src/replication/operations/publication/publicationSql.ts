import type { PublicationChoice, PublishedTableChoice } from '../../model/choices.ts';
import type { PublishedOperations } from '../../model/publication.ts';
import type { Inventory } from '../../model/snapshot.ts';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../postgres/quote.ts';
import { offers } from '../offers.ts';
import { namesMembers, scopeClause } from './publicationScope.ts';
import { writtenMembers } from './publishedTables.ts';

/**
 * CREATE PUBLICATION for a choice, in the syntax the server has: what its version lacks is left out, and so
 * is every option that is the server's default. No table at all makes an empty publication.
 */
export function createPublicationSql(inventory: Inventory, choice: PublicationChoice): string {
  const parts = [`CREATE PUBLICATION ${quoteIdentifier(choice.name)}`];
  const members = namesMembers(choice)
    ? memberClause(inventory, writtenMembers(inventory, choice.tables), choice.schemas)
    : scopeClause(inventory, choice);
  if (members !== null) parts.push(`FOR ${members}`);
  const options = optionsAtCreation(inventory, choice);
  if (options.length > 0) parts.push(`WITH (${options.join(', ')})`);
  return parts.join(parts.some((part) => part.includes('\n')) ? '\n' : ' ');
}

/**
 * `TABLE a, b, TABLES IN SCHEMA s` as CREATE and ALTER take it, one line a member where there are several; null for
 * none. Tables are written as they are given, with ONLY where that is asked.
 */
export function memberClause(
  inventory: Inventory,
  tables: readonly PublishedTableChoice[],
  schemas: readonly string[],
): string | null {
  const syntax = memberSyntaxOf(inventory);
  const written = tables.map((table) => memberSql(table, syntax));
  const named = offers(inventory, 'publication.schemas') ? schemas.map(quoteIdentifier) : [];
  const groups = [
    ...(written.length > 0 ? [`TABLE ${written.join(',\n  ')}`] : []),
    ...(named.length > 0 ? [`TABLES IN SCHEMA ${named.join(', ')}`] : []),
  ];
  return groups.length > 0 ? groups.join(',\n  ') : null;
}

/** What a table of a publication can be written with. */
export interface MemberSyntax {
  readonly columnLists: boolean;
  readonly rowFilters: boolean;
}

function memberSyntaxOf(inventory: Inventory): MemberSyntax {
  return {
    columnLists: offers(inventory, 'publication.columnLists'),
    rowFilters: offers(inventory, 'publication.rowFilters'),
  };
}

/** One table with its columns and its filter, as far as the syntax has them. */
export function memberSql(table: PublishedTableChoice, syntax: MemberSyntax): string {
  const parts = [`${table.only === true ? 'ONLY ' : ''}${quoteQualified(table.schema, table.name)}`];
  if (table.columns !== null && syntax.columnLists) {
    parts.push(`(${table.columns.map(quoteIdentifier).join(', ')})`);
  }
  if (table.filter !== null && syntax.rowFilters) {
    // A line comment in the filter must not swallow the parenthesis that ends it.
    parts.push(`WHERE (${table.filter}${table.filter.includes('--') ? '\n' : ''})`);
  }
  return parts.join(' ');
}

/** The options of a publication as a server of this version has them; what it lacks is at its default. */
export type PublicationOptions = Pick<PublicationChoice, 'operations' | 'viaRoot' | 'generatedColumns'>;

/** What CREATE PUBLICATION makes of what isn't said; before 11 there is no truncate. */
export const publicationDefaults: PublicationOptions = {
  operations: { insert: true, update: true, delete: true, truncate: true },
  viaRoot: false,
  generatedColumns: 'none',
};

/** The chosen options without what the server's version doesn't have. */
export function offeredOptions(inventory: Inventory, chosen: PublicationOptions): PublicationOptions {
  const { insert, update, delete: del, truncate } = chosen.operations;
  return {
    operations: { insert, update, delete: del, truncate: truncate && offers(inventory, 'publication.truncate') },
    viaRoot: chosen.viaRoot && offers(inventory, 'publication.viaRoot'),
    generatedColumns: offers(inventory, 'publication.generatedColumns') ? chosen.generatedColumns : 'none',
  };
}

/** The assignments that lead from some options to others, for ALTER PUBLICATION … SET; none where nothing differs. */
export function optionChanges(
  inventory: Inventory,
  from: PublicationOptions,
  to: PublicationOptions,
): readonly string[] {
  const [before, after] = [offeredOptions(inventory, from), offeredOptions(inventory, to)];
  const changes: string[] = [];
  const [published, wanted] = [publishedOperations(inventory, before), publishedOperations(inventory, after)];
  if (published !== wanted) changes.push(`publish = ${quoteLiteral(wanted)}`);
  if (before.viaRoot !== after.viaRoot) changes.push(`publish_via_partition_root = ${String(after.viaRoot)}`);
  if (before.generatedColumns !== after.generatedColumns) {
    changes.push(`publish_generated_columns = ${after.generatedColumns}`);
  }
  return changes;
}

/** At the creation all options that aren't PostgreSQL's defaults have to be said. */
function optionsAtCreation(inventory: Inventory, choice: PublicationChoice): readonly string[] {
  return optionChanges(inventory, publicationDefaults, choice);
}

/** The value of `publish`. */
export function publishedOperations(inventory: Inventory, { operations }: PublicationOptions): string {
  return offeredOperations(inventory)
    .filter((operation) => operations[operation])
    .join(', ');
}

/** What a publication of this server can send: all four, before 11 all but truncate. */
function offeredOperations(inventory: Inventory): readonly (keyof PublishedOperations)[] {
  const always = ['insert', 'update', 'delete'] as const;
  return offers(inventory, 'publication.truncate') ? [...always, 'truncate'] : always;
}
