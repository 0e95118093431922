import type { PublicationChoice, PublishedTableChoice } from '../model/choices.ts';
import type { Publication } from '../model/publication.ts';
import type { Inventory } from '../model/snapshot.ts';
import type { Statement } from '../model/statement.ts';
import { namesMembers, scopeClause } from '../operations/publication/publicationScope.ts';
import {
  memberClause,
  optionChanges,
  publicationDefaults,
  publishedOperations,
} from '../operations/publication/publicationSql.ts';
import { writtenMembers } from '../operations/publication/publishedTables.ts';
import { quoteIdentifier, quoteLiteral } from '../postgres/quote.ts';
import { mustFind } from './find.ts';

/**
 * The statements that make a publication again on a server of its version: members, options, comment, owner. Throws
 * ReplicationError 'missing'.
 */
export function scriptPublication(inventory: Inventory, name: string): readonly Statement[] {
  const publication = mustFind(
    inventory.publications.find((candidate) => candidate.name === name),
    `publication ${name}`,
  );
  const object = `PUBLICATION ${quoteIdentifier(name)}`;
  return [
    [createSql(inventory, publicationAsWritten(inventory, publication))],
    ...(publication.comment === null ? [] : [[`COMMENT ON ${object} IS ${quoteLiteral(publication.comment)}`]]),
    [`ALTER ${object} OWNER TO ${quoteIdentifier(publication.owner)}`],
  ];
}

/**
 * A publication as the choice that makes it again exactly, every member by name: the catalog lists tables that inherit
 * one by one, so a table that others inherit from is named with ONLY.
 */
export function publicationAsChoice(inventory: Inventory, publication: Publication): PublicationChoice {
  const { name, allTables, schemas, operations, viaRoot, generatedColumns } = publication;
  const parents = new Set(inventory.tables.flatMap(({ inheritsFrom }) => inheritsFrom ?? []));
  const tables = publication.tables.map((table): PublishedTableChoice => ({
    schema: table.schema,
    name: table.name,
    columns: table.columns,
    filter: table.filter,
    ...(parents.has(table.oid) ? { only: true } : {}),
  }));
  const exceptTables = publication.exceptTables?.map(({ oid, schema, name: of }) => ({
    schema,
    name: of,
    ...(parents.has(oid) ? { only: true } : {}),
  }));
  return {
    name,
    scope: allTables ? 'allTables' : 'chosen',
    schemas,
    tables,
    operations,
    viaRoot,
    generatedColumns,
    ...(exceptTables ? { exceptTables } : {}),
    ...(publication.allSequences ? { allSequences: true } : {}),
  };
}

/**
 * The same as a person would write it: where all that inherit from a table come along with it just as it is, it alone is
 * named, without ONLY.
 */
export function publicationAsWritten(inventory: Inventory, publication: Publication): PublicationChoice {
  const choice = publicationAsChoice(inventory, publication);
  const members = choice.tables.map(({ schema, name, columns, filter }) => ({ schema, name, columns, filter }));
  const except = (choice.exceptTables ?? []).map(({ schema, name }) => ({ schema, name, columns: null, filter: null }));
  const exceptTables = writtenMembers(inventory, except, except).map(({ schema, name, only }) => ({
    schema,
    name,
    ...(only === true ? { only } : {}),
  }));
  return {
    ...choice,
    tables: writtenMembers(inventory, members, members),
    ...(exceptTables.length > 0 ? { exceptTables } : {}),
  };
}

/** What is published is said also where it is the default: before 11 the default was without TRUNCATE. */
function createSql(inventory: Inventory, choice: PublicationChoice): string {
  const { operations } = choice;
  const published = `publish = ${quoteLiteral(publishedOperations(inventory, choice))}`;
  const others = optionChanges(inventory, { ...publicationDefaults, operations }, choice);
  const members = namesMembers(choice)
    ? memberClause(inventory, choice.tables, choice.schemas)
    : scopeClause(inventory, choice);
  return [
    `CREATE PUBLICATION ${quoteIdentifier(choice.name)}`,
    ...(members === null ? [] : [`  FOR ${members}`]),
    `  WITH (${[published, ...others].join(', ')})`,
  ].join('\n');
}
