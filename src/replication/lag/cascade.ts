import type { StreamLag } from '../model/stream.ts';

/** A way of changes over several servers: each stream begins in the database in which the one before it ends. */
export interface Cascade {
  /** From the first publisher on; two at least. */
  readonly hops: readonly StreamLag[];
  /**
   * About how old the oldest change is that the last subscriber lacks, seconds: what is behind on each hop, summed, since
   * a change waits on one after the other. Null where one of them isn't known. Bytes of different servers don't add up.
   */
  readonly secondsBehind: number | null;
  /** It may be more: on one of the hops that is all that is known. */
  readonly secondsBehindIsMinimum: boolean;
  /** The hop that is behind most; null where none is known. */
  readonly slowest: StreamLag | null;
}

/** More hops than this aren't followed. */
const mostHops = 16;
/** Servers in layers, each joined with all of the next, make ways without number: beyond so many, no more are followed. */
const mostWays = 1000;

/**
 * All ways over more than one server that the streams make, each as long as it gets, the first publisher to the last
 * subscriber. `databaseOf` gives the same text for the same database of the same server, whichever connection leads
 * there; `database` is null for the connection's own. Streams in a circle (two servers that subscribe to each other)
 * are followed once around at the most, and of more than a thousand ways the rest is left out. Whether the tables of one hop are published again on the next isn't looked at.
 */
export function cascades(
  lags: readonly StreamLag[],
  databaseOf: (connectionId: string, database: string | null) => string,
): readonly Cascade[] {
  const after = new Map<string, StreamLag[]>();
  const ends = new Set<string>();
  for (const lag of lags) {
    const { publisher, subscriber } = lag.stream;
    if (publisher && subscriber) {
      const begin = databaseOf(publisher.connectionId, publisher.database);
      after.set(begin, [...(after.get(begin) ?? []), lag]);
      ends.add(databaseOf(subscriber.connectionId, null));
    }
  }
  let ways = 0;
  const next = ({ stream }: StreamLag): readonly StreamLag[] =>
    (stream.subscriber && after.get(databaseOf(stream.subscriber.connectionId, null))) ?? [];
  const follow = (way: readonly StreamLag[], databases: ReadonlySet<string>): readonly (readonly StreamLag[])[] => {
    if (ways >= mostWays) return [];
    const last = way.at(-1);
    const onward = last === undefined || way.length >= mostHops ? [] : next(last);
    const longer = onward.filter(({ stream }) => {
      const { subscriber } = stream;
      return subscriber !== null && !databases.has(databaseOf(subscriber.connectionId, null));
    });
    if (longer.length === 0) {
      if (way.length > 1) ways += 1;
      return [way];
    }
    return longer.flatMap((hop) => {
      const { subscriber } = hop.stream;
      const reached = subscriber ? [databaseOf(subscriber.connectionId, null)] : [];
      return follow([...way, hop], new Set([...databases, ...reached]));
    });
  };
  return lags
    .flatMap((lag) => {
      const { publisher, subscriber } = lag.stream;
      if (!publisher || !subscriber) return [];
      const begin = databaseOf(publisher.connectionId, publisher.database);
      return ends.has(begin) ? [] : follow([lag], new Set([begin, databaseOf(subscriber.connectionId, null)]));
    })
    .filter((way) => way.length > 1)
    .map(cascadeOf);
}

function cascadeOf(hops: readonly StreamLag[]): Cascade {
  const known = hops.flatMap((hop) => (hop.secondsBehind === null ? [] : [{ hop, seconds: hop.secondsBehind }]));
  const slowest = known.reduce<(typeof known)[number] | null>(
    (most, one) => (most === null || one.seconds > most.seconds ? one : most),
    null,
  );
  return {
    hops,
    secondsBehind: known.length === hops.length ? known.reduce((sum, { seconds }) => sum + seconds, 0) : null,
    secondsBehindIsMinimum: hops.some((hop) => hop.secondsBehindIsMinimum),
    slowest: slowest?.hop ?? null,
  };
}
