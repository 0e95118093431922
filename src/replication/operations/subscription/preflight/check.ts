import type { Problem } from '../../../model/plan.ts';
import type { PreflightCheck } from '../preflight.ts';

/** A check before what came of it: what was looked at, and what is said where nothing is wrong. */
export interface Looked {
  readonly id: string;
  readonly title: string;
  readonly fine: string;
}

/** A check as the problems that were found make it: the worst decides, all are said. */
export function checkFrom(
  { id, title, fine }: Looked,
  problems: readonly Problem[],
  more: Partial<Pick<PreflightCheck, 'remedy' | 'tables'>> = {},
): PreflightCheck {
  const failed = problems.some(({ severity }) => severity === 'error');
  const warned = problems.some(({ severity }) => severity === 'warning');
  return {
    id,
    title,
    state: failed ? 'failed' : warned ? 'warning' : 'passed',
    message: problems.length === 0 ? fine : [...new Set(problems.map(({ message }) => message))].join(' '),
    remedy: failed || warned ? (more.remedy ?? null) : null,
    tables: failed || warned ? (more.tables ?? []) : [],
  };
}

/** A check that nobody could make. */
export function unknownCheck({ id, title }: Pick<Looked, 'id' | 'title'>, message: string): PreflightCheck {
  return { id, title, state: 'unknown', message, remedy: null, tables: [] };
}

/** A warning as a check takes it. */
export function warning(message: string): Problem {
  return { severity: 'warning', message };
}
