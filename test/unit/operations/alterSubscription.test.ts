import assert from 'node:assert/strict';

import type { SubscriptionChange } from '../../../src/replication/model/choices.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import type { Subscription, SubscriptionOptions } from '../../../src/replication/model/subscription.ts';
import {
  checkAlterSubscription,
  planAlterSubscription,
} from '../../../src/replication/operations/subscription/alterSubscription.ts';
import { planResyncTable } from '../../../src/replication/operations/subscription/resyncTable.ts';
import { planSkipTransaction } from '../../../src/replication/operations/subscription/skipTransaction.ts';
import type { PlanTarget } from '../../../src/replication/operations/target.ts';
import { renderRedacted } from '../../../src/replication/postgres/statement.ts';
import { hostileNames, publication, published, slot, subscription, table, target } from './fixture.ts';

const options: SubscriptionOptions = {
  binary: false,
  streaming: 'parallel',
  twoPhase: 'disabled',
  disableOnError: false,
  passwordRequired: true,
  runAsOwner: false,
  origin: 'any',
  failover: false,
  synchronousCommit: 'off',
};
const orders = table('public', 'orders');
const events = table('public', 'events', { rowEstimate: 5 });

function subscriber(more: Partial<Subscription> = {}, major = 18): PlanTarget {
  const subscriptions = [subscription('sub', { options, publications: ['a', 'b'], ...more })];
  return target({ connectionId: 'warehouse', major, inventory: { subscriptions, tables: [orders, events] } });
}

const publisher = (): PlanTarget =>
  target({
    inventory: {
      tables: [orders, events],
      publications: [
        publication('a', { tables: [published(orders)] }),
        publication('b'),
        publication('c', { tables: [published(events)] }),
      ],
    },
    pulse: { slots: [slot('sub', { active: true }), slot('free'), slot('lost_one', { lost: true })] },
  });

function sql(change: SubscriptionChange, more: Partial<Subscription> = {}, major = 18): readonly string[] {
  return planAlterSubscription(subscriber(more, major), 'sub', change).steps.map(({ statement }) => {
    const text = renderRedacted(statement);
    return text.startsWith('DO ') ? 'DISABLE and wait' : text.replace('ALTER SUBSCRIPTION "sub" ', '');
  });
}

function check(change: SubscriptionChange, more: Partial<Subscription> = {}, major = 18): readonly string[] {
  return checkAlterSubscription(subscriber(more, major), 'sub', change, publisher()).map(
    ({ severity, field, message }) => `${severity} ${field ?? '-'} ${message}`,
  );
}

describe('planAlterSubscription', () => {
  it('does nothing where nothing differs', () => {
    const same: SubscriptionChange = {
      name: 'sub',
      enabled: true,
      slotName: 'sub',
      publications: { names: ['b', 'a'], refresh: true, copyData: true },
      options: { binary: false, twoPhase: false, origin: 'any' },
    };
    assert.deepEqual(sql(same), []);
  });

  it('disables for what needs it and enables again, with the new name before', () => {
    assert.deepEqual(sql({ name: 'new', options: { failover: true, binary: true } }), [
      'DISABLE',
      'SET (binary = true, failover = true)',
      'RENAME TO "new"',
      'ALTER SUBSCRIPTION "new" ENABLE',
    ]);
    assert.deepEqual(sql({ options: { twoPhase: true } }), ['DISABLE and wait', 'SET (two_phase = true)', 'ENABLE']);
    assert.deepEqual(sql({ options: { twoPhase: true } }, { enabled: false }), ['SET (two_phase = true)']);
    assert.deepEqual(sql({ enabled: false, options: { failover: true } }), ['DISABLE', 'SET (failover = true)']);
  });

  it('adds, drops or sets publications, whichever says it in one statement that the version has', () => {
    const to = (...names: string[]): SubscriptionChange => ({ publications: { names, refresh: true, copyData: true } });
    assert.deepEqual(sql(to('a', 'b', 'c')), ['ADD PUBLICATION "c"']);
    assert.deepEqual(sql(to('a')), ['DROP PUBLICATION "b"']);
    assert.deepEqual(sql(to('a', 'c')), ['SET PUBLICATION "a", "c"']);
    assert.deepEqual(sql(to('a', 'b', 'c'), {}, 13), ['SET PUBLICATION "a", "b", "c"']);
    const undo = (...names: string[]): string | undefined =>
      planAlterSubscription(subscriber(), 'sub', to(...names)).steps[0]?.undo?.title;
    assert.match(undo('a') ?? '', /written to the tables of b meanwhile stays missing$/);
    assert.match(undo('a', 'b', 'c') ?? '', /without copying again$/);
    const quiet = { publications: { names: ['a'], refresh: true, copyData: false } };
    assert.deepEqual(sql(quiet), ['DROP PUBLICATION "b" WITH (copy_data = false)']);
    assert.deepEqual(sql(quiet, { enabled: false }), ['DROP PUBLICATION "b" WITH (refresh = false)']);
    assert.deepEqual(sql({ ...quiet, enabled: true }, { enabled: false }), [
      'ENABLE',
      'DROP PUBLICATION "b" WITH (copy_data = false)',
    ]);
  });

  it('leaves out what the version can’t change, and takes any name as data', () => {
    assert.deepEqual(sql({ options: { twoPhase: true, failover: true, synchronousCommit: 'local' } }, {}, 15), [
      "SET (synchronous_commit = 'local')",
    ]);
    for (const name of hostileNames) {
      const plan = planAlterSubscription(subscriber(), 'sub', { name, options: { twoPhase: true } });
      assert.equal(plan.steps.length, 4);
    }
  });

  it('changes the slot’s own options on the publisher that is named, and says so', () => {
    const plan = planAlterSubscription(subscriber(), 'sub', { options: { failover: true } }, publisher());
    assert.deepEqual(
      plan.steps.map(({ alsoChanges }) => alsoChanges?.length ?? 0),
      [0, 1, 0],
    );
    assert.deepEqual(
      plan.basis?.map(({ kind, name }) => `${kind} ${name}`),
      ['subscription sub'],
    );
  });
});

