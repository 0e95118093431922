import type { PublicationChoice } from '../../../src/replication/model/choices.ts';
import type { Plan } from '../../../src/replication/model/plan.ts';
import type { Publication } from '../../../src/replication/model/publication.ts';
import { planChangeOwner, planRename, planSetComment } from '../../../src/replication/operations/nameAndOwner.ts';
import { planAlterPublication } from '../../../src/replication/operations/publication/alterPublication.ts';
import {
  planAddTables,
  planRemoveMembers,
} from '../../../src/replication/operations/publication/publicationMembers.ts';
import type { PlanTarget } from '../../../src/replication/operations/target.ts';
import { hostileNames, member, publicationChoice, published, subscription, target } from './fixture.ts';
import { events, heir, orders, parent, readers, shop as shopOf } from './shop.ts';

const known = { readers, slots: { reading: ['orders_sub'], notReading: [] } };

const shop = (present: Partial<Publication>, major = 18): PlanTarget => shopOf(present, major);

const alter = (present: Partial<Publication>, choice: Partial<PublicationChoice>, major?: number): Plan =>
  planAlterPublication(shop(present, major), 'orders_pub', publicationChoice(choice), known);

const warehouse = target({
  connectionId: 'warehouse',
  major: 16,
  inventory: { tables: [orders], subscriptions: [subscription('orders_sub')] },
});

/** Plans of editing publications, for the golden files. */
export const publicationPlans: Readonly<Record<string, () => Plan>> = {
  'publication-alter-members-and-options': () =>
    alter(
      { tables: [published(orders), published(events)], schemas: ['sales'] },
      {
        tables: [
          member('public', 'orders', { columns: ['id', 'total'], filter: 'total > 10' }),
          member('public', 'parent'),
        ],
        operations: { insert: true, update: true, delete: true, truncate: false },
        generatedColumns: 'stored',
      },
    ),
  'publication-alter-one-filter': () =>
    alter(
      { tables: [published(orders, { filter: '(total > 10)' }), published(events)] },
      { tables: [member('public', 'orders', { filter: 'total > 20' }), member('public', 'events')] },
    ),
  'publication-alter-to-all-tables': () =>
    alter({ tables: [published(orders)], owner: 'bob', comment: "it's for the shop" }, { scope: 'allTables' }),
  'publication-alter-from-all-tables': () =>
    alter({ allTables: true }, { tables: [member('public', 'orders')], name: 'renamed' }, 14),
  'publication-alter-to-all-tables-19': () =>
    alter({ tables: [published(orders)], schemas: ['sales'] }, { scope: 'allTables', viaRoot: true }, 19),
  'publication-alter-hostile': () =>
    alter(
      {},
      {
        schemas: hostileNames,
        tables: hostileNames.map((name) => member(name, name, { columns: [name] })),
        name: hostileNames[0],
      },
    ),
  'publication-add-tables-and-refresh': () =>
    planAddTables(shop({ tables: [published(orders)] }), 'orders_pub', [member('public', 'events')], {
      ...known,
      refresh: [{ subscriber: warehouse, subscription: 'orders_sub', copyData: true }],
    }),
  'publication-rename-and-tell': () =>
    planAlterPublication(
      shop({ tables: [published(orders)] }, 16),
      'orders_pub',
      publicationChoice({ name: 'sales_pub', tables: [member('public', 'orders')] }),
      { ...known, refresh: [{ subscriber: warehouse, subscription: 'orders_sub', copyData: false }] },
    ),
  'publication-remove-members': () =>
    planRemoveMembers(
      shop({ tables: [published(orders), published(parent), published(heir)], schemas: ['sales'] }),
      'orders_pub',
      {
        tables: [parent, heir],
        schemas: ['sales'],
      },
    ),
  'publication-rename': () => planRename(shop({}, 15), 'publication', 'orders_pub', 'it"s', known),
  'publication-owner': () => planChangeOwner(shop({}), 'publication', 'orders_pub', 'alice'),
  'publication-comment': () => planSetComment(shop({ comment: 'old' }), 'publication', 'orders_pub', "what it's for"),
};
