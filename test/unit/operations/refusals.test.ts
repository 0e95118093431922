import assert from 'node:assert/strict';

import { ReplicationError, type ErrorKind } from '../../../src/replication/model/errors.ts';
import { slotNameFor } from '../../../src/replication/operations/names.ts';
import { planDropPublications } from '../../../src/replication/operations/publication/dropPublication.ts';
import {
  checkAdvancePosition,
  knownPositions,
  planAdvanceSlot,
} from '../../../src/replication/operations/slot/advanceSlot.ts';
import { checkSlotCopy, planCopySlot } from '../../../src/replication/operations/slot/copySlot.ts';
import { checkSlot, checkSlotName } from '../../../src/replication/operations/slot/createSlot.ts';
import { planDropSlots } from '../../../src/replication/operations/slot/dropSlot.ts';
import { planDropSubscription } from '../../../src/replication/operations/subscription/dropSubscription.ts';
import { planRefreshSubscription } from '../../../src/replication/operations/subscription/refreshSubscription.ts';
import { planEnableSubscription } from '../../../src/replication/operations/subscription/switchSubscription.ts';
import { planSetReplicaIdentity } from '../../../src/replication/operations/table/replicaIdentity.ts';
import { hostileNames, sender, slot, subscription, table, target } from './fixture.ts';

function refuses(kind: ErrorKind, words: RegExp, plan: () => unknown): void {
  assert.throws(plan, (error) => {
    assert.ok(ReplicationError.is(error, kind), String(error));
    assert.match(error.message, words);
    return true;
  });
}

