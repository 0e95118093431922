import { html, nothing, type TemplateResult } from 'lit';

import type { Problem } from '../../replication/model/plan.ts';

/** A problem to show. Object of a Problem, or one of the page's own (a server's refusal, an empty name). */
export type ShownProblem = Pick<Problem, 'severity' | 'message' | 'object'> & { readonly field?: string | undefined };

const icons = { error: 'error', warning: 'warning', info: 'info' } as const;
const words = { error: 'Error', warning: 'Warning', info: 'Note' } as const;

/** The icon of a severity; the word is for assistive technology. */
export function severityIcon(severity: ShownProblem['severity']): TemplateResult {
  return html`<span class="codicon codicon-${icons[severity]} icon-${severity}" aria-hidden="true"></span
    ><span class="sr-only">${words[severity]}: </span>`;
}

/** The problems of one field, worst first. */
export function problemsOf(problems: readonly ShownProblem[], field: string): readonly ShownProblem[] {
  return problems.filter((problem) => problem.field === field).sort(worstFirst);
}

/** Errors before warnings before notes. */
export function worstFirst(left: ShownProblem, right: ShownProblem): number {
  const order = ['error', 'warning', 'info'];
  return order.indexOf(left.severity) - order.indexOf(right.severity);
}

/** The first problems of a field under its control, as `<p id="<id>">`s' parent; nothing where there are none. */
export function fieldProblems(
  id: string,
  problems: readonly ShownProblem[],
  most = 3,
): TemplateResult | typeof nothing {
  if (problems.length === 0) return nothing;
  const rest = problems.length - most;
  return html`<div class="field-problems" id=${id}>
    ${problems.slice(0, most).map((problem) => problemLine(problem))}
    ${rest > 0 ? html`<p class="quiet">and ${rest.toLocaleString('en')} more, in the list of problems</p>` : nothing}
  </div>`;
}

/** One problem on one line. */
export function problemLine(problem: ShownProblem): TemplateResult {
  return html`<p class="problem ${problem.severity}">
    ${severityIcon(problem.severity)}<span>${problem.message}</span>
  </p>`;
}
