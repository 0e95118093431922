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
  const hopsOfTable = new Map<string, Hop[]>();
  for (const hop of inCircles(hopsOf(joined).filter(({ filtered }) => !filtered))) {
    for (const { name, schema } of hop.joined.subscription?.tables ?? []) {
      const table = `${schema}.${name}`;
      const hops = hopsOfTable.get(table);
      if (hops) hops.push(hop);
      else hopsOfTable.set(table, [hop]);
    }
  }
  const tablesOf = new Map<Hop, Set<string>>();
  for (const [table, hops] of hopsOfTable) {
    for (const hop of inCircles(hops)) tablesOf.set(hop, (tablesOf.get(hop) ?? new Set()).add(table));
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

/** The hops on a way that comes back to where it began: whose ends reach each other. */
function inCircles(hops: readonly Hop[]): readonly Hop[] {
  const onward = neighbours(hops.map(({ from, to }) => [from, to]));
  const back = neighbours(hops.map(({ from, to }) => [to, from]));
  // What is left last in one direction, and reached from there in the other, lies in one circle (Kosaraju's way).
  const left: string[] = [];
  const seen = new Set<string>();
  for (const start of onward.keys()) walk(start, onward, seen, (node) => left.push(node));
  const circle = new Map<string, string>();
  const taken = new Set<string>();
  for (const start of left.toReversed()) walk(start, back, taken, (node) => circle.set(node, start));
  return hops.filter(({ from, to }) => circle.get(from) === circle.get(to));
}

/** Both ends of every way are among the keys. */
function neighbours(ways: readonly (readonly [from: string, to: string])[]): ReadonlyMap<string, readonly string[]> {
  const next = new Map<string, string[]>();
  for (const [from, to] of ways) {
    const others = next.get(from);
    if (others) others.push(to);
    else next.set(from, [to]);
    if (!next.has(to)) next.set(to, []);
  }
  return next;
}

/** Goes to all that is reached from `start` and wasn't `seen`; `leave` gets each once all behind it was left. */
function walk(
  start: string,
  next: ReadonlyMap<string, readonly string[]>,
  seen: Set<string>,
  leave: (node: string) => void,
): void {
  if (seen.has(start)) return;
  seen.add(start);
  const way = [{ node: start, ahead: (next.get(start) ?? []).values() }];
  for (let here = way.at(-1); here; here = way.at(-1)) {
    const step = here.ahead.next();
    if (step.done) {
      leave(here.node);
      way.pop();
    } else if (!seen.has(step.value)) {
      seen.add(step.value);
      way.push({ node: step.value, ahead: (next.get(step.value) ?? []).values() });
    }
  }
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
