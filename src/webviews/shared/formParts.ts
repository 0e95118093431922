import { html, nothing, type TemplateResult } from 'lit';

import type { FormServer, Refusal, RunState, ServerUnavailable } from '../../protocol/publication.ts';
import type { ErrorDescription } from '../../replication/model/errors.ts';
import type { Blocker } from '../../replication/model/plan.ts';
import { problemLine, severityIcon, type ShownProblem, worstFirst } from './problems.ts';

/** The head of a form: what it does, and on which server. */
export function formHead(title: string, server: FormServer | null, preposition = 'on'): TemplateResult {
  return html`<header class="form-head">
    <h1>${title}</h1>
    ${
      server
        ? html`<p class="quiet">
            ${preposition} <strong>${server.name}</strong> · database ${server.database} · PostgreSQL ${server.version}
            · as ${server.role} ${server.production ? html`<span class="badge">production</span>` : nothing}
          </p>`
        : nothing
    }
  </header>`;
}

/** In place of the form while its server can't be read. */
export function unavailableView(title: string, state: ServerUnavailable, onRetry: () => void): TemplateResult {
  return html`<main class="form-page lonely">
    ${formHead(title, null)}
    ${
      state.error === null
        ? html`<p class="connecting" role="status">
            <vscode-progress-ring aria-hidden="true"></vscode-progress-ring> Connecting to ${state.serverName}…
          </p>`
        : html`<div class="notice error" role="alert">
              ${severityIcon('error')}
              <div>
                <p>${state.error.message}</p>
                ${state.error.advice ? html`<p class="quiet">${state.error.advice}</p>` : nothing}
                ${serverWords(state.error)}
              </div>
            </div>
            <vscode-button @click=${onRetry}>Connect Again</vscode-button>`
    }
  </main>`;
}

/** A line over the form: what the whole of it is up against. */
export function notice(severity: ShownProblem['severity'], message: string | TemplateResult): TemplateResult {
  return html`<div class="notice ${severity}">
    ${severityIcon(severity)}
    <div>${message}</div>
  </div>`;
}

/** All problems beside the form, worst first, each leading to its field; how many at most are listed is bounded. */
export function problemList(problems: readonly ShownProblem[], onGo: (problem: ShownProblem) => void): TemplateResult {
  const sorted = [...problems].sort(worstFirst);
  const most = 50;
  return html`<section class="problems" aria-labelledby="problems-title">
    <div class="section-head">
      <h2 id="problems-title">Problems</h2>
      <span class="quiet">${sorted.length === 0 ? 'none' : sorted.length.toLocaleString('en')}</span>
    </div>
    ${
      sorted.length === 0
        ? nothing
        : html`<ul>
            ${sorted
              .slice(0, most)
              .map(
                (problem) =>
                  html`<li>
                    ${
                      problem.field
                        ? html`<button class="problem-link" @click=${() => onGo(problem)}>
                            ${problemLine(problem)}
                          </button>`
                        : problemLine(problem)
                    }
                  </li>`,
              )}
          </ul>`
    }
    ${
      sorted.length > most ? html`<p class="hint">and ${(sorted.length - most).toLocaleString('en')} more</p>` : nothing
    }
  </section>`;
}

/** What was refused and why, in our words and, unfolded, in the server's. Takes the focus where no field can. */
export function refusalView(
  refusal: Pick<Refusal, 'error' | 'done'> | null,
  verb: string,
): TemplateResult | typeof nothing {
  if (!refusal) return nothing;
  const { error } = refusal;
  // What the person stopped is no failure.
  const severity = error.kind === 'cancelled' ? 'info' : 'error';
  return html`<div class="notice ${severity}" id="refusal" tabindex="-1">
    ${severityIcon(severity)}
    <div>
      <p><strong>${verb}:</strong> ${error.message}</p>
      ${error.advice ? html`<p>${error.advice}</p>` : nothing}
      ${
        refusal.done.length > 0
          ? html`<p>Done before that: ${refusal.done.join('; ')}. The History view can take it back.</p>`
          : nothing
      }
      ${serverWords(error)}
    </div>
  </div>`;
}

/** A running change: its step, and while it waits who holds it up and how long it may last. */
export function runView(run: RunState | null, onStop: () => void): TemplateResult | typeof nothing {
  if (!run?.running) return nothing;
  return html`<div class="run" id="run">
    <p class="connecting">
      <vscode-progress-ring aria-hidden="true"></vscode-progress-ring>
      <span>${run.waiting ? waitingWords(run.waiting.remainingMs) : (run.step ?? 'Starting…')}</span>
      <vscode-button appearance="secondary" id="stop" @click=${onStop}>Stop</vscode-button>
    </p>
    ${run.waiting ? blockerList(run.waiting.blockers) : nothing}
  </div>`;
}

/** Transactions that keep a replication slot from being created. */
export function blockerList(blockers: readonly Blocker[]): TemplateResult | typeof nothing {
  if (blockers.length === 0) return nothing;
  const shown = blockers.slice(0, 8);
  return html`<ul class="blockers" aria-label="Transactions that are waited for">
    ${shown.map((blocker) => html`<li>${blockerWords(blocker)}</li>`)}
    ${blockers.length > shown.length ? html`<li class="quiet">and ${blockers.length - shown.length} more</li>` : nothing}
  </ul>`;
}

function blockerWords(blocker: Blocker): string {
  const who = blocker.preparedGid === null ? `Process ${blocker.pid}` : `Prepared transaction ${blocker.preparedGid}`;
  const parts = [
    who,
    blocker.user === null ? null : `of ${blocker.user}`,
    blocker.applicationName ? `(${blocker.applicationName})` : null,
    blocker.database === null ? null : `in ${blocker.database}`,
  ];
  const age = blocker.ageSeconds === null ? null : `open for ${durationWords(blocker.ageSeconds)}`;
  return [parts.filter((part) => part !== null).join(' '), blocker.state, age]
    .filter((part) => part !== null)
    .join(', ');
}

/** "12 s", "3 min 5 s", "2 h 10 min". */
export function durationWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function waitingWords(remainingMs: number): string {
  return `Waiting for open transactions on the publisher; at most ${durationWords(remainingMs / 1000)} more.`;
}

/** The server's own words, one click away. */
export function serverWords(error: ErrorDescription): TemplateResult | typeof nothing {
  const { server } = error;
  if (!server) return nothing;
  const head = [server.severity ?? 'ERROR', server.code].filter(Boolean).join(' ');
  return html`<details class="server-words">
    <summary>What the server said</summary>
    <pre>
${[
  `${head}: ${server.message}`,
  server.detail ? `DETAIL: ${server.detail}` : null,
  server.hint ? `HINT: ${server.hint}` : null,
  server.where ? `CONTEXT: ${server.where}` : null,
]
  .filter((line) => line !== null)
  .join('\n')}</pre>
  </details>`;
}
