import { html, nothing, type TemplateResult } from 'lit';

import type { ChoosableTable, PublicationDraft, PublicationModel } from '../../protocol/publication.ts';
import { searchFor } from '../../protocol/search.ts';
import { searchField } from '../shared/fields.ts';
import { unfolded } from '../shared/unfolded.ts';
import type { ListRow } from '../shared/virtualList.ts';
import { tableKey, withException, withoutExceptions } from './draft.ts';

/** A table that all tables can leave out. */
interface ExceptRow extends ListRow {
  readonly table: ChoosableTable;
  readonly note: string;
}

/**
 * What FOR ALL TABLES leaves out, folded away while it is nothing; only where the server has that (19 as documented,
 * untried). A partition goes with its partitioned table, and an unlogged table is never published: neither is listed.
 */
export function exceptPicker(options: {
  readonly model: PublicationModel;
  readonly draft: PublicationDraft;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly onDraft: (draft: PublicationDraft) => void;
}): TemplateResult | typeof nothing {
  const { draft, model, query } = options;
  const capability = model.capabilities['publication.exceptTables'];
  if (draft.scope !== 'allTables' || (!capability.can && capability.because === 'version')) return nothing;
  const left = draft.exceptTables ?? [];
  const rows = exceptRows(model, draft, query);
  return html`<details class="field fold" ${unfolded(left.length > 0)}>
    <summary id="except">
      Tables left out
      <span class="quiet" id="except-count">${left.length > 0 ? left.length.toLocaleString('en') : 'none'}</span>
    </summary>
    <p class="hint">
      ${
        capability.can
          ? 'They are not published, whatever they are called later; a partitioned table with its partitions.'
          : capability.reason
      }
    </p>
    <div class="list-tools">
      ${searchField({
        id: 'except-query',
        class: 'grow',
        placeholder: 'Search tables',
        label: 'Search tables to leave out',
        query,
        onQuery: options.onQuery,
      })}
      <button
        class="link nowrap"
        ?disabled=${left.length === 0}
        @click=${() => options.onDraft(withoutExceptions(draft, left))}
      >
        Clear
      </button>
    </div>
    <table-list
      class=${rows.length < 10 ? 'few' : 'short'}
      .rows=${rows}
      .label=${'Tables to leave out'}
      .renderRow=${renderRow}
      .onToggle=${(row: ExceptRow) => {
        if (row.disabled) return;
        options.onDraft(row.chosen ? withoutExceptions(draft, [row.table]) : withException(draft, row.table));
      }}
    ></table-list>
    ${rows.length === 0 ? html`<p class="hint">No table’s name has all these words.</p>` : nothing}
  </details>`;
}

function exceptRows(model: PublicationModel, draft: PublicationDraft, query: string): readonly ExceptRow[] {
  const left = new Set((draft.exceptTables ?? []).map(tableKey));
  const only = new Set((draft.exceptTables ?? []).filter((table) => table.only).map(tableKey));
  const fits = searchFor(query);
  const offered = model.capabilities['publication.exceptTables'].can;
  return model.tables.flatMap((table): readonly ExceptRow[] => {
    const key = tableKey(table);
    const chosen = left.has(key);
    // One that is left out can always be taken back.
    if (!chosen && (table.unlogged || table.isPartition)) return [];
    if (!fits(table.label)) return [];
    const notes = [
      table.partitioned ? 'partitioned' : null,
      chosen && table.heirs
        ? only.has(key)
          ? 'without those that inherit from it'
          : 'with those that inherit from it'
        : null,
    ];
    return [
      { key, table, chosen, disabled: !offered && !chosen, note: notes.filter((note) => note !== null).join(' · ') },
    ];
  });
}

function renderRow(row: ExceptRow): TemplateResult {
  return html`<span class="row-name" title=${row.table.label}>${row.table.label}</span>
    <span class="row-note">${row.note}</span>`;
}
