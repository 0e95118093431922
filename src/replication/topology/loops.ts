import type { TopologyRemark } from '../model/topology.ts';
import { offers } from '../operations/offers.ts';
import type { JoinedStream } from './logicalEdges.ts';

/** A stream between two databases, as loops see it. */
interface Hop {
  readonly joined: JoinedStream;
  readonly from: string;
  readonly to: string;
  /** The subscriber asks for origin = none, and its publisher understands it (16 and later). */
  readonly filtered: boolean;
}

/** The ids of streams that have another one the other way between the same two databases. */
export function bidirectionalIds(joined: readonly JoinedStream[]): ReadonlySet<string> {
  const hops = hopsOf(joined);
  const ways = new Set(hops.map(({ from, to }) => JSON.stringify([from, to])));
  return new Set(
    hops
      .filter(({ from, to }) => from !== to && ways.has(JSON.stringify([to, from])))
      .map(({ joined: { edge } }) => edge.id),
  );
}

/**
 * Loops in which a change goes round without end: the same table on all of the way, and no subscription on it that
 * asks its publisher for origin = none where the publisher understands that. One remark per stream that is part of one.
 */
export function loopRemarks(joined: readonly JoinedStream[]): readonly TopologyRemark[] {
  const unfiltered = hopsOf(joined).filter(({ filtered }) => !filtered);
  const tablesOf = new Map<Hop, Set<string>>();
  const cyclic = unfiltered.filter((hop) => reaches(unfiltered, hop.to, hop.from));
  const hopsOfTable = new Map<string, Hop[]>();
  for (const hop of cyclic) {
    for (const { name, schema } of hop.joined.subscription?.tables ?? []) {
      const table = `${schema}.${name}`;
      hopsOfTable.set(table, [...(hopsOfTable.get(table) ?? []), hop]);
    }
  }
  for (const [table, hops] of hopsOfTable) {
    for (const hop of hops.filter(({ from, to }) => reaches(hops, to, from))) {
      tablesOf.set(hop, (tablesOf.get(hop) ?? new Set()).add(table));
    }
  }
  return [...tablesOf].map(([hop, tables]) => remarkOf(hop, [...tables]));
}

function hopsOf(joined: readonly JoinedStream[]): readonly Hop[] {
  return joined.flatMap((one) => {
    const { from, to, publisher, slot, subscription, subscriber } = one;
    if (!from || !to || !subscriber || !subscription) return [];
    const database = slot?.database ?? subscription.publisher?.database ?? one.stream.publisher?.database ?? '';
    const understood = publisher !== null && offers(publisher.snapshot.inventory, 'subscription.origin');
    return [
      {
        joined: one,
        from: JSON.stringify([from.id, database]),
        to: JSON.stringify([to.id, subscriber.snapshot.inventory.server.database]),
        filtered: subscription.options.origin === 'none' && understood,
      },
    ];
  });
}

/** Whether one comes from `start` to `goal` over these streams; no way at all where they are the same. */
function reaches(hops: readonly Hop[], start: string, goal: string): boolean {
  const next = new Map<string, string[]>();
  for (const { from, to } of hops) next.set(from, [...(next.get(from) ?? []), to]);
  const seen = new Set([start]);
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === goal) return true;
    for (const to of next.get(at) ?? []) {
      if (!seen.has(to)) open.push(to);
      seen.add(to);
    }
  }
  return false;
}

function remarkOf({ joined }: Hop, tables: readonly string[]): TopologyRemark {
  const [first = '', ...more] = tables;
  const what = more.length === 0 ? first : `${first} and ${more.length} more`;
  const asked = joined.subscription?.options.origin === 'none';
  const name = joined.stream.subscriber?.subscriptionName ?? '';
  const why = asked
    ? `its publisher ${joined.from?.node.name ?? ''} is older than 16 and ignores origin = none`
    : 'it doesn’t ask for origin = none';
  return {
    kind: 'loop',
    severity: 'warning',
    text: `Changes of ${what} go round in a loop: subscription ${name} on ${joined.to?.node.name ?? ''} takes back what came from its own server, because ${why}.`,
    about: joined.edge.id,
    slot: null,
  };
}
