import { html, nothing, type TemplateResult } from 'lit';

import type { Ability, ConnectionAttempt, TriedServer } from '../../protocol/connection.ts';
import type { ErrorDescription } from '../../replication/model/errors.ts';
import { serverWords } from '../shared/formParts.ts';
import { severityIcon } from '../shared/problems.ts';

/** How trying the connection stands or ended. One may save it although it failed. */
export function attemptView(
  attempt: ConnectionAttempt,
  actions: { readonly onStop: () => void; readonly onSaveUntested: () => void },
): TemplateResult {
  return html`<section class="attempt" aria-labelledby="attempt-title">
    <div class="section-head"><h2 id="attempt-title">Connection test</h2></div>
    ${body(attempt, actions)}
  </section>`;
}

function body(
  attempt: ConnectionAttempt,
  actions: { readonly onStop: () => void; readonly onSaveUntested: () => void },
): TemplateResult {
  switch (attempt.state) {
    case 'none':
      return html`<p class="quiet">
        Saving tries the connection first. What the server is, and what this role can do on it for replication, shows
        here.
      </p>`;
    case 'running':
      return html`<p class="connecting">
        <vscode-progress-ring aria-hidden="true"></vscode-progress-ring>
        <span>Connecting to ${attempt.place}…</span>
        <vscode-button appearance="secondary" id="stop" @click=${actions.onStop}>Stop</vscode-button>
      </p>`;
    case 'worked':
      return worked(attempt.server);
    case 'failed':
      return failed(attempt.error, actions.onSaveUntested);
  }
}

function worked(server: TriedServer): TemplateResult {
  return html`<div class="worked" id="attempt-result" tabindex="-1">
    <p class="success">
      <span class="codicon codicon-pass-filled" aria-hidden="true"></span>
      <strong>Connected to PostgreSQL ${server.version}</strong>
    </p>
    <dl>
      <dt>Database</dt>
      <dd>${server.database}</dd>
      <dt>Role</dt>
      <dd>${server.role}${server.superuser ? ' (superuser)' : nothing}</dd>
      <dt>Kind</dt>
      <dd>${server.inRecovery ? 'standby' : 'primary'}</dd>
      <dt>Answered in</dt>
      <dd>${Math.max(1, Math.round(server.tookMs))} ms</dd>
    </dl>
    <h3>What this role can do for replication</h3>
    <ul class="abilities">
      ${server.abilities.map(abilityLine)}
    </ul>
  </div>`;
}

function abilityLine({ what, can, reason }: Ability): TemplateResult {
  return html`<li>
    <span class="codicon codicon-${can ? 'check icon-can' : 'circle-slash quiet'}" aria-hidden="true"></span>
    <span
      >${can ? nothing : html`<span class="sr-only">Not: </span>`}<span class=${can ? '' : 'cannot'}>${what}</span>${
        reason === null ? nothing : html`<br /><span class="quiet">${reason}</span>`
      }</span
    >
  </li>`;
}

function failed(error: ErrorDescription, onSaveUntested: () => void): TemplateResult {
  return html`<div class="notice error" id="attempt-result" tabindex="-1">
      ${severityIcon('error')}
      <div>
        <p><strong>${error.message}</strong></p>
        ${error.advice ? html`<p>${error.advice}</p>` : nothing} ${serverWords(error)}
      </div>
    </div>
    <vscode-button appearance="secondary" id="save-untested" @click=${onSaveUntested}
      >Save Without Testing</vscode-button
    >`;
}
