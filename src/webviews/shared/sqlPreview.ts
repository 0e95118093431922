import { html, nothing, type TemplateResult } from 'lit';

/** What the SQL beside a form shows. */
export interface SqlPreview {
  /** As it may be shown: secrets are dots. */
  readonly sql: string;
  /** Lines left out at the end; 0 where all is there. */
  readonly linesLeftOut: number;
  /** What is said in place of the SQL where there is none. */
  readonly hint?: string;
}

/**
 * The SQL that will run, with Copy and Open; the panel does both, since it has all of it. `nothingToRun` is said where a
 * form has nothing to run yet.
 */
export function sqlPreview(
  preview: SqlPreview | null,
  actions: { readonly onCopy: () => void; readonly onOpen: () => void },
  nothingToRun = '',
): TemplateResult {
  const nothingThere = preview === null || preview.hint !== undefined;
  return html`<section class="sql" aria-labelledby="sql-title">
    <div class="section-head">
      <h2 id="sql-title">SQL</h2>
      <span class="toolbar">
        <button
          class="icon-button"
          aria-label="Copy SQL"
          title="Copy SQL"
          ?disabled=${nothingThere}
          @click=${actions.onCopy}
        >
          <span class="codicon codicon-copy" aria-hidden="true"></span>
        </button>
        <button
          class="icon-button"
          aria-label="Open SQL in an editor"
          title="Open SQL in an editor"
          ?disabled=${nothingThere}
          @click=${actions.onOpen}
        >
          <span class="codicon codicon-go-to-file" aria-hidden="true"></span>
        </button>
      </span>
    </div>
    ${
      preview?.hint === undefined
        ? html`<pre
              class="sql-text"
              tabindex="0"
              aria-label="SQL that will run"
            ><code>${preview?.sql ?? ''}</code></pre>
            ${preview?.sql === '' && nothingToRun !== '' ? html`<p class="hint">${nothingToRun}</p>` : nothing}`
        : html`<p class="hint" id="sql-hint">${preview.hint}</p>`
    }
    ${
      preview !== null && preview.linesLeftOut > 0
        ? html`<p class="hint">
            ${preview.linesLeftOut.toLocaleString('en')} more lines.
            <button class="link" @click=${actions.onOpen}>Open all of it</button>
          </p>`
        : nothing
    }
  </section>`;
}
