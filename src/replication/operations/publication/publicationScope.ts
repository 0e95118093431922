import type { ExceptedTableChoice, PublicationChoice } from '../../model/choices.ts';
import type { Publication } from '../../model/publication.ts';
import type { TableName } from '../../model/reads.ts';
import type { Inventory } from '../../model/snapshot.ts';
import { quoteQualified } from '../../postgres/quote.ts';
import { offers } from '../offers.ts';
import { listInWords, tableLabel } from '../words.ts';
import { exactMembers, tableKey, writtenMembers } from './publishedTables.ts';

/** What a publication takes as a whole, rather than by naming its members. */
export interface PublicationScope {
  readonly allTables: boolean;
  /** What FOR ALL TABLES leaves out, each table for itself (19, untried). */
  readonly exceptTables: readonly TableName[];
  /** FOR ALL SEQUENCES (19, untried). */
  readonly allSequences: boolean;
}

/** Whether a choice is one of chosen tables and schemas: neither all tables nor all sequences. */
export function namesMembers({ allSequences, scope }: Pick<PublicationChoice, 'scope' | 'allSequences'>): boolean {
  return scope === 'chosen' && allSequences !== true;
}

/** What a publication that is there takes as a whole. */
export function scopeOf({ allSequences, allTables, exceptTables }: Publication): PublicationScope {
  return { allTables, exceptTables: allTables ? (exceptTables ?? []) : [], allSequences: allSequences === true };
}

/** What a choice takes as a whole on a server of this version; what that one lacks is left out. */
export function wantedScope(inventory: Inventory, choice: PublicationChoice): PublicationScope {
  const allTables = choice.scope === 'allTables';
  const leavesOut = allTables && offers(inventory, 'publication.exceptTables');
  return {
    allTables,
    exceptTables: leavesOut ? exactMembers(inventory, asMembers(choice.exceptTables)) : [],
    allSequences: choice.allSequences === true && offers(inventory, 'publication.allSequences'),
  };
}

/** Whether anything is taken as a whole. */
export function takesAll({ allSequences, allTables }: Pick<PublicationScope, 'allTables' | 'allSequences'>): boolean {
  return allTables || allSequences;
}

/** Whether two scopes are the same, whatever the order of what they leave out. */
export function sameScope(one: PublicationScope, other: PublicationScope): boolean {
  const text = ({ allSequences, allTables, exceptTables }: PublicationScope): string =>
    JSON.stringify([allTables, allSequences, exceptTables.map(tableKey).toSorted()]);
  return text(one) === text(other);
}

/**
 * `ALL TABLES EXCEPT (TABLE a, b), ALL SEQUENCES` as CREATE … FOR and ALTER … SET take it; null where a choice names its
 * members. Up to 18 only ALL TABLES.
 */
export function scopeClause(inventory: Inventory, choice: PublicationChoice): string | null {
  const { allSequences, allTables } = wantedScope(inventory, choice);
  const parts = [
    ...(allTables ? [`ALL TABLES${exceptClause(inventory, choice)}`] : []),
    ...(allSequences ? ['ALL SEQUENCES'] : []),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

function exceptClause(inventory: Inventory, { exceptTables = [] }: PublicationChoice): string {
  if (exceptTables.length === 0 || !offers(inventory, 'publication.exceptTables')) return '';
  const tables = writtenMembers(inventory, asMembers(exceptTables));
  const names = tables.map(
    ({ name, only, schema }) => `${only === true ? 'ONLY ' : ''}${quoteQualified(schema, name)}`,
  );
  return ` EXCEPT (TABLE ${names.join(', ')})`;
}

function asMembers(tables: readonly ExceptedTableChoice[] = []): PublicationChoice['tables'] {
  return tables.map((table) => ({ ...table, columns: null, filter: null }));
}

/** "all tables but public.a and all sequences"; "chosen tables only" where members are named. */
export function scopeInWords({ allSequences, allTables, exceptTables }: PublicationScope): string {
  const but =
    exceptTables.length === 0
      ? ''
      : ` but ${listInWords(exceptTables.map((table) => tableLabel(table.schema, table.name)))}`;
  const parts = [...(allTables ? [`all tables${but}`] : []), ...(allSequences ? ['all sequences'] : [])];
  if (parts.length === 0) return 'chosen tables only';
  return parts.join(exceptTables.length > 0 ? '; and ' : ' and ');
}
