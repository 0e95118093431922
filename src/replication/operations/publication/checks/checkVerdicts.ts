import type { PublicationChoice, PublishedTableChoice } from '../../../model/choices.ts';
import type { ErrorDescription } from '../../../model/errors.ts';
import type { Problem } from '../../../model/plan.ts';
import type { MemberVerdict } from '../../../model/reads.ts';
import { tableLabel } from '../../words.ts';
import { namesMembers } from '../publicationScope.ts';
import { tableKey } from '../publishedTables.ts';

/** What the server said of tables when it was asked, by `tableKey`; null where it wasn't. */
export type Verdicts = ReadonlyMap<string, MemberVerdict>;

/** Verdicts for many look-ups. */
export function verdictsByTable(verdicts: readonly MemberVerdict[] | null): Verdicts {
  return new Map((verdicts ?? []).map((verdict) => [tableKey(verdict), verdict]));
}

/** What the server refused of the chosen tables, and what it would let through and then fail by. */
export function checkVerdicts(choice: PublicationChoice, verdicts: Verdicts): readonly Problem[] {
  if (!namesMembers(choice)) return [];
  return choice.tables.flatMap((table): readonly Problem[] => {
    const verdict = verdicts.get(tableKey(table));
    if (!verdict) return [];
    const object = tableLabel(table.schema, table.name);
    const { error, identityProblem } = verdict;
    if (error !== null) {
      // A lock that stood in the way says nothing against the table.
      const severity = error.kind === 'timeout' ? 'warning' : 'error';
      const message = [error.message, error.advice ?? ''].join(' ').trim();
      return [{ severity, message, field: fieldOf(error, table), object }];
    }
    if (identityProblem === null) return [];
    return [{ severity: 'warning', message: identityProblem, field: identityField(identityProblem), object }];
  });
}

/** Which input a problem of identity is about, by our own words for it (trials/identityProblem.ts). */
function identityField(problem: string): string {
  if (/column list|^The columns of/.test(problem)) return 'columns';
  return problem.startsWith('The row filter of') ? 'filter' : 'tables';
}

/** Which input a refusal is about, by SQLSTATE and words (tried on 10 to 18). */
function fieldOf({ server }: ErrorDescription, table: PublishedTableChoice): string {
  const words = `${server?.message ?? ''}\n${server?.detail ?? ''}`;
  const code = server?.code ?? '';
  if (['42P01', '3F000', '42501', '42809', '55P03'].includes(code)) return 'tables';
  if (/column list/.test(words) || /^column "[^]*" of relation/.test(words)) return 'columns';
  if (/WHERE/.test(words)) return 'filter';
  if (code === '22023') return 'tables';
  return table.filter === null ? 'tables' : 'filter';
}
