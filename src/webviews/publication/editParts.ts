import { html, nothing, type TemplateResult } from 'lit';

import type {
  EditedPublication,
  EffectiveTables,
  FormReader,
  PublicationDraft,
  TableReach,
} from '../../protocol/publication.ts';
import type { EffectiveTable } from '../../replication/model/reads.ts';
import { dropdown } from '../shared/fields.ts';
import { notice } from '../shared/formParts.ts';
import { fieldProblems, problemsOf, type ShownProblem } from '../shared/problems.ts';

/** Over the form: somebody else changed or dropped the publication since it was loaded here. */
export function changedNotice(
  edit: EditedPublication,
  actions: { readonly onLoad: () => void; readonly onKeep: () => void },
): TemplateResult {
  if (!edit.present) {
    return notice(
      'error',
      `There is no publication ${edit.publication} any more: it was dropped or renamed meanwhile. What was typed stays here.`,
    );
  }
  return notice(
    'warning',
    html`<p>${edit.publication} was changed on the server since it was loaded here. Before it is saved:</p>
      <p class="actions">
        <button class="link" id="load-anew" @click=${actions.onLoad}>Load it anew and keep my changes</button>
        <button class="link" id="keep-mine" @click=${actions.onKeep}>Overwrite that with what this form says</button>
      </p>`,
  );
}

/** The subscriptions that read the publication: whether each is refreshed once its tables have changed. */
export function readerFields(options: {
  readonly edit: EditedPublication;
  readonly draft: PublicationDraft;
  readonly reach: TableReach;
  readonly problems: readonly ShownProblem[];
  readonly onDraft: (draft: PublicationDraft) => void;
}): TemplateResult | typeof nothing {
  const { draft, edit, reach } = options;
  const { readers } = edit;
  const renamed = draft.name !== edit.publication;
  const moves = reach.added.length + reach.removed.length > 0 || reach.sequences === true;
  if (readers.length === 0 || !(moves || renamed)) return nothing;
  const chosen = draft.refresh ?? [];
  return html`<div class="field" role="group" aria-labelledby="readers-label">
    <span class="field-label" id="readers-label">Subscriptions that read it</span>
    <p class="hint">
      ${reachWords(reach)} ${renamed ? 'They must be told the new name, or they stop: a refresh does that too.' : ''}
    </p>
    ${readers.map((reader, index) => {
      const mine = chosen.find((one) => isOf(one, reader));
      const { connectionId, subscription } = reader;
      const others = chosen.filter((one) => !isOf(one, reader));
      return dropdown({
        id: `refresh-${index}`,
        label: `${subscription} on ${reader.serverName}`,
        value: mine ? (mine.copyData ? 'copy' : 'follow') : 'not',
        disabled: reader.readOnly,
        hint: reader.readOnly
          ? `${reader.serverName} is marked read-only: refresh ${subscription} there by hand.`
          : reader.production
            ? `${reader.serverName} is marked as production: its name has to be typed.`
            : undefined,
        choices: [
          { value: 'not', label: 'Do not refresh it now' },
          { value: 'copy', label: 'Refresh it afterwards, copying the rows' },
          { value: 'follow', label: 'Refresh it afterwards, without copying' },
        ],
        onChange: (value) =>
          options.onDraft({
            ...draft,
            refresh: value === 'not' ? others : [...others, { connectionId, subscription, copyData: value === 'copy' }],
          }),
      });
    })}
    ${fieldProblems('refresh-problems', problemsOf(options.problems, 'refresh'))}
  </div>`;
}

/** What is really published at present, folded away. */
export function effectiveView(
  effective: EffectiveTables | null,
  onShowAll: () => void,
): TemplateResult | typeof nothing {
  if (!effective) return nothing;
  if (effective.error) return html`<p class="hint">What it sends can’t be read: ${effective.error.message}</p>`;
  const { tables, total } = effective;
  return html`<details class="field fold">
    <summary id="effective">
      What it sends at present
      <span class="quiet">${total.toLocaleString('en')} ${total === 1 ? 'table' : 'tables'}</span>
    </summary>
    <ul class="effective">
      ${tables.map(
        (table) =>
          html`<li><span class="row-name">${table.label}</span> <span class="quiet">${sentWords(table)}</span></li>`,
      )}
    </ul>
    <p class="hint">
      ${total > tables.length ? `and ${(total - tables.length).toLocaleString('en')} more. ` : ''}
      <button class="link" @click=${onShowAll}>Open all of it</button>
    </p>
  </details>`;
}

/** Which part of a table is sent, and why it is: "3 columns, filtered · by its schema". */
function sentWords({ by, columns, filter }: EffectiveTable): string {
  const part = columns === null ? 'all columns' : `${columns.length} ${columns.length === 1 ? 'column' : 'columns'}`;
  return `${part}${filter === null ? '' : ', filtered'} · ${ways[by]}`;
}

const ways: Readonly<Record<EffectiveTable['by'], string>> = {
  table: 'named',
  schema: 'by its schema',
  allTables: 'all tables are published',
  partitionOf: 'as a partition',
  inheritance: 'inherits from a named one',
};

function reachWords({ added, removed, sequences }: TableReach): string {
  const parts = [
    added.length > 0 ? `${few(added)} ${added.length === 1 ? 'is' : 'are'} received only after a refresh.` : null,
    removed.length > 0 ? `${few(removed)} ${removed.length === 1 ? 'is' : 'are'} sent no more.` : null,
    sequences ? 'Which sequences are published is taken over only by a refresh.' : null,
  ];
  return parts.filter((part) => part !== null).join(' ');
}

function few(labels: readonly string[]): string {
  const shown = labels.slice(0, 4);
  const rest = labels.length - shown.length;
  const words = rest > 0 ? [...shown, `${rest} more`] : shown;
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function isOf(
  one: { readonly connectionId: string; readonly subscription: string },
  reader: Pick<FormReader, 'connectionId' | 'subscription'>,
): boolean {
  return one.connectionId === reader.connectionId && one.subscription === reader.subscription;
}
