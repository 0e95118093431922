import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

import type { ChoosableTable, PublicationDraft, PublicationModel } from '../../protocol/publication.ts';
import { searchFor } from '../../protocol/search.ts';
import { searchField } from '../shared/fields.ts';
import { fieldProblems, type ShownProblem } from '../shared/problems.ts';
import { unfolded } from '../shared/unfolded.ts';
import type { ListRow } from '../shared/virtualList.ts';
import {
  chosenTables,
  type DraftTable,
  partInWords,
  tableKey,
  toggledSchema,
  withoutTables,
  withTables,
} from './draft.ts';

/** A row of the list of tables. */
export interface TableRow extends ListRow {
  readonly table: ChoosableTable;
  readonly entry: DraftTable | undefined;
  readonly problem: ShownProblem['severity'] | null;
  /** Why it can't be chosen, or what to know of it. */
  readonly note: string;
}

/** A row of the list of schemas. */
export interface SchemaRow extends ListRow {
  readonly schema: string;
  readonly tables: number;
}

export interface TablePickerOptions {
  readonly model: PublicationModel;
  readonly draft: PublicationDraft;
  readonly query: string;
  readonly onlyChosen: boolean;
  readonly rows: readonly TableRow[];
  readonly problems: readonly ShownProblem[];
  readonly onQuery: (query: string) => void;
  readonly onOnlyChosen: (only: boolean) => void;
  readonly onDraft: (draft: PublicationDraft) => void;
  readonly onOpen: (row: TableRow) => void;
}

/** The rows that a search leaves, in the order of the server (schema, name). All its words must occur. */
export function tableRows(
  model: PublicationModel,
  draft: PublicationDraft,
  view: { readonly query: string; readonly onlyChosen: boolean },
  problems: readonly ShownProblem[],
): readonly TableRow[] {
  const chosen = chosenTables(draft);
  const worst = new Map<string, ShownProblem['severity']>();
  for (const { object, severity } of problems) {
    if (object !== undefined && severity !== 'info' && worst.get(object) !== 'error') worst.set(object, severity);
  }
  const fits = searchFor(view.query);
  const partitions = model.capabilities['publication.partitionedTables'];
  const rows: TableRow[] = [];
  for (const table of model.tables) {
    if (!fits(table.label)) continue;
    const key = tableKey(table);
    const entry = chosen.get(key);
    if (view.onlyChosen && !entry) continue;
    const obstacle = table.unlogged
      ? 'unlogged: can’t be published'
      : table.partitioned && !partitions.can
        ? 'partitioned: publish its partitions'
        : null;
    const notes = [
      obstacle,
      table.partitioned && obstacle === null ? 'partitioned' : null,
      table.isPartition ? 'partition' : null,
      table.identityUsable || table.partitioned || table.unlogged ? null : 'no replica identity',
      table.ownedByMe ? null : `owner ${table.owner}`,
    ];
    rows.push({
      key,
      table,
      entry,
      chosen: entry !== undefined,
      // One that is chosen can always be unticked.
      disabled: obstacle !== null && !entry,
      problem: worst.get(table.label) ?? null,
      note: notes.filter((note) => note !== null).join(' · '),
    });
  }
  return rows;
}

