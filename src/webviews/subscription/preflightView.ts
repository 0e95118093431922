import { html, nothing, type TemplateResult } from 'lit';

import type { PreflightState, RemedyAction, ShownCheck } from '../../protocol/subscription.ts';
import { fieldProblems, severityIcon, type ShownProblem } from '../shared/problems.ts';

export interface PreflightViewOptions {
  readonly state: PreflightState | null;
  /** What was looked at isn't what would be created now. */
  readonly stale: boolean;
  /** Both ends are known, so that there is something to look at. */
  readonly possible: boolean;
  readonly busy: boolean;
  readonly problems: readonly ShownProblem[];
  readonly onRun: () => void;
  readonly onRemedy: (check: ShownCheck, action: RemedyAction, preview: boolean) => void;
}

/** What has to be so at both ends, as it was found, with what helps where it isn't. */
export function preflightView(options: PreflightViewOptions): TemplateResult {
  const { busy, possible, problems, stale, state } = options;
  const running = state?.running === true;
  const checks = state?.checks ?? [];
  const passed = checks.filter((check) => check.state === 'passed');
  const others = checks.filter((check) => check.state !== 'passed');
  return html`<section class="preflight" id="preflight" tabindex="-1" aria-labelledby="preflight-title">
    <div class="section-head">
      <h2 id="preflight-title">Preflight</h2>
      <span class="quiet" role="status">${summary(state, stale)}</span>
    </div>
    <p class="hint">Looks at both ends for everything that must be so before. Nothing is changed by it.</p>
    ${
      others.length === 0
        ? nothing
        : html`<ul class="checks">
            ${others.map((check) => checkItem(check, running || busy, options.onRemedy))}
          </ul>`
    }
    ${
      passed.length === 0
        ? nothing
        : html`<details class="fold">
            <summary>${passed.length} passed</summary>
            <ul class="checks">
              ${passed.map((check) => checkItem(check, running || busy, options.onRemedy))}
            </ul>
          </details>`
    }
    ${fieldProblems('preflight-problems', problems)}
    <div>
      <vscode-button
        appearance="secondary"
        id="run-preflight"
        ?disabled=${!possible || running || busy}
        @click=${options.onRun}
        >Run Preflight</vscode-button
      >
    </div>
  </section>`;
}

function checkItem(check: ShownCheck, busy: boolean, onRemedy: PreflightViewOptions['onRemedy']): TemplateResult {
  return html`<li class="check" data-check=${check.id}>
    <p class="check-head">${stateIcon(check.state)}<span>${check.title}</span></p>
    ${check.state === 'passed' && check.message === check.title ? nothing : html`<p class="quiet">${check.message}</p>`}
    ${
      check.remedies.length === 0
        ? nothing
        : html`<p class="remedies">
            ${check.remedies.map(
              ({ action, label, preview }) =>
                html`<vscode-button
                    appearance="secondary"
                    ?disabled=${busy}
                    @click=${() => onRemedy(check, action, false)}
                    >${label}</vscode-button
                  >${
                    preview
                      ? html`<button class="link" @click=${() => onRemedy(check, action, true)}>Show SQL</button>`
                      : nothing
                  }`,
            )}
          </p>`
    }
  </li>`;
}

function stateIcon(state: ShownCheck['state']): TemplateResult {
  if (state === 'failed') return severityIcon('error');
  if (state === 'warning') return severityIcon('warning');
  return state === 'passed'
    ? html`<span class="codicon codicon-pass icon-pass" aria-hidden="true"></span><span class="sr-only">Passed: </span>`
    : html`<span class="codicon codicon-question" aria-hidden="true"></span><span class="sr-only">Not known: </span>`;
}

function summary(state: PreflightState | null, stale: boolean): string {
  if (state === null) return 'not run yet';
  if (state.running) return 'looking at both ends…';
  const number = (wanted: ShownCheck['state'], words: string): string | null => {
    const count = state.checks.filter((check) => check.state === wanted).length;
    return count === 0 ? null : `${count} ${words}`;
  };
  const warnings = state.checks.filter((check) => check.state === 'warning').length;
  const found = [
    number('failed', 'failed'),
    number('warning', warnings === 1 ? 'warning' : 'warnings'),
    number('unknown', 'not known'),
    number('passed', 'passed'),
  ].filter((part) => part !== null);
  return `${found.join(' · ')}${stale ? ' · of an earlier draft' : ''}`;
}
