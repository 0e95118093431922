import { html, nothing, type TemplateResult } from 'lit';

import type { CountedRows, TrialState } from '../../protocol/publication.ts';
import type { MemberVerdict, RowCount } from '../../replication/model/reads.ts';
import { severityIcon } from '../shared/problems.ts';

/** What the server says of one table as it stands in the draft. */
export interface TableJudgement {
  /** Null where it wasn't asked about the table as it is now. */
  readonly verdict: MemberVerdict | null;
  readonly trial: TrialState | null;
  /** Of the present filter; null where nothing was counted. */
  readonly counted: CountedRows | null;
  /** Whether there is anything to try: column lists or row filters. */
  readonly triable: boolean;
  /** Why nothing can be tried; null where it can. */
  readonly obstacle: string | null;
  readonly onTry: () => void;
  readonly onCount: () => void;
}

/** Has the server judge columns and filter, and counts the rows that pass; below, what came of it. */
export function judgementPart(options: TableJudgement): TemplateResult {
  const { counted, obstacle, triable, trial } = options;
  const trying = trial?.running ?? false;
  const counting = counted !== null && counted.count === null && counted.error === null;
  return html`<div class="field judgement">
    <div class="row">
      ${
        triable
          ? html`<vscode-button
              id="try"
              appearance="secondary"
              ?disabled=${trying || obstacle !== null}
              @click=${options.onTry}
              >Check With the Server</vscode-button
            >`
          : nothing
      }
      <vscode-button id="count" appearance="secondary" ?disabled=${counting} @click=${options.onCount}
        >Count Rows</vscode-button
      >
    </div>
    ${obstacle === null || !triable ? nothing : html`<p class="hint">${obstacle}</p>`}
    ${trying ? html`<p class="hint">The server is asked…</p>` : verdictView(options)} ${countView(counted, counting)}
  </div>`;
}

function verdictView({ trial, verdict }: TableJudgement): TemplateResult | typeof nothing {
  if (trial?.error) {
    const { advice, message } = trial.error;
    return html`<p class="problem warning">
      ${severityIcon('warning')}<span>Not checked: ${message} ${advice ?? ''}</span>
    </p>`;
  }
  if (!verdict) return nothing;
  const { error, filterColumns, identityProblem } = verdict;
  if (error) {
    const { server } = error;
    // What it means stands at the field; here are the server's own words.
    return server
      ? html`<div class="verdict">
          <p class="hint">What the server said:</p>
          ${[server.message, server.detail, server.hint].map((words) =>
            words ? html`<p class="said">${words}</p>` : nothing,
          )}
        </div>`
      : nothing;
  }
  if (identityProblem !== null) return html`<p class="hint">The server takes it, with the warning above.</p>`;
  const uses = filterColumns.length === 0 ? '' : ` The filter uses ${filterColumns.join(', ')}.`;
  return html`<p class="problem fine">
    <span class="codicon codicon-pass icon-fine" aria-hidden="true"></span
    ><span>The server takes it, and the replica identity covers it.${uses}</span>
  </p>`;
}

function countView(counted: CountedRows | null, counting: boolean): TemplateResult | typeof nothing {
  if (!counted) return nothing;
  if (counting) return html`<p class="hint">Counting, for 10 seconds at most…</p>`;
  if (counted.error) {
    return html`<p class="problem warning">
      ${severityIcon('warning')}<span>Not counted: ${counted.error.message}</span>
    </p>`;
  }
  return counted.count ? html`<p class="hint" id="counted">${countWords(counted.count)}</p>` : nothing;
}

/** "1,204 of 2,000 rows pass now (0.3 s)." */
export function countWords({ passing, stopped, tookMs, total }: RowCount): string {
  const seconds = tookMs / 1000;
  const took = seconds < 0.1 ? 'in no time' : `${seconds.toLocaleString('en', { maximumFractionDigits: 1 })} s`;
  const number = (rows: number) => rows.toLocaleString('en');
  if (passing !== null && total !== null) return `${number(passing)} of ${number(total)} rows pass now (${took}).`;
  const known =
    passing !== null
      ? `${number(passing)} rows pass now; how many there are isn’t known.`
      : total !== null
        ? `There are ${number(total)} rows; how many pass isn’t known.`
        : 'How many rows pass isn’t known.';
  return stopped === null ? known : `${known} Counting was given up after ${took}: the table is too large for that.`;
}

/** The words that are read aloud once the server was asked. */
export function verdictWords(verdict: MemberVerdict | null): string {
  if (!verdict) return 'The server was asked.';
  return verdict.error?.message ?? verdict.identityProblem ?? 'The server takes it.';
}