/** Search, list and count of the tables. */
export function tablePicker(options: TablePickerOptions): TemplateResult {
  const { draft, model, rows } = options;
  const choosable = rows.filter((row) => !row.disabled && !row.chosen);
  const shown = rows.length === model.tables.length ? 'all' : `these ${rows.length.toLocaleString('en')}`;
  return html`<div class="field" role="group" aria-labelledby="tables-label">
    <div class="list-head">
      <span class="field-label" id="tables-label">Tables</span>
      <span class="quiet" id="tables-count"
        >${draft.tables.length.toLocaleString('en')} of ${model.tables.length.toLocaleString('en')} chosen</span
      >
    </div>
    <div class="list-tools">
      ${searchField({
        id: 'tables',
        class: 'grow',
        placeholder: 'Search tables',
        query: options.query,
        describedBy: ['tables-count', 'tables-problems'],
        invalid: options.problems.some(isError),
        onQuery: options.onQuery,
      })}
      <vscode-checkbox
        .checked=${live(options.onlyChosen)}
        @change=${(event: Event) => {
          const { checked } = event.target as HTMLInputElement;
          if (checked !== options.onlyChosen) options.onOnlyChosen(checked);
        }}
        >Only chosen</vscode-checkbox
      >
      <button
        class="link nowrap"
        ?disabled=${choosable.length === 0}
        @click=${() =>
          options.onDraft(
            withTables(
              draft,
              choosable.map((row) => row.table),
            ),
          )}
      >
        Choose ${shown}
      </button>
      <button
        class="link nowrap"
        ?disabled=${draft.tables.length === 0}
        @click=${() => options.onDraft(withoutTables(draft, draft.tables))}
      >
        Clear
      </button>
    </div>
    <table-list
      class=${model.tables.length < 10 ? 'few' : ''}
      .rows=${rows}
      .label=${'Tables'}
      .renderRow=${renderTable}
      .onToggle=${(row: TableRow) => {
        if (row.disabled) return;
        options.onDraft(row.chosen ? withoutTables(draft, [row.table]) : withTables(draft, [row.table]));
      }}
      .onOpen=${options.onOpen}
    ></table-list>
    ${rows.length === 0 ? html`<p class="hint">${emptyWords(options)}</p>` : nothing}
    ${fieldProblems('tables-problems', options.problems)}
  </div>`;
}

/** The schemas that can be published whole; folded away while none is. */
export function schemaPicker(options: {
  readonly model: PublicationModel;
  readonly draft: PublicationDraft;
  readonly onDraft: (draft: PublicationDraft) => void;
}): TemplateResult | typeof nothing {
  const { draft, model } = options;
  const capability = model.capabilities['publication.schemas'];
  if (!capability.can && capability.because === 'version') return nothing;
  const counts = new Map<string, number>();
  for (const table of model.tables) counts.set(table.schema, (counts.get(table.schema) ?? 0) + 1);
  const rows = [...new Set([...model.schemas, ...draft.schemas])].map((schema): SchemaRow => {
    const chosen = draft.schemas.includes(schema);
    return { key: schema, schema, chosen, disabled: !capability.can && !chosen, tables: counts.get(schema) ?? 0 };
  });
  return html`<details class="field fold" ${unfolded(draft.schemas.length > 0)}>
    <summary id="schemas">
      Whole schemas
      <span class="quiet">${draft.schemas.length > 0 ? `${draft.schemas.length} chosen` : 'none chosen'}</span>
    </summary>
    <p class="hint">
      ${capability.can ? 'All tables of a schema, also those that will be created later.' : capability.reason}
    </p>
    <table-list
      class=${rows.length < 6 ? 'few' : 'short'}
      .rows=${rows}
      .label=${'Schemas'}
      .renderRow=${renderSchema}
      .onToggle=${(row: SchemaRow) => {
        if (!row.disabled) options.onDraft(toggledSchema(draft, row.schema));
      }}
    ></table-list>
  </details>`;
}

function renderTable(row: TableRow): TemplateResult {
  return html`<span class="row-name" title=${row.table.label}>${row.table.label}</span>
    <span class="row-note">${row.note}</span>
    ${
      row.problem
        ? html`<span class="codicon codicon-${row.problem} icon-${row.problem}" aria-hidden="true"></span
            ><span class="sr-only">, has ${row.problem === 'error' ? 'an error' : 'a warning'}</span>`
        : nothing
    }
    ${
      row.entry
        ? html`<span class="row-open" data-open
            ><span class="sr-only">, published: </span>${partInWords(row.entry)}
            <span class="codicon codicon-edit" aria-hidden="true"></span
            ><span class="sr-only">, Enter to edit</span></span
          >`
        : nothing
    }`;
}

function renderSchema(row: SchemaRow): TemplateResult {
  return html`<span class="row-name">${row.schema}</span>
    <span class="row-note">${row.tables.toLocaleString('en')} ${row.tables === 1 ? 'table' : 'tables'} now</span>`;
}

function emptyWords(options: TablePickerOptions): string {
  if (options.model.tables.length === 0) return 'This database has no tables outside the system’s schemas.';
  if (options.query !== '') return 'No table’s name has all these words.';
  return 'No table is chosen yet.';
}

function isError(problem: ShownProblem): boolean {
  return problem.severity === 'error';
}
