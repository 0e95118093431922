import type { PublishedTable } from '../model/publication.ts';
import type { TableName } from '../model/reads.ts';
import type { Inventory } from '../model/snapshot.ts';
import type { Subscription } from '../model/subscription.ts';
import { nameKey } from './sizes.ts';

/** What the copy of a table leaves out of what the publisher has. */
export interface Comes {
  /** A row filter applies: how many rows come, nobody knows before. Subscribers before 15 copy all rows. */
  readonly filtered: boolean;
  /** The table's size here can be compared with the size there: all columns come, and it isn't partitioned here. */
  readonly comparable: boolean;
}

/**
 * What comes of each table, by the publications that the subscription names. A filter counts only where no publication
 * sends the table without one. Where the publisher isn't known, everything is taken to come.
 */
export function whatComes(
  subscription: Subscription,
  subscriber: Inventory,
  publisher: Inventory | null,
): (table: TableName) => Comes {
  const filtersCopies = subscriber.server.capabilities['publication.rowFilters'].can;
  const publications = (publisher?.publications ?? []).filter(({ name }) => subscription.publications.includes(name));
  const partitionedHere = new Set(subscriber.tables.flatMap((table) => (table.partitioned ? nameKey(table) : [])));
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
    return {
      filtered: filtersCopies && !whole && members.length > 0 && members.every(({ filter }) => filter !== null),
      comparable: members.every(({ columns }) => columns === null) && !partitionedHere.has(nameKey(table)),
    };
  };
}
