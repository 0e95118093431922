import type { Plan } from '../../replication/model/plan.ts';
import { renderRedacted } from '../../replication/postgres/statement.ts';
import { comment, statementText } from '../plans/sqlText.ts';

/** A text for the page, cut so that a plan over 10,000 tables doesn't travel at every key. */
export interface CutText {
  readonly sql: string;
  /** 0 where all is there. */
  readonly linesLeftOut: number;
}

/** The plan's statements as they may be shown, secrets as dots; each under what it does where there are several. */
export function planSql(plan: Plan): string {
  const servers = new Set(plan.steps.map((step) => step.serverName)).size;
  return plan.steps
    .map((step) => {
      const where = servers > 1 ? `On ${step.serverName}: ${step.title}` : step.title;
      const head = plan.steps.length > 1 ? comment(where) : [];
      return [...head, statementText(renderRedacted(step.statement))].join('\n');
    })
    .join('\n\n');
}

/** At most `maxLines` lines and `maxCharacters` characters of it. */
export function cutText(text: string, maxLines = 200, maxCharacters = 20_000): CutText {
  const lines = text.split('\n');
  if (lines.length <= maxLines && text.length <= maxCharacters) return { sql: text, linesLeftOut: 0 };
  const kept: string[] = [];
  let characters = 0;
  for (const line of lines.slice(0, maxLines)) {
    if (characters + line.length > maxCharacters) break;
    characters += line.length + 1;
    kept.push(line);
  }
  if (kept.length === 0) kept.push((lines[0] ?? '').slice(0, maxCharacters));
  return { sql: kept.join('\n'), linesLeftOut: Math.max(1, lines.length - kept.length) };
}
