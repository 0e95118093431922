import type { ReplicaIdentity, Table, TableDetails, UniqueIndex } from '../../../replication/model/table.ts';
import type { Choice } from '../../pickers/pick.ts';
import { count, sentenceList, tableName } from '../../tree/words.ts';

/** A replica identity to choose; `index` only for one table's. `unfit` can't be chosen, and says why. */
export interface Identity {
  readonly identity: ReplicaIdentity;
  readonly index: string | null;
  readonly unfit: boolean;
}

/** What can be chosen for one table. */
export function identityChoices(
  details: TableDetails | undefined,
  table: Table | undefined,
): readonly Choice<Identity>[] {
  const now = (identity: ReplicaIdentity): string => (table?.replicaIdentity === identity ? ' (now)' : '');
  const primary = details?.uniqueIndexes.find((index) => index.primary);
  return [
    defaultChoice(now('default'), defaultDetail(details, primary)),
    ...(details?.uniqueIndexes ?? [])
      .filter((index) => !index.primary)
      .map((index) => indexChoice(index, table?.identityIndex === index.name)),
    fullChoice(now('full')),
    nothingChoice(now('nothing')),
  ];
}

/** What can be chosen for several tables at once, with how many of them it would leave without an identity. */
export function identityChoicesOfAll(
  details: readonly TableDetails[],
  tables: readonly Table[],
): readonly Choice<Identity>[] {
  const now = (identity: ReplicaIdentity): string =>
    tables.every(({ replicaIdentity }) => replicaIdentity === identity) ? ' (now)' : '';
  const keyless = details.filter(
    ({ uniqueIndexes }) => !uniqueIndexes.some(({ primary, unfit }) => primary && unfit === null),
  );
  const indexless = details.filter((table) => bestIndex(table) === undefined);
  return [
    defaultChoice(
      now('default'),
      keyless.length === 0
        ? 'All of them have one'
        : `⚠ ${withoutWords(keyless)} no primary key: UPDATE and DELETE fail there once published`,
    ),
    {
      value: { identity: 'index', index: null, unfit: indexless.length > 0 },
      label: indexless.length > 0 ? 'Not possible: a unique index of each table' : 'A unique index of each table',
      detail:
        indexless.length > 0
          ? `${withoutWords(indexless)} no unique index that qualifies besides a primary key`
          : bestIndexWords(details),
    },
    fullChoice(now('full')),
    nothingChoice(now('nothing')),
  ];
}

/** The index of each table, as far as a line has room. */
function bestIndexWords(details: readonly TableDetails[]): string {
  const all = details.map((table) => `${tableName(table)}: ${bestIndex(table)?.name ?? ''}`).join(', ');
  return all.length <= 80 ? all : 'The narrowest of each table that qualifies';
}

function withoutWords(tables: readonly TableDetails[]): string {
  const [first] = tables;
  // A longer name would push what matters out of the line.
  const named = tables.length === 1 && first && tableName(first).length <= 18;
  return named ? `${tableName(first)} has` : `${count(tables.length, 'table')} ${tables.length === 1 ? 'has' : 'have'}`;
}

/** The narrowest index that may serve, besides the primary key; undefined where none may. */
export function bestIndex(details: TableDetails | undefined): UniqueIndex | undefined {
  const fitting = (details?.uniqueIndexes ?? []).filter(({ primary, unfit }) => !primary && unfit === null);
  return fitting.toSorted((a, b) => a.columns.length - b.columns.length)[0];
}

function defaultChoice(now: string, detail: string): Choice<Identity> {
  return { value: { identity: 'default', index: null, unfit: false }, label: `Default: the primary key${now}`, detail };
}

function fullChoice(now: string): Choice<Identity> {
  return {
    value: { identity: 'full', index: null, unfit: false },
    label: `Full: all columns${now}`,
    detail: '⚠ More WAL; a subscriber without a fitting index searches all rows for each change',
  };
}

function nothingChoice(now: string): Choice<Identity> {
  return {
    value: { identity: 'nothing', index: null, unfit: false },
    label: `Nothing${now}`,
    detail: '⚠ UPDATE and DELETE fail on the table while it is in a publication that sends them',
  };
}

function defaultDetail(details: TableDetails | undefined, primary: UniqueIndex | undefined): string {
  if (!details) return 'Tables without a primary key then have no identity';
  if (!primary) return '⚠ This table has no primary key: UPDATE and DELETE fail while they are published';
  return primary.unfit === null
    ? `${primary.name} (${sentenceList(primary.columns)})`
    : `⚠ It can’t serve, so UPDATE and DELETE fail once published. ${primary.unfit}`;
}

function indexChoice(index: UniqueIndex, now: boolean): Choice<Identity> {
  const columns = sentenceList(index.columns);
  return {
    value: { identity: 'index', index: index.name, unfit: index.unfit !== null },
    label: index.unfit === null ? `Index ${index.name}${now ? ' (now)' : ''}` : `Not possible: index ${index.name}`,
    description: columns,
    detail: index.unfit ?? 'A unique index on columns that are never null',
  };
}
