import type { TableCopy } from '../model/copy.ts';
import type { PublishedTable } from '../model/publication.ts';
import type { TableName } from '../model/reads.ts';
import type { Inventory } from '../model/snapshot.ts';
import type { Subscription } from '../model/subscription.ts';
import { nameKey } from './sizes.ts';

/**
 * What the copy of each table leaves out of what the publisher has, by the publications that the subscription names: rows,
 * where a filter applies and no publication sends the table without one; columns, where a list does. Subscribers before 15
 * copy all. Where the publisher isn't known, everything is taken to come.
 */
export function whatComes(
  subscription: Subscription,
  subscriber: Inventory,
  publisher: Inventory | null,
): (table: TableName) => TableCopy['leavesOut'] {
  const copiesPart = subscriber.server.capabilities['publication.rowFilters'].can;
  const publications = (publisher?.publications ?? []).filter(({ name }) => subscription.publications.includes(name));
  const named = new Map<string, PublishedTable[]>();
  for (const member of publications.flatMap(({ tables }) => tables)) {
    const key = nameKey(member);
    const others = named.get(key);
    if (others) others.push(member);
    else named.set(key, [member]);
  }
  return (table) => {
    const members = named.get(nameKey(table)) ?? [];
    const whole = publications.some(({ allTables, schemas }) => allTables || schemas.includes(table.schema));
    if (!copiesPart || whole || members.length === 0) return [];
    return [
      ...(members.every(({ filter }) => filter !== null) ? (['rows'] as const) : []),
      ...(members.some(({ columns }) => columns !== null) ? (['columns'] as const) : []),
    ];
  };
}
