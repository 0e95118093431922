import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

import type { OfferedPublication, SubscriptionDraft, SubscriptionModel } from '../../protocol/subscription.ts';
import { described } from '../shared/described.ts';
import { textArea } from '../shared/fields.ts';
import { fieldProblems, type ShownProblem } from '../shared/problems.ts';
import type { ListRow } from '../shared/virtualList.ts';

interface PublicationRow extends ListRow {
  readonly name: string;
  readonly note: string;
}

export interface PublicationsFieldOptions {
  readonly model: SubscriptionModel;
  readonly draft: SubscriptionDraft;
  readonly query: string;
  readonly problems: readonly ShownProblem[];
  readonly onQuery: (query: string) => void;
  readonly onDraft: (draft: SubscriptionDraft, field: 'publications') => void;
}

/** Publications to tick, once the publisher was read; until then their names can be typed. */
export function publicationsField(options: PublicationsFieldOptions): TemplateResult {
  const { draft, model, problems } = options;
  const set = (publications: readonly string[]) =>
    options.onDraft({ ...draft, publications: [...publications] }, 'publications');
  if (model.publisher.phase !== 'open') {
    return textArea({
      id: 'publications',
      label: 'Publications',
      value: draft.publications.join('\n'),
      rows: 2,
      placeholder: 'One name a line',
      hint: 'They are listed here once the publisher is read.',
      problems,
      onInput: (value) => set(value.split('\n').filter((name, index, all) => name !== '' || index === all.length - 1)),
    });
  }
  const offered = model.publisher.publications;
  const rows = publicationRows(offered, draft.publications, options.query);
  const toggle = (row: PublicationRow) =>
    set(
      row.chosen
        ? draft.publications.filter((name) => name !== row.name)
        : [...draft.publications.filter(Boolean), row.name],
    );
  return html`<div class="field" role="group" aria-labelledby="publications-label">
    <div class="list-head">
      <span class="field-label" id="publications-label">Publications</span>
      <span class="quiet" id="publications-count">${draft.publications.length} of ${offered.length} chosen</span>
    </div>
    ${
      offered.length > 8
        ? html`<vscode-text-field
            class="wide"
            type="text"
            placeholder="Search publications"
            .value=${live(options.query)}
            @input=${(event: Event) => options.onQuery((event.target as HTMLInputElement).value)}
            ${described({ ids: ['publications-count'], invalid: false })}
            ><strong class="sr-only">Search publications</strong
            ><span slot="start" class="codicon codicon-search" aria-hidden="true"></span
          ></vscode-text-field>`
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

/** The publisher's, and at the end those that are chosen but not there. */
function publicationRows(
  offered: readonly OfferedPublication[],
  chosen: readonly string[],
  query: string,
): readonly PublicationRow[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const known = new Set(offered.map(({ name }) => name));
  return [
    ...offered.map((publication) => ({ name: publication.name, note: noteOn(publication) })),
    ...chosen.filter((name) => name !== '' && !known.has(name)).map((name) => ({ name, note: 'not on the publisher' })),
  ]
    .filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
    .map((row) => ({ ...row, key: row.name, chosen: chosen.includes(row.name), disabled: false }));
}

function noteOn({ allTables, operations, schemas, tables }: OfferedPublication): string {
  const what = allTables
    ? 'all tables'
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
