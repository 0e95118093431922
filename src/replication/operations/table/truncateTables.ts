import type { Plan } from '../../model/plan.ts';
import type { TableName } from '../../model/reads.ts';
import { quoteQualified } from '../../postgres/quote.ts';
import { lockWaitLimitMs, makePlan } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { count, listInWords, tableLabel } from '../words.ts';

/**
 * The plan that empties tables, all in one statement, so that those that refer to each other can be; one that
 * refers to them from outside makes the server refuse. The rows can't be brought back.
 */
export function planTruncateTables(target: PlanTarget, tables: readonly TableName[]): Plan {
  const names = tables.map(({ schema, name }) => tableLabel(schema, name));
  const qualified = tables.map(({ schema, name }) => quoteQualified(schema, name));
  const title = tables.length === 1 ? `Empty ${names[0]}` : `Empty ${count(tables.length, 'table')}`;
  return makePlan(title, [
    {
      on: target,
      title,
      statement: [`TRUNCATE TABLE ${qualified.join(', ')}`],
      risk: 'lossy',
      consequence: `All rows of ${listInWords(names)} on ${target.serverName} are deleted.`,
      noUndo: 'The rows aren’t kept.',
      wait: { limitMs: lockWaitLimitMs, blockersOn: [] },
      // Rows that somebody wrote since count as not emptied: nothing tells them from those that were there.
      effect: [`SELECT 1 WHERE ${qualified.map((name) => `NOT EXISTS (SELECT FROM ${name})`).join(' AND ')}`],
      passing: true,
    },
  ]);
}
