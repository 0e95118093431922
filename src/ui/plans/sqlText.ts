import type { Plan, Step } from '../../replication/model/plan.ts';
import { renderRedacted } from '../../replication/postgres/statement.ts';

/** A plan as SQL to be read: each statement under what it does and where. Secrets are dots. */
export function planSqlText(plan: Plan): string {
  const head = [plan.title, ...plan.remarks.map((remark) => `Note: ${remark}`)].flatMap(comment);
  const steps = plan.steps.map((step) => stepText(step, plan.steps.length));
  return `${head.join('\n')}\n\n${steps.join('\n\n')}\n`;
}

function stepText(step: Step, total: number): string {
  const place = total > 1 ? `Step ${step.id} of ${total}, on ${step.serverName}: ` : `On ${step.serverName}: `;
  return [
    ...comment(`${place}${step.title}`),
    ...(step.consequence === null ? [] : comment(step.consequence)),
    statementText(renderRedacted(step.statement)),
  ].join('\n');
}

/** A statement with its semicolon. */
export function statementText(sql: string): string {
  return `${sql.replace(/[;\s]+$/, '')};`;
}

/** Columns after which a comment goes on in the next line. */
const commentWidth = 100;

/** Text as SQL comment lines: a line break in a name must not end the comment. */
export function comment(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/[\s\u0085]+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > commentWidth) lines.push(`-- ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