describe('what operations refuse', () => {
  it('dropping a slot that is read, naming who reads it', () => {
    const pulse = {
      slots: [slot('orders_sub', { active: true, activePid: 42 }), slot('held', { active: true, activePid: 7 })],
      senders: [sender(42, 'orders_sub')],
    };
    refuses('inUse', /orders_sub on shop is in use by orders_sub from 10\.0\.0\.7 as replicator \(process 42\)/, () =>
      planDropSlots(target({ pulse }), ['orders_sub']),
    );
    refuses('inUse', /in use by the process 7/, () => planDropSlots(target({ pulse }), ['held']));
  });

  it('dropping the slot of a table that is being copied, though it isn’t active', () => {
    const name = 'pg_16500_sync_16999_7123456789012345678';
    const copying = { slots: [slot(name)], senders: [sender(9, name)] };
    refuses('inUse', /process 9/, () => planDropSlots(target({ pulse: copying }), [name]));
    assert.equal(planDropSlots(target({ pulse: { slots: [slot(name)] } }), [name]).steps.length, 1);
  });

  it('dropping slots that the server keeps itself', () => {
    const pulse = {
      slots: [slot('standby', { synced: true }), slot('pg_conflict_detection', { type: 'physical', plugin: null })],
    };
    refuses('unsupported', /kept in step with the primary/, () => planDropSlots(target({ pulse }), ['standby']));
    refuses('unsupported', /server itself keeps/, () => planDropSlots(target({ pulse }), ['pg_conflict_detection']));
  });

  it('copying or advancing what the version, the server or the slot doesn’t allow', () => {
    const slots = [
      slot('here'),
      slot('there', { database: 'other' }),
      slot('gone', { lost: true, lostReason: 'idle_timeout' }),
      slot('standby', { type: 'physical', plugin: null, database: null }),
      slot('synced', { synced: true }),
      slot('read', { active: true, activePid: 42 }),
      slot('pg_conflict_detection', { type: 'physical', plugin: null, database: null }),
    ];
    const at = (major = 16) => target({ major, pulse: { slots, senders: [sender(42, 'reporting')] } });
    const advance = (name: string, to = '0/F8000000', major = 16) => planAdvanceSlot(at(major), name, to);
    const copy = (from: string, major = 16) => planCopySlot(at(major), { from, to: 'copied', plugin: null });
    refuses('unsupported', /can’t be advanced: Needs PostgreSQL 11/, () => advance('here', '0/F8000000', 10));
    refuses('unsupported', /can’t be copied: Needs PostgreSQL 12/, () => copy('here', 11));
    refuses('slotLost', /idle_timeout/, () => advance('gone'));
    refuses('slotLost', /idle_timeout/, () => copy('gone'));
    refuses('unsupported', /physical/, () => advance('standby'));
    refuses('unsupported', /kept in step/, () => advance('synced'));
    refuses('unsupported', /server itself keeps/, () => copy('pg_conflict_detection'));
    refuses('invalidInput', /database other/, () => advance('there'));
    refuses('invalidInput', /database other/, () => copy('there'));
    assert.equal(advance('there', '0/F8000000', 17).steps.length, 1);
    refuses('inUse', /reporting from 10\.0\.0\.7 as replicator \(process 42\)/, () => advance('read'));
    assert.equal(copy('read').steps.length, 1);
    refuses('invalidInput', /moved backwards: here stands at 0\/F0000000, which is 240 MB further/, () =>
      advance('here', '0/E1000000'),
    );
    refuses('privilege', /REPLICATION/, () =>
      planAdvanceSlot(
        target({
          without: { 'slot.advance': { can: false, because: 'privilege', reason: 'Needs the REPLICATION attribute.' } },
        }),
        'here',
        '0/F8000000',
      ),
    );
    const problems = checkSlotCopy(target({ pulse: { slots: [slot('here', { restartLsn: null })] } }), {
      from: 'here',
      to: 'Here',
      plugin: '',
    });
    assert.deepEqual(
      problems.map(({ field }) => field),
      ['name', 'options', undefined],
    );
  });

  it('positions that aren’t any, and offers those that are known', () => {
    const here = slot('here');
    assert.match(checkAdvancePosition(here, '') ?? '', /16\/B374D848/);
    assert.match(checkAdvancePosition(here, '0/F0000000') ?? '', /already/);
    assert.match(checkAdvancePosition(slot('new', { confirmedFlushLsn: null }), '0/1') ?? '', /no confirmed position/);
    assert.equal(checkAdvancePosition(here, 'f/0'), null);
    const slots = [
      here,
      slot('behind', { confirmedFlushLsn: '0/E0000000' }),
      slot('ahead', { confirmedFlushLsn: '0/F8000000' }),
      slot('gone', { confirmedFlushLsn: '0/F9000000', lost: true }),
      slot('standby', { type: 'physical', confirmedFlushLsn: null }),
    ];
    const positions = knownPositions(target({ pulse: { slots } }), 'here', [
      { what: 'a', appliedLsn: '0/F8000000' },
      { what: 'b', appliedLsn: null },
      { what: 'of another cluster', appliedLsn: '2/0' },
    ]);
    assert.deepEqual(positions, [
      { lsn: '0/F8000000', what: 'applied by a and where the slot ahead stands', skipsBytes: 0x8000000 },
      { lsn: '1/0', what: 'the end of WAL now', skipsBytes: 0x10000000 },
    ]);
  });

  it('what isn’t there any more', () => {
    refuses('missing', /no publication gone/, () => planDropPublications(target(), ['gone']));
    refuses('missing', /no replication slot gone/, () => planDropSlots(target(), ['gone']));
    refuses('missing', /no subscription gone/, () => planDropSubscription(target(), 'gone', 'leaveSlot'));
    refuses('missing', /no table public\."a\.b"/, () =>
      planSetReplicaIdentity(target(), { tables: [{ schema: 'public', name: 'a.b' }], identity: 'full', index: null }),
    );
  });

  it('enabling without a slot, refreshing while disabled, copying with two-phase in force', () => {
    const bare = subscription('bare', { slotName: null, enabled: false });
    const withTwoPhase = subscription('prepared', { options: { ...bare.options, twoPhase: 'enabled' } });
    const at = target({ inventory: { subscriptions: [bare, withTwoPhase] } });
    refuses('invalidInput', /has no replication slot/, () => planEnableSubscription(at, 'bare', true));
    refuses('invalidInput', /is disabled/, () => planRefreshSubscription(at, 'bare', { copyData: false }));
    refuses('invalidInput', /two-phase/, () => planRefreshSubscription(at, 'prepared', { copyData: true }));
    assert.equal(planRefreshSubscription(at, 'prepared', { copyData: false }).steps.length, 1);
  });

  it('an index identity without its index', () => {
    const orders = table('public', 'orders');
    refuses('invalidInput', /No index/, () =>
      planSetReplicaIdentity(target({ inventory: { tables: [orders] } }), {
        tables: [orders],
        identity: 'index',
        index: null,
      }),
    );
  });
});

describe('slot names', () => {
  it('are what PostgreSQL allows', () => {
    for (const good of ['a', 'orders_sub_2', '0', 'x'.repeat(63)]) assert.equal(checkSlotName(good), null);
    for (const bad of ['', 'A', 'a-b', 'a b', 'ä', 'x'.repeat(64), 'pg_conflict_detection'])
      assert.notEqual(checkSlotName(bad), null, bad);
  });

  it('are derived from any subscription name', () => {
    assert.equal(slotNameFor('orders_sub'), 'orders_sub');
    assert.equal(slotNameFor('Ñandú 1'), 'nandu_1_slot');
    assert.equal(slotNameFor('表'), 'subscription_slot');
    assert.equal(slotNameFor('none'), 'none_slot');
    for (const name of [...hostileNames, 'X'.repeat(63)]) assert.equal(checkSlotName(slotNameFor(name)), null, name);
  });

  it('are checked together with the rest of a new slot', () => {
    const choice = { name: 'debezium', plugin: 'pgoutput', twoPhase: false, failover: false, waitLimitMs: 1000 };
    assert.deepEqual(checkSlot(target(), choice), []);
    assert.match(checkSlot(target({ pulse: { slots: [slot('debezium')] } }), choice)[0]?.message ?? '', /already has/);
    assert.match(checkSlot(target({ major: 13 }), { ...choice, twoPhase: true })[0]?.message ?? '', /14 or newer/);
  });
});
