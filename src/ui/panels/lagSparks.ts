import type { LagView } from '../../protocol/lag.ts';
import type { StreamLag } from '../../replication/model/stream.ts';
import type { LagChartSources } from './lagChart.ts';

/** Steps of a sparkline. */
export const sparkSteps = 30;
/** The past of so many streams is read at once: hundreds at one beat would keep the others waiting. */
const readAtOnce = 40;

interface Kept {
  /** Number of the newest step. */
  step: number;
  values: (number | null)[];
  /** The last sample in it, milliseconds since the epoch; a later one changes the newest step. */
  sampledAt: number;
  /** The values as they are drawn. */
  drawn: string;
}

/**
 * The sparklines of a panel's rows. The past of a stream is read once; from then on each beat adds its figure to the newest
 * step, so that hundreds of rows cost next to nothing.
 */
export class LagSparks {
  readonly #sources: LagChartSources;
  #of = '';
  #kept = new Map<string, Kept>();

  constructor(sources: LagChartSources) {
    this.#sources = sources;
  }

  /** Begins a beat; gives the sparkline of each of its streams. Streams that aren't asked for are forgotten. */
  begin({ metric, rangeSeconds }: LagView, beatMs: number): (lag: StreamLag) => string {
    const before = this.#of === `${metric} ${rangeSeconds}` ? this.#kept : new Map<string, Kept>();
    this.#of = `${metric} ${rangeSeconds}`;
    const kept = new Map<string, Kept>();
    this.#kept = kept;
    const widthMs = (rangeSeconds * 1000) / sparkSteps;
    let toRead = readAtOnce;
    return ({ [metric]: value, sampledAt, stream: { id } }) => {
      const step = Math.floor(sampledAt / widthMs);
      const spark = before.get(id);
      if (spark?.sampledAt === sampledAt) {
        kept.set(id, spark);
        return spark.drawn;
      }
      const past = spark && step - spark.step;
      if (!spark || past === undefined || past < 0 || past > 1) {
        // Its turn to be read comes; until then it is as it was.
        if (toRead === 0) {
          if (spark) kept.set(id, spark);
          return spark?.drawn ?? '';
        }
        toRead -= 1;
        const from = (step - sparkSteps + 1) * widthMs;
        const buckets = { from, widthMs, count: sparkSteps, joinMs: Math.max(3000, beatMs * 2.5) };
        const read = this.#sources.samples.of(id)?.buckets(metric, buckets);
        const values = read ?? Array.from<number | null>({ length: sparkSteps }).fill(null);
        const drawn = digits(values);
        kept.set(id, { step, values, sampledAt, drawn });
        return drawn;
      }
      if (past === 1) spark.values = [...spark.values.slice(1), value];
      else spark.values[sparkSteps - 1] = worst(spark.values[sparkSteps - 1] ?? null, value);
      spark.step = step;
      spark.sampledAt = sampledAt;
      spark.drawn = digits(spark.values);
      kept.set(id, spark);
      return spark.drawn;
    };
  }
}

function worst(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

/** Each value as a digit by the greatest of them; a space where there is none. */
function digits(values: readonly (number | null)[]): string {
  const most = values.reduce<number>((greatest, value) => Math.max(greatest, value ?? 0), 0);
  return values
    .map((value) => (value === null ? ' ' : String(most === 0 ? 0 : Math.round((Math.max(0, value) / most) * 9))))
    .join('');
}