describe('checkAlterSubscription', () => {
  it('judges slots, which PostgreSQL doesn’t', () => {
    assert.match(check({ slotName: 'nowhere' })[0] ?? '', /^error slot shop has no replication slot nowhere/);
    assert.match(check({ slotName: 'lost_one' })[0] ?? '', /^error slot .* is lost/);
    assert.match(check({ slotName: 'Bad' })[0] ?? '', /^error slot The name of a replication slot may hold only/);
    assert.match(check({ slotName: 'free' })[0] ?? '', /^warning slot The subscription goes on from where free stands/);
    assert.match(check({ slotName: null, enabled: true })[0] ?? '', /^error slot Without a replication slot/);
  });

  it('says what is copied, what is no longer followed, and what two-phase commit forbids', () => {
    const change = { publications: { names: ['a', 'b', 'c'], refresh: true, copyData: true } };
    const has = { tables: [{ ...orders, state: 'ready' as const }] };
    assert.deepEqual(
      check(change, has).map((line) => line.slice(0, 60)),
      [
        'info publications These tables are copied: public.events.',
        'warning publications public.events already holds rows on war',
      ],
    );
    const twoPhase = { ...has, options: { ...options, twoPhase: 'enabled' as const } };
    assert.match(check(change, twoPhase)[0] ?? '', /^error publications While two-phase commit is in force/);
    // On 18: "not allowed when two_phase is enabled", as soon as the worker that was started has written it down.
    const starting = { ...change, enabled: true, options: { twoPhase: true } };
    assert.match(check(starting, { enabled: false })[0] ?? '', /^error publications Once it is enabled, two-phase/);
    assert.doesNotMatch(check(starting)[0] ?? '', /^error/);
    const gone = check({ publications: { names: ['b'], refresh: true, copyData: true } }, has);
    assert.match(gone[0] ?? '', /^warning publications No longer followed: public\.orders/);
    assert.match(
      check({ publications: { names: ['a', 'nope'], refresh: true, copyData: true } }, has)[0] ?? '',
      /no publication called nope/,
    );
    assert.match(
      check(change, { ...has, enabled: false })[0] ?? '',
      /^warning publications The subscription sub is disabled/,
    );
  });

  it('says which options this version, this slot or this role can’t change', () => {
    assert.match(
      check({ options: { twoPhase: true } }, {}, 17)[0] ?? '',
      /^error options two_phase can be set here only when the subscription is created/,
    );
    assert.match(
      check({ options: { failover: true } }, { slotName: null })[0] ?? '',
      /^error options Without a replication slot, failover/,
    );
    assert.match(
      check({ options: { failover: true } }, { slotName: 'gone' })[0] ?? '',
      /^error options shop has no replication slot gone/,
    );
    assert.deepEqual(check({ options: { binary: true } }), []);
    assert.match(
      check({ name: 'x' }, { ownedByMe: false, owner: 'bob' })[0] ?? '',
      /^error - The subscription sub belongs to bob/,
    );
  });

  it('warns of an address that hides behind the host, and that nothing is tried', () => {
    const before = [
      ['host', 'old'],
      ['hostaddr', '10.0.0.1'],
      ['dbname', 'shop'],
      ['password', new Secret('p')],
    ] as const;
    const conninfo = before.map(([keyword, value]) => [keyword, keyword === 'host' ? 'new' : value] as const);
    const found = check({ connection: { conninfo, before } });
    assert.ok(found.some((line) => line.startsWith('warning connection The subscriber connects to hostaddr 10.0.0.1')));
    assert.match(found.at(-1) ?? '', /^info connection PostgreSQL doesn’t try/);
  });
});

describe('planSkipTransaction and planResyncTable', () => {
  it('refuse what can’t be', () => {
    assert.throws(() => planSkipTransaction(subscriber({}, 14), 'sub', { lsn: null }), { kind: 'unsupported' });
    assert.throws(() => planSkipTransaction(subscriber({}, 14), 'sub', { lsn: '0/1' }), { kind: 'invalidInput' });
    for (const lsn of ['', '0/0', "1/2'); drop", '123']) {
      assert.throws(() => planSkipTransaction(subscriber(), 'sub', { lsn }), { kind: 'invalidInput' }, lsn);
    }
    const parties = (more: Partial<Subscription>): { subscriber: PlanTarget; publisher: PlanTarget } => ({
      subscriber: subscriber(more),
      publisher: publisher(),
    });
    const how = { truncate: true, readers: [] };
    const ready = { tables: [{ ...orders, state: 'ready' as const }] };
    assert.throws(() => planResyncTable(parties({ enabled: false, ...ready }), 'sub', orders, how), {
      kind: 'invalidInput',
    });
    assert.throws(() => planResyncTable(parties({}), 'sub', orders, how), { kind: 'missing' });
    assert.throws(() => planResyncTable(parties({ ...ready, publications: ['b'] }), 'sub', orders, how), {
      kind: 'unsupported',
    });
    assert.equal(planResyncTable(parties(ready), 'sub', orders, how).steps.length, 8);
    assert.equal(planResyncTable(parties(ready), 'sub', orders, { ...how, truncate: false }).steps.length, 7);
  });
});
