import type { PublicationDraft } from '../../protocol/publication.ts';
import type { ErrorDescription } from '../../replication/model/errors.ts';
import { tableLabel } from '../../replication/operations/words.ts';

/** Where in the form a refusal belongs; null where that can't be told. */
export interface Place {
  /** As Problem.field. */
  readonly field: string | null;
  /** The table as Problem.object names it; null where it is about none, or can't be told. */
  readonly object: string | null;
}

/**
 * What in a draft caused the server's refusal of CREATE PUBLICATION, by SQLSTATE and message (verified on 10 to 18:
 * facts, 1.3 and 1.6). `sql` is the statement, for the refusals that give a position in it.
 */
export function placePublicationRefusal(error: ErrorDescription, draft: PublicationDraft, sql: string): Place {
  const { server } = error;
  // A new one whose plan is of the past: the name was free then.
  if (error.kind === 'stalePlan') return { field: 'name', object: null };
  if (!server) return nowhere;
  const words = `${server.message}\n${server.detail ?? ''}`;
  const table = namedTable(words, draft);
  const filtered = server.position === undefined ? null : filterAt(server.position, draft, sql);
  switch (server.code) {
    case '42710':
      if (/column list/.test(words)) return { field: 'columns', object: table };
      return server.message.startsWith('publication ')
        ? { field: 'name', object: null }
        : { field: 'tables', object: table };
    case '42622':
      return { field: 'name', object: null };
    case '42P01':
    case '42809':
      return { field: 'tables', object: table };
    case '3F000':
      return { field: 'tables', object: null };
    case '42501':
      return /must be owner/.test(words) || /must be superuser/.test(words)
        ? { field: 'tables', object: table }
        : nowhere;
    case '42703':
      // In a filter the position is given; in a column list it isn't.
      return filtered === null ? { field: 'columns', object: table } : { field: 'filter', object: filtered };
    case '42P10':
      return { field: 'columns', object: table };
    case '22023':
      return { field: /column list/.test(words) ? 'columns' : 'tables', object: table };
    case '0A000':
      if (/WHERE/.test(words)) return { field: 'filter', object: filtered ?? onlyFiltered(draft) };
      return { field: 'tables', object: table };
    default:
      // What is left of class 42 is about the text of a filter: syntax, types, functions.
      if (filtered !== null) return { field: 'filter', object: filtered };
      if (/WHERE/.test(words)) return { field: 'filter', object: onlyFiltered(draft) };
      if (/unrecognized publication parameter|"publish" value|publication option/.test(words)) {
        return { field: 'options', object: null };
      }
      return server.code?.startsWith('42') && onlyFiltered(draft) !== null
        ? { field: 'filter', object: onlyFiltered(draft) }
        : nowhere;
  }
}

const nowhere: Place = { field: null, object: null };

/** The chosen table whose name the server quotes: qualified if it does that, otherwise where only one has the name. */
function namedTable(words: string, draft: PublicationDraft): string | null {
  const qualified = draft.tables.find((table) => words.includes(`"${table.schema}.${table.name}"`));
  if (qualified) return tableLabel(qualified.schema, qualified.name);
  const named = draft.tables.filter(
    (table) =>
      words.includes(`"${table.name}"`) ||
      new RegExp(`(?:table|relation) ${escapeRegExp(table.name)}$`, 'm').test(words),
  );
  const [first] = named;
  return first && named.length === 1 ? tableLabel(first.schema, first.name) : null;
}

/** The table in whose row filter a position (1-based, in characters) of the statement lies. */
function filterAt(position: number, draft: PublicationDraft, sql: string): string | null {
  // The server counts characters, not UTF-16 units.
  const offset = Array.from(sql)
    .slice(0, position - 1)
    .join('').length;
  let from = 0;
  for (const table of draft.tables) {
    if (table.filter === null) continue;
    const start = sql.indexOf(table.filter, from);
    if (start < 0) continue;
    from = start + table.filter.length;
    // An error at the end of a filter points at the parenthesis behind it.
    if (offset >= start - 1 && offset <= from + 1) return tableLabel(table.schema, table.name);
  }
  return null;
}

/** The one table that has a filter; null where several have one. */
function onlyFiltered(draft: PublicationDraft): string | null {
  const filtered = draft.tables.filter((table) => table.filter !== null);
  const [first] = filtered;
  return first && filtered.length === 1 ? tableLabel(first.schema, first.name) : null;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
