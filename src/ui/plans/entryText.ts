import { count, joined } from '../tree/words.ts';
import { entryWords, momentText, stepWords } from './entryWords.ts';
import type { HistoryEntry, HistoryStep } from './historyRecord.ts';
import { comment, statementText } from './sqlText.ts';
import { noUndoWords } from './undoWords.ts';

/** What a plan ran, as SQL to be read: when, on which server, how each statement ended, and the undo. Secrets are dots. */
export function entrySqlText(entry: HistoryEntry): string {
  const took = entry.status === 'running' ? null : `${seconds(entry.endedAt - entry.startedAt)} in all`;
  const head = [
    entry.title,
    joined([momentText(entry.startedAt), entryWords[entry.status], count(entry.steps.length, 'step'), took]),
    ...entry.remarks.map((remark) => `Note: ${remark}`),
  ].flatMap(comment);
  const steps = entry.steps.map((step, index) => stepText(step, index, entry.steps.length));
  const undo = undoText(entry);
  return `${[head.join('\n'), ...steps, ...(undo === null ? [] : [undo])].join('\n\n')}\n`;
}

function stepText(step: HistoryStep, index: number, total: number): string {
  const ended = joined([stepWords(step), step.tookMs !== null && `${Math.round(step.tookMs)} ms`]);
  const place = total > 1 ? `Step ${index + 1} of ${total}, on ${step.serverName}` : `On ${step.serverName}`;
  return [
    ...comment(`${place}: ${step.title} (${ended})`),
    ...(step.error === null ? [] : comment(`${step.status === 'failed' ? 'Failed: ' : ''}${step.error}`)),
    ...(step.advice === null ? [] : comment(step.advice)),
    ...step.notices.flatMap((notice) => comment(`The server sent: ${notice}`)),
    statementText(step.sql),
  ].join('\n');
}

/** How to take back what was done, newest first, as comments; null where nothing was done. */
function undoText({ steps }: HistoryEntry): string | null {
  const done = steps.filter(({ changesNothing, status }) => status === 'done' && !changesNothing).toReversed();
  if (done.length === 0) return null;
  const lines = done.flatMap(({ title, serverName, undo, noUndo }) =>
    undo === null
      ? comment(`${title} (${serverName}): ${noUndoWords({ noUndo })}`)
      : [...comment(`${undo.title} (${serverName}):`), ...commentedSql(undo.sql)],
  );
  return ['-- To take back what was done:', ...lines].join('\n');
}

/** A statement that is only shown: each of its lines behind a comment sign. */
export function commentedSql(sql: string): readonly string[] {
  return statementText(sql)
    .split(/[\n\r\u0085\u2028\u2029]/)
    .map((line) => `--   ${line}`);
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
