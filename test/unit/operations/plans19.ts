import type { PublicationChoice } from '../../../src/replication/model/choices.ts';
import type { Plan } from '../../../src/replication/model/plan.ts';
import type { Publication } from '../../../src/replication/model/publication.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import type { Subscription } from '../../../src/replication/model/subscription.ts';
import { planAlterPublication } from '../../../src/replication/operations/publication/alterPublication.ts';
import { planCreatePublication } from '../../../src/replication/operations/publication/createPublication.ts';
import { planDropPublications } from '../../../src/replication/operations/publication/dropPublication.ts';
import { planAlterSubscription } from '../../../src/replication/operations/subscription/alterSubscription.ts';
import { planCreateSubscription } from '../../../src/replication/operations/subscription/createSubscription.ts';
import { planRefreshSequences } from '../../../src/replication/operations/subscription/refreshSequences.ts';
import type { PlanTarget } from '../../../src/replication/operations/target.ts';
import {
  hostileNames,
  member,
  publicationChoice,
  published,
  subscription,
  subscriptionChoice,
  target,
} from './fixture.ts';
import { heir, orders, parent, readers, shop as shopOf } from './shop.ts';

const known = { readers };

const warehouse = target({
  connectionId: 'warehouse',
  major: 19,
  inventory: { tables: [orders], subscriptions: [subscription('orders_sub')] },
});

const except = (...names: readonly string[]): Pick<PublicationChoice, 'scope' | 'exceptTables'> => ({
  scope: 'allTables',
  exceptTables: names.map((name) => ({ schema: 'public', name })),
});

const shop = (present: Partial<Publication>, major = 19): PlanTarget => shopOf(present, major);

const create = (choice: Partial<PublicationChoice>, major = 19): Plan =>
  planCreatePublication(shop({}, major), publicationChoice({ name: 'all_pub', tables: [], ...choice }));

const alter = (present: Partial<Publication>, choice: Partial<PublicationChoice>): Plan =>
  planAlterPublication(shop(present), 'orders_pub', publicationChoice({ tables: [], ...choice }), known);

const subscribing = (more: Partial<Subscription> = {}): PlanTarget =>
  target({
    connectionId: 'warehouse',
    major: 19,
    server: { foreignServers: [{ name: 'shop_server', host: 'shop.example', port: null, database: 'shop' }] },
    inventory: {
      subscriptions: [
        subscription('orders_sub', {
          ...more,
          options: {
            ...subscription('x').options,
            binary: false,
            retainDeadTuples: false,
            maxRetentionDuration: 0,
            walReceiverTimeout: '-1',
          },
        }),
      ],
    },
  });

const conninfo = [
  ['host', 'old.example'],
  ['password', new Secret('geheim')],
] as const;

/** Plans of what PostgreSQL 19 is documented to have, for the golden files. No server of 19 has judged them. */
export const plans19: Readonly<Record<string, () => Plan>> = {
  '19-publication-all-sequences': () => create({ allSequences: true }),
  '19-publication-all-tables-and-sequences': () => create({ scope: 'allTables', allSequences: true, viaRoot: true }),
  '19-publication-except': () => create({ ...except('orders', 'parent'), allSequences: true }),
  '19-publication-except-only': () =>
    create({ scope: 'allTables', exceptTables: [{ schema: 'public', name: 'parent', only: true }] }),
  '19-publication-except-hostile': () =>
    create({ scope: 'allTables', exceptTables: hostileNames.map((name) => ({ schema: name, name })) }),
  // What 18 doesn't have is left out of its SQL; the form says so before.
  '19-publication-on-18': () => create({ ...except('orders'), allSequences: true }, 18),
  '19-publication-alter-except': () =>
    alter({ allTables: true, exceptTables: [orders] }, { ...except('events'), viaRoot: true, name: 'all_pub' }),
  '19-publication-alter-except-nothing': () =>
    alter({ allTables: true, allSequences: true, exceptTables: [orders] }, { scope: 'allTables', allSequences: true }),
  '19-publication-alter-to-sequences': () => alter({ allTables: true }, { allSequences: true }),
  '19-publication-alter-add-sequences-and-refresh': () =>
    planAlterPublication(
      shop({ allTables: true }),
      'orders_pub',
      publicationChoice({ tables: [], scope: 'allTables', allSequences: true }),
      { ...known, refresh: [{ subscriber: warehouse, subscription: 'orders_sub', copyData: true }] },
    ),
  '19-publication-alter-empty-to-sequences': () => alter({}, { allSequences: true }),
  '19-publication-alter-from-all': () =>
    alter({ allTables: true, allSequences: true, exceptTables: [orders] }, { tables: [member('public', 'orders')] }),
  '19-publication-drop': () =>
    planDropPublications(shop({ allTables: true, allSequences: true, exceptTables: [parent, heir] }), ['orders_pub']),
  '19-publication-alter-members-to-except': () =>
    alter({ tables: [published(orders)], schemas: ['sales'] }, except('events')),
  '19-subscription-options': () =>
    planCreateSubscription(
      { subscriber: subscribing(), publisher: target({ major: 19 }), publisherInventory: null },
      subscriptionChoice({
        options: { retainDeadTuples: true, maxRetentionDuration: 60_000, walReceiverTimeout: "30s' --" },
      }),
    ),
  '19-subscription-by-server': () =>
    planCreateSubscription(
      { subscriber: subscribing(), publisher: target({ major: 19 }), publisherInventory: null },
      subscriptionChoice({ foreignServer: 'shop_server', conninfo: [], password: null }),
    ),
  '19-subscription-alter-options': () =>
    planAlterSubscription(subscribing(), 'orders_sub', {
      options: { retainDeadTuples: true, maxRetentionDuration: 5000, walReceiverTimeout: '0', binary: true },
    }),
  '19-subscription-alter-timeout': () =>
    planAlterSubscription(subscribing(), 'orders_sub', { options: { walReceiverTimeout: '2min' } }),
  '19-subscription-alter-to-server': () =>
    planAlterSubscription(subscribing(), 'orders_sub', { foreignServer: { name: 'shop_server', before: conninfo } }),
  '19-subscription-alter-to-server-unread': () =>
    planAlterSubscription(subscribing(), 'orders_sub', { foreignServer: { name: 'it"s', before: null } }),
  '19-subscription-alter-from-server': () =>
    planAlterSubscription(subscribing({ foreignServer: 'shop_server' }), 'orders_sub', {
      connection: { conninfo, before: null },
    }),
  '19-subscription-alter-other-server': () =>
    planAlterSubscription(subscribing({ foreignServer: 'shop_server' }), 'orders_sub', {
      foreignServer: { name: 'other_server', before: null },
    }),
  '19-subscription-refresh-sequences': () => planRefreshSequences(subscribing(), 'orders_sub'),
};
