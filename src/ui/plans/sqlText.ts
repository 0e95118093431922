import type { Plan, Step } from '../../replication/model/plan.ts';
import { renderRedacted } from '../../replication/postgres/statement.ts';
import { planUndoWords } from './undoWords.ts';

/** A plan as SQL to be read: each statement under what it does and where, and what can't be undone. Secrets are dots. */
export function planSqlText(plan: Plan): string {
  const undo = planUndoWords(plan);
  const notes = [...plan.remarks, ...(undo === null ? [] : [undo])];
  const head = [plan.title, ...notes.map((note) => `Note: ${note}`)].flatMap(comment);
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
const commentWidth = 80;

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
