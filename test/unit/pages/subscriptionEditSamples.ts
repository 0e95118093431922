import type { PreflightState } from '../../../src/protocol/subscription.ts';
import type { SubscriptionEditDraft, SubscriptionEditModel } from '../../../src/protocol/subscriptionEdit.ts';
import { subscriptionDraft, subscriptionModel } from './samples.ts';

/** orders_sub as it is on a 16. */
export const presentSubscription: SubscriptionEditDraft = {
  name: 'orders_sub',
  enabled: true,
  address: {
    host: 'db-1.shop.example,db-2.shop.example',
    port: '5432,5433',
    database: 'shop',
    user: 'repl',
    more: 'sslmode=verify-full service=shop target_session_attrs=read-write',
  },
  publications: ['orders_pub'],
  refresh: true,
  copyData: true,
  hasSlot: true,
  slotName: 'orders_sub',
  options: {
    synchronousCommit: 'off',
    binary: false,
    streaming: 'parallel',
    twoPhase: false,
    disableOnError: true,
    passwordRequired: true,
    runAsOwner: false,
    origin: 'any',
  },
};

/** It and its servers, as the panel tells the page; two-phase commit can't be altered any more there. */
export function subscriptionEditModel(present: SubscriptionEditDraft = presentSubscription): SubscriptionEditModel {
  const { publisher, subscriber } = subscriptionModel(subscriptionDraft);
  if (publisher.phase !== 'open' || subscriber.phase !== 'open') throw new Error('the samples are open');
  const can = { can: true } as const;
  return {
    type: 'model',
    server: subscriber.server,
    present,
    connection: { readable: true, hasPassword: true, otherSecrets: ['sslpassword'] },
    capabilities: { ...subscriber.capabilities, 'subscription.twoPhase': can },
    fixed: [{ option: 'twoPhase', reason: 'It can be altered since PostgreSQL 18; here it is settled at creation.' }],
    publisher: { name: publisher.server.name, publications: publisher.publications },
    passwordTyped: false,
  };
}

/** A preflight in which much is wrong. */
export const samplePreflight: PreflightState = {
  type: 'preflight',
  running: false,
  draft: subscriptionDraft,
  checks: [
    {
      id: 'subscriber.tables',
      title: 'Tables on warehouse',
      state: 'failed',
      message: 'warehouse lacks public.orders and public."<img src=x onerror=alert(1)>".',
      remedies: [{ action: 'createTables', label: 'Create 2 Tables With It', preview: false }],
    },
    {
      id: 'subscriber.rows',
      title: 'Empty tables on warehouse',
      state: 'warning',
      message:
        'public.customers holds rows already: copying the publisher’s rows over them fails at the first that is there twice.',
      remedies: [
        { action: 'dontCopy', label: 'Don’t Copy Rows', preview: false },
        { action: 'truncateTables', label: 'Empty 1 Table…', preview: true },
      ],
    },
    {
      id: 'publisher.slots',
      title: 'Free replication slots on shop-primary',
      state: 'unknown',
      message: 'The role ada may not see the slots: pg_monitor shows them.',
      remedies: [],
    },
    {
      id: 'publisher.walLevel',
      title: 'wal_level on shop-primary',
      state: 'passed',
      message: 'It is logical.',
      remedies: [],
    },
  ],
};
