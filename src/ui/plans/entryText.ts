import { joined } from '../tree/words.ts';
import type { HistoryEntry, HistoryStep } from './history.ts';
import { comment, statementText } from './sqlText.ts';

/** What a plan ran, as SQL to be read: when, on which server, and how each statement ended. Secrets are dots. */
export function entrySqlText(entry: HistoryEntry): string {
  const head = [
    entry.title,
    `${new Date(entry.startedAt).toISOString()} · ${entry.status}`,
    ...entry.remarks.map((remark) => `Note: ${remark}`),
  ].flatMap(comment);
  return `${head.join('\n')}\n\n${entry.steps.map(stepText).join('\n\n')}\n`;
}

function stepText(step: HistoryStep): string {
  const ended = joined([step.status, step.tookMs !== null && `${Math.round(step.tookMs)} ms`]);
  return [
    ...comment(`On ${step.serverName}: ${step.title} (${ended})`),
    ...(step.error === null ? [] : comment(`Failed: ${step.error}`)),
    ...step.notices.flatMap((notice) => comment(`The server sent: ${notice}`)),
    statementText(step.sql),
  ].join('\n');
}
