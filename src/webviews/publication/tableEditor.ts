import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

import type { ChoosableTable, PublicationDraft, PublicationModel } from '../../protocol/publication.ts';
import type { Column, TableDetails } from '../../replication/model/table.ts';
import { checkbox, textArea } from '../shared/fields.ts';
import { fieldProblems, problemsOf, type ShownProblem } from '../shared/problems.ts';
import { type DraftTable, tableKey, withTable } from './draft.ts';
import { judgementPart, type TableJudgement } from './tableJudgement.ts';

export interface TableEditorOptions {
  readonly model: PublicationModel;
  readonly draft: PublicationDraft;
  readonly table: ChoosableTable;
  readonly entry: DraftTable;
  /** Null while they are read. */
  readonly details: TableDetails | null;
  /** Those of this table. */
  readonly problems: readonly ShownProblem[];
  readonly judgement: Omit<TableJudgement, 'triable'>;
  readonly onDraft: (draft: PublicationDraft, field: 'columns' | 'filter' | 'tables') => void;
  readonly onClose: () => void;
}

/** Columns and row filter of one chosen table. Escape closes it. */
export function tableEditor(options: TableEditorOptions): TemplateResult {
  const { entry, model, table } = options;
  const lists = model.capabilities['publication.columnLists'];
  const filters = model.capabilities['publication.rowFilters'];
  const none = !lists.can && lists.because === 'version' && !filters.can && filters.because === 'version';
  return html`<section
    class="editor"
    aria-labelledby="editor-title"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      options.onClose();
    }}
  >
    <div class="section-head">
      <h3 id="editor-title" tabindex="-1">${table.label}</h3>
      <button class="icon-button" aria-label="Close ${table.label}" title="Close (Escape)" @click=${options.onClose}>
        <span class="codicon codicon-close" aria-hidden="true"></span>
      </button>
    </div>
    ${
      none
        ? html`<p class="hint">
            This server publishes tables whole: column lists and row filters came with PostgreSQL 15.
          </p>`
        : html`${columnPart(options)}
          ${
            filters.can || filters.because !== 'version'
              ? textArea({
                  id: 'filter',
                  label: 'Row filter',
                  value: entry.filter ?? '',
                  placeholder: "All rows; for example: amount > 0 AND region = 'EU'",
                  mono: true,
                  rows: 2,
                  disabled: !filters.can,
                  hint: filters.can
                    ? 'An SQL condition. For UPDATE and DELETE it may use columns of the replica identity only.'
                    : filters.reason,
                  problems: problemsOf(options.problems, 'filter'),
                  onInput: (value) =>
                    options.onDraft(
                      withTable(options.draft, tableKey(table), { filter: value.trim() === '' ? null : value }),
                      'filter',
                    ),
                })
              : nothing
          }`
    }
    ${onlyPart(options)} ${judgementPart({ ...options.judgement, triable: !none })}
  </section>`;
}

/** Whether the tables that inherit from it are published with it; nothing where there are none. */
function onlyPart({ draft, entry, onDraft, table }: TableEditorOptions): TemplateResult | typeof nothing {
  const heirs = table.heirs ?? [];
  if (heirs.length === 0) return nothing;
  const names = heirs.length > 6 ? `${heirs.slice(0, 6).join(', ')} and ${heirs.length - 6} more` : heirs.join(', ');
  return checkbox({
    id: 'heirs',
    label: heirs.length === 1 ? 'With the table that inherits from it' : 'With the tables that inherit from it',
    hint: `${names}. The server makes each a member of its own, to be ticked in the list.`,
    checked: entry.only !== true,
    onChange: (checked) => onDraft(withTable(draft, tableKey(table), { only: !checked }), 'tables'),
  });
}

function columnPart(options: TableEditorOptions): TemplateResult | typeof nothing {
  const { details, draft, entry, model, table } = options;
  const lists = model.capabilities['publication.columnLists'];
  if (!lists.can && lists.because === 'version') return nothing;
  if (!details) return html`<p class="hint" role="status">Reading the columns…</p>`;
  const key = tableKey(table);
  const set = (columns: readonly string[] | null) =>
    options.onDraft(withTable(draft, key, { columns: columns === null ? null : [...columns] }), 'columns');
  const fit = details.columns.filter((column) => publishable(column, model));
  const chosen = new Set(
    entry.columns ?? fit.filter((column) => column.generated === null).map((column) => column.name),
  );
  const toggle = (column: Column, checked: boolean) =>
    set(fit.map(({ name }) => name).filter((name) => (name === column.name ? checked : chosen.has(name))));
  return html`<div class="field" role="group" aria-labelledby="columns-label">
    <div class="list-head">
      <span class="field-label" id="columns-label">Columns</span>
      <vscode-checkbox
        id="columns"
        ?disabled=${!lists.can}
        .checked=${live(entry.columns === null)}
        @change=${(event: Event) => {
          const { checked } = event.target as HTMLInputElement;
          if (checked !== (entry.columns === null)) set(checked ? null : [...chosen]);
        }}
        >All columns, also those added later</vscode-checkbox
      >
    </div>
    ${lists.can ? nothing : html`<p class="hint">${lists.reason}</p>`}
    ${
      entry.columns === null
        ? nothing
        : html`<div class="columns">
            ${details.columns.map((column) => columnBox(column, model, chosen.has(column.name), (on) => toggle(column, on)))}
          </div>`
    }
    ${fieldProblems('columns-problems', problemsOf(options.problems, 'columns'))}
  </div>`;
}

function columnBox(
  column: Column,
  model: PublicationModel,
  checked: boolean,
  onChange: (checked: boolean) => void,
): TemplateResult {
  const fit = publishable(column, model);
  return html`<vscode-checkbox
    ?disabled=${!fit}
    .checked=${live(checked)}
    @change=${(event: Event) => {
      const on = (event.target as HTMLInputElement).checked;
      if (on !== checked) onChange(on);
    }}
    ><span class="column-name">${column.name}</span> <span class="quiet">${column.type}</span>${
      column.inIdentity
        ? html` <span class="codicon codicon-key" title="Part of the replica identity" aria-hidden="true"></span
            ><span class="sr-only">replica identity</span>`
        : nothing
    }${
      column.generated === null
        ? nothing
        : html` <span class="quiet">${fit ? 'generated' : 'generated: can’t be published here'}</span>`
    }</vscode-checkbox
  >`;
}

/** A generated column goes into a column list since PostgreSQL 18, and only a stored one. */
function publishable(column: Column, model: PublicationModel): boolean {
  return (
    column.generated === null ||
    (column.generated === 'stored' && model.capabilities['publication.generatedColumns'].can)
  );
}
