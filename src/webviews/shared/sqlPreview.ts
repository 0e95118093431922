import { html, nothing, type TemplateResult } from 'lit';

/** What the SQL beside a form shows. */
export interface SqlPreview {
  /** As it may be shown: secrets are dots. */
  readonly sql: string;
  /** Lines left out at the end; 0 where all is there. */
  readonly linesLeftOut: number;
}

/** The SQL that will run, with Copy and Open; the panel does both, since it has all of it. */
export function sqlPreview(
  preview: SqlPreview | null,
  actions: { readonly onCopy: () => void; readonly onOpen: () => void },
): TemplateResult {
  return html`<section class="sql" aria-labelledby="sql-title">
    <div class="section-head">
      <h2 id="sql-title">SQL</h2>
      <span class="toolbar">
        <button
          class="icon-button"
          aria-label="Copy SQL"
          title="Copy SQL"
          ?disabled=${preview === null}
          @click=${actions.onCopy}
        >
          <span class="codicon codicon-copy" aria-hidden="true"></span>
        </button>
        <button
          class="icon-button"
          aria-label="Open SQL in an editor"
          title="Open SQL in an editor"
          ?disabled=${preview === null}
          @click=${actions.onOpen}
        >
          <span class="codicon codicon-go-to-file" aria-hidden="true"></span>
        </button>
      </span>
    </div>
    <pre class="sql-text" tabindex="0" aria-label="SQL that will run"><code>${preview?.sql ?? ''}</code></pre>
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
