import type { PublicationChoice } from '../model/choices.ts';
import type { PublishedOperations } from '../model/publication.ts';
import type { Inventory } from '../model/snapshot.ts';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../postgres/quote.ts';
import { offers } from './offers.ts';

/**
 * CREATE PUBLICATION for a choice, in the syntax the server has: what its version lacks is left out, and so
 * is every option that is the server's default. No table at all makes an empty publication.
 *
 * A table is never written with ONLY: its partitions and the tables that inherit from it are published with
 * it, which is PostgreSQL's default too.
 */
export function createPublicationSql(inventory: Inventory, choice: PublicationChoice): string {
  const parts = [`CREATE PUBLICATION ${quoteIdentifier(choice.name)}`];
  const members = choice.scope === 'allTables' ? 'FOR ALL TABLES' : memberClause(inventory, choice);
  if (members) parts.push(members);
  const options = publicationOptions(inventory, choice);
  if (options.length > 0) parts.push(`WITH (${options.join(', ')})`);
  return parts.join(parts.some((part) => part.includes('\n')) ? '\n' : ' ');
}

/** `FOR TABLE a, b, TABLES IN SCHEMA s`, one line a member where there are several; null for none. */
function memberClause(inventory: Inventory, choice: PublicationChoice): string | null {
  const tables = choice.tables.map((table) => tableMember(inventory, table));
  const schemas = offers(inventory, 'publication.schemas') ? choice.schemas.map(quoteIdentifier) : [];
  const groups = [
    ...(tables.length > 0 ? [`TABLE ${tables.join(',\n  ')}`] : []),
    ...(schemas.length > 0 ? [`TABLES IN SCHEMA ${schemas.join(', ')}`] : []),
  ];
  return groups.length > 0 ? `FOR ${groups.join(',\n  ')}` : null;
}

function tableMember(inventory: Inventory, table: PublicationChoice['tables'][number]): string {
  const parts = [quoteQualified(table.schema, table.name)];
  if (table.columns !== null && offers(inventory, 'publication.columnLists')) {
    parts.push(`(${table.columns.map(quoteIdentifier).join(', ')})`);
  }
  if (table.filter !== null && offers(inventory, 'publication.rowFilters')) {
    // A line comment in the filter must not swallow the parenthesis that ends it.
    parts.push(`WHERE (${table.filter}${table.filter.includes('--') ? '\n' : ''})`);
  }
  return parts.join(' ');
}

function publicationOptions(inventory: Inventory, choice: PublicationChoice): readonly string[] {
  const options: string[] = [];
  const offered = offeredOperations(inventory);
  const chosen = offered.filter((operation) => choice.operations[operation]);
  if (chosen.length < offered.length) options.push(`publish = ${quoteLiteral(chosen.join(', '))}`);
  if (choice.viaRoot && offers(inventory, 'publication.viaRoot')) options.push('publish_via_partition_root = true');
  if (choice.generatedColumns === 'stored' && offers(inventory, 'publication.generatedColumns')) {
    options.push('publish_generated_columns = stored');
  }
  return options;
}

/** What a publication of this server can send: all four, before 11 all but truncate. */
function offeredOperations(inventory: Inventory): readonly (keyof PublishedOperations)[] {
  const always = ['insert', 'update', 'delete'] as const;
  return offers(inventory, 'publication.truncate') ? [...always, 'truncate'] : always;
}
