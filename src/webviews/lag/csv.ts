import type { LagChart, LagFigure, LagRow } from '../../protocol/lag.ts';
import { csvLine, csvText } from '../../replication/model/csvText.ts';
import { states } from '../shared/streamStates.ts';
import { figureNames, reasonOf } from './words.ts';

const figures = Object.keys(figureNames) as LagFigure[];

/** The rows as they are shown, as comma-separated values with a header: bytes, seconds, bytes per second; empty where unknown. */
export function streamsCsv(rows: readonly LagRow[]): string {
  const header = ['state', 'reason', 'publisher', 'slot', 'subscriber', 'subscription', 'consumer', ...figures];
  const lines = rows.map((row) => [
    ...[
      states[row.state].word,
      reasonOf(row),
      row.publisher?.server ?? '',
      row.publisher?.object ?? '',
      row.subscriber?.server ?? '',
      row.subscriber?.object ?? '',
      row.consumer,
    ].map(csvText),
    ...figures.map((figure) => String(row.figures[figure] ?? '')),
  ]);
  return [header, ...lines].map(csvLine).join('');
}

/** The chart as comma-separated values: a line for each step, oldest first, moments as ISO 8601 in UTC; empty where nothing is known. */
export function figuresCsv({ metric, series, times }: LagChart): string {
  const columns = series.flatMap(({ label, values, yesterday }) => [
    { title: label, values },
    ...(yesterday ? [{ title: `${label}, a day before`, values: yesterday }] : []),
  ]);
  const header = ['time', ...columns.map(({ title }) => csvText(`${metric} ${title}`))];
  const lines = times.map((at, index) => [
    new Date(at * 1000).toISOString(),
    ...columns.map(({ values }) => String(values[index] ?? '')),
  ]);
  return [header, ...lines].map(csvLine).join('');
}
