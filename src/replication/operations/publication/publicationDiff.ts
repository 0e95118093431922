import type { PublicationChoice, PublishedTableChoice } from '../../model/choices.ts';
import type { Publication, PublishedTable } from '../../model/publication.ts';
import type { Inventory } from '../../model/snapshot.ts';
import { offers } from '../offers.ts';
import { namesMembers } from './publicationScope.ts';
import { exactMembers, tableKey } from './publishedTables.ts';

/** A member that stays, with other columns or another filter. */
export interface ChangedMember {
  readonly before: PublishedTable;
  readonly after: PublishedTableChoice;
}

/** What differs between the members of a publication and those that are wanted. */
export interface MemberDifference {
  readonly added: readonly PublishedTableChoice[];
  readonly removed: readonly PublishedTable[];
  readonly changed: readonly ChangedMember[];
  readonly addedSchemas: readonly string[];
  readonly removedSchemas: readonly string[];
}

/** The members a choice wants on a server of this version, each for itself: none for all tables or all sequences. */
export function wantedMembers(inventory: Inventory, choice: PublicationChoice): readonly PublishedTableChoice[] {
  if (!namesMembers(choice)) return [];
  const lists = offers(inventory, 'publication.columnLists');
  const filters = offers(inventory, 'publication.rowFilters');
  return exactMembers(inventory, choice.tables).map((table) => ({
    ...table,
    columns: lists ? table.columns : null,
    filter: filters ? table.filter : null,
  }));
}

/** The schemas a choice wants, where the server's version has them. */
export function wantedSchemas(inventory: Inventory, choice: PublicationChoice): readonly string[] {
  return !namesMembers(choice) || !offers(inventory, 'publication.schemas') ? [] : [...new Set(choice.schemas)];
}

/** Compares the members; FOR ALL TABLES or ALL SEQUENCES on either side counts as none. */
export function compareMembers(
  inventory: Inventory,
  publication: Publication,
  choice: PublicationChoice,
): MemberDifference {
  const wanted = wantedMembers(inventory, choice);
  const present = new Map(publication.tables.map((table) => [tableKey(table), table]));
  const wantedKeys = new Set(wanted.map(tableKey));
  const schemas = wantedSchemas(inventory, choice);
  return {
    added: wanted.filter((table) => !present.has(tableKey(table))),
    removed: publication.tables.filter((table) => !wantedKeys.has(tableKey(table))),
    changed: wanted.flatMap((after) => {
      const before = present.get(tableKey(after));
      return before && !isSame(before, after) ? [{ before, after }] : [];
    }),
    addedSchemas: schemas.filter((schema) => !publication.schemas.includes(schema)),
    removedSchemas: publication.schemas.filter((schema) => !schemas.includes(schema)),
  };
}

/** Whether no member differs. */
export function sameMembers(difference: MemberDifference): boolean {
  return Object.values(difference).every((members: readonly unknown[]) => members.length === 0);
}

function isSame(before: PublishedTable, after: PublishedTableChoice): boolean {
  return sameColumns(before.columns, after.columns) && isSameFilter(before.filter, after.filter);
}

/** The order of a column list means nothing; a list of all columns is another thing than no list. */
function sameColumns(before: readonly string[] | null, after: readonly string[] | null): boolean {
  if (before === null || after === null) return before === after;
  const wanted = new Set(after);
  return before.length === wanted.size && before.every((column) => wanted.has(column));
}

/**
 * Only the server's own text says for certain that a filter is the same: it writes one in its own way, with
 * parentheses around the whole that a person may leave out.
 */
function isSameFilter(before: string | null, after: string | null): boolean {
  if (before === null || after === null) return before === after;
  const typed = after.trim();
  return typed === before || `(${typed})` === before;
}
