import { html, nothing, type TemplateResult } from 'lit';

import { searchFor } from '../../protocol/search.ts';
import type { OfferedPublication } from '../../protocol/subscription.ts';
import { searchField, textArea } from '../shared/fields.ts';
import { fieldProblems, type ShownProblem } from '../shared/problems.ts';
import type { ListRow } from '../shared/virtualList.ts';

interface PublicationRow extends ListRow {
  readonly name: string;
  readonly note: string;
}

export interface PublicationsFieldOptions {
  /** What the publisher has; null while it can't be read. */
  readonly offered: readonly OfferedPublication[] | null;
  /** Said of names that are typed; that they are listed once the publisher was read, where absent. */
  readonly unlisted?: string;
  readonly chosen: readonly string[];
  /** What is subscribed to already; empty for a new subscription. */
  readonly present?: readonly string[];
  readonly query: string;
  readonly problems: readonly ShownProblem[];
  readonly onQuery: (query: string) => void;
  readonly onChosen: (names: string[]) => void;
}

/** Publications to tick, once the publisher was read; until then their names can be typed. */
export function publicationsField(options: PublicationsFieldOptions): TemplateResult {
  const { chosen, offered, present = [], problems } = options;
  if (offered === null) {
    return textArea({
      id: 'publications',
      label: 'Publications',
      value: chosen.join('\n'),
      rows: 2,
      placeholder: 'One name a line',
      hint: options.unlisted ?? 'They are listed here once the publisher is read.',
      problems,
      onInput: (value) =>
        options.onChosen(value.split('\n').filter((name, index, all) => name !== '' || index === all.length - 1)),
    });
  }
  const rows = publicationRows(offered, chosen, present, options.query);
  const toggle = (row: PublicationRow) =>
    options.onChosen(row.chosen ? chosen.filter((name) => name !== row.name) : [...chosen.filter(Boolean), row.name]);
  return html`<div class="field" role="group" aria-labelledby="publications-label">
    <div class="list-head">
      <span class="field-label" id="publications-label">Publications</span>
      <span class="quiet" id="publications-count">${chosen.length} of ${offered.length} chosen</span>
    </div>
    ${
      offered.length > 8
        ? searchField({
            class: 'wide',
            placeholder: 'Search publications',
            query: options.query,
            describedBy: ['publications-count'],
            onQuery: options.onQuery,
          })
        : nothing
    }
    <table-list
      id="publications"
      class=${offered.length > 5 ? 'short' : 'few'}
      .rows=${rows}
      .label=${'Publications'}
      .renderRow=${renderPublication}
      .onToggle=${toggle}
    ></table-list>
    ${
      offered.length === 0
        ? html`<p class="hint">The publisher’s database has no publications yet. Create one there first.</p>`
        : nothing
    }
    ${fieldProblems('publications-problems', problems)}
  </div>`;
}

/** The publisher's, and at the end those that are chosen, or read until now, but not there. */
function publicationRows(
  offered: readonly OfferedPublication[],
  chosen: readonly string[],
  present: readonly string[],
  query: string,
): readonly PublicationRow[] {
  const fits = searchFor(query);
  const known = new Set(offered.map(({ name }) => name));
  const gone = [...new Set([...present, ...chosen])].filter((name) => name !== '' && !known.has(name));
  const change = (name: string): string => {
    if (present.length === 0 || present.includes(name) === chosen.includes(name)) return '';
    return chosen.includes(name) ? 'added · ' : 'taken away · ';
  };
  return [
    ...offered.map((publication) => ({ name: publication.name, note: noteOn(publication) })),
    ...gone.map((name) => ({ name, note: 'not on the publisher' })),
  ]
    .filter(({ name }) => fits(name))
    .map(({ name, note }) => ({
      name,
      note: `${change(name)}${note}`,
      key: name,
      chosen: chosen.includes(name),
      disabled: false,
    }));
}

function noteOn(publication: OfferedPublication): string {
  const { allSequences = false, allTables, leftOut = 0, operations, schemas, tables } = publication;
  const whole = [
    ...(allTables ? [leftOut > 0 ? `all tables but ${leftOut}` : 'all tables'] : []),
    ...(allSequences ? ['all sequences'] : []),
  ];
  const what =
    whole.length > 0
      ? whole.join(', ')
      : [
          ...(schemas.length > 0 ? [`${schemas.length} ${schemas.length === 1 ? 'schema' : 'schemas'}`] : []),
          ...(tables > 0 || schemas.length === 0
            ? [`${tables.toLocaleString('en')} ${tables === 1 ? 'table' : 'tables'}`]
            : []),
        ].join(', ');
  const sent = (['insert', 'update', 'delete', 'truncate'] as const).filter((operation) => operations[operation]);
  return `${what} · ${sent.length === 0 ? 'no operations' : sent.join(', ')}`;
}

function renderPublication(row: PublicationRow): TemplateResult {
  return html`<span class="row-name">${row.name}</span> <span class="row-note">${row.note}</span>`;
}
