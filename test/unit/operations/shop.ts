import type { Publication } from '../../../src/replication/model/publication.ts';
import type { PlanTarget } from '../../../src/replication/operations/target.ts';
import { publication, slot, table, target } from './fixture.ts';

export const orders = table('public', 'orders');
export const events = table('public', 'events');
export const parent = table('public', 'parent');
export const heir = table('public', 'heir', { inheritsFrom: [parent.oid] });

/** What the open connection to its subscriber tells. */
export const readers = [{ publication: 'orders_pub', subscription: 'orders_sub', serverName: 'warehouse' }];

/** A publisher with these tables and the publication `orders_pub`, which `orders_sub` reads. */
export function shop(present: Partial<Publication>, major: number): PlanTarget {
  return target({
    major,
    inventory: { tables: [orders, events, parent, heir], publications: [publication('orders_pub', present)] },
    pulse: { slots: [slot('orders_sub', { active: true })] },
  });
}
