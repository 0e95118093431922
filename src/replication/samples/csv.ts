import { csvLine, csvText } from '../model/csvText.ts';
import type { Stream } from '../model/stream.ts';
import { keptFigures } from './coding.ts';
import type { KeptStream } from './sampleStore.ts';
import { type TierName, tierShapes } from './streamSamples.ts';
import type { Cell, Pick } from './tier.ts';

/** What is exported. */
export interface CsvChoice {
  readonly streams: readonly KeptStream[];
  readonly tier: TierName;
  /** From here to before there, milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** The name of a connection; undefined where it isn't there any more. */
  readonly nameOf: (connectionId: string) => string | undefined;
}

const stepPicks: readonly Pick[] = ['least', 'greatest', 'last'];

/**
 * Samples as comma-separated values (RFC 4180, with a header), one line for each stream and step, oldest first. Moments as
 * ISO 8601 in UTC; unknown figures are empty. Steps of more than a second have the least, the greatest and the last of
 * each figure. A text that a spreadsheet would take for a formula gets an apostrophe before it.
 */
export function* samplesCsv({ from, nameOf, streams, tier, to }: CsvChoice): Generator<string> {
  const { rollsUp, widthMs } = tierShapes[tier];
  const picks = rollsUp ? stepPicks : (['last'] as const);
  const figures = keptFigures.flatMap((figure) =>
    picks.map((pick) => ({ figure, pick, title: rollsUp ? `${figure} ${pick}` : figure })),
  );
  const names = [
    'time',
    'stepSeconds',
    'publisher',
    'database',
    'slot',
    'subscriber',
    'subscription',
    'consumer',
    'state',
  ];
  yield csvLine([...names, ...figures.map(({ title }) => title)]);
  for (const { samples, stream } of streams) {
    const ends = endsOf(stream, nameOf).map(csvText);
    for (const cell of samples.tiers[tier].cells(from, to)) {
      if (cell.isGap) continue;
      yield csvLine([
        new Date(cell.at).toISOString(),
        String(widthMs / 1000),
        ...ends,
        cell.state ?? '',
        ...figures.map(({ figure, pick }) => numeral(cell, figure, pick)),
      ]);
    }
  }
}

function endsOf({ consumer, publisher, subscriber }: Stream, nameOf: CsvChoice['nameOf']): readonly string[] {
  return [
    publisher ? (nameOf(publisher.connectionId) ?? '') : '',
    publisher?.database ?? '',
    publisher?.slotName ?? '',
    subscriber ? (nameOf(subscriber.connectionId) ?? '') : '',
    subscriber?.subscriptionName ?? '',
    consumer,
  ];
}

function numeral(cell: Cell, figure: (typeof keptFigures)[number], pick: Pick): string {
  const value = cell.value(figure, pick);
  if (value === null) return '';
  return figure === 'secondsBehind' ? value.toFixed(3) : String(value);
}
