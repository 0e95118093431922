import type { SubscribedSequence } from '../model/subscription.ts';
import { asList, asNumber, asText, type Json } from './json.ts';
import type { Probe } from './probe.ts';

/** Whether pg_subscription_rel of this server lists sequences beside tables: since 19 (by a column of then, untried). */
export function listsSequences(probe: Probe): boolean {
  return probe.has('pg_publication', 'puballsequences');
}

/** The sequences of the database's subscriptions: subscription, oid, schema, name, state. 19, untried; null before. */
export function subscribedSequencesQuery(probe: Probe): string {
  if (!listsSequences(probe)) return 'select null::json';
  return `select pg_catalog.json_agg(pg_catalog.json_build_array(r.srsubid::int8, r.srrelid::int8, n.nspname, c.relname, r.srsubstate::text)
              order by n.nspname, c.relname)
       from pg_catalog.pg_subscription_rel r join pg_catalog.pg_class c on c.oid = r.srrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind = 'S'`;
}

/** The rows by the oid of their subscription. The state of a sequence is i, then r. */
export function parseSubscribedSequences(rows: Json | undefined): ReadonlyMap<number, readonly SubscribedSequence[]> {
  const groups = new Map<number, SubscribedSequence[]>();
  for (const row of asList(rows)) {
    const [subscription, oid, schema, name, state] = asList(row);
    const sequence = {
      oid: asNumber(oid),
      schema: asText(schema),
      name: asText(name),
      synchronized: asText(state) === 'r',
    };
    const group = groups.get(asNumber(subscription));
    if (group) group.push(sequence);
    else groups.set(asNumber(subscription), [sequence]);
  }
  return groups;
}
