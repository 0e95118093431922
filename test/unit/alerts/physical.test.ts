import assert from 'node:assert/strict';

import type { AlertLevel } from '../../../src/replication/alerts/alert.ts';
import { physicalConditions } from '../../../src/replication/alerts/physicalConditions.ts';
import { thresholdsFrom } from '../../../src/replication/alerts/thresholds.ts';
import { type MonitoredServer, PhysicalLags } from '../../../src/replication/lag/physicalLags.ts';
import { PositionHistory } from '../../../src/replication/lag/positions.ts';
import type { Forecast } from '../../../src/replication/model/forecast.ts';
import type { PhysicalLag } from '../../../src/replication/model/physical.ts';
import { knownServer, lsn, sender, type ServerOptions, slot, start } from '../lag/handmade.ts';
import { physicalLag } from './handmade.ts';

const giga = 1024 ** 3;

function conditionsOf(more: Partial<PhysicalLag>, when: Forecast | null = null) {
  const loss = when && ({ by: 'size', when } as const);
  const all = physicalConditions({ lag: physicalLag(more), loss, thresholds: thresholdsFrom(), serverName: 'shop' });
  return new Map(all.map((one) => [one.kind, one]));
}

const isWell = (level: AlertLevel) => level === 'under' || level === 'moot';

describe('the thresholds of something physical', () => {
  const broken = (more: Partial<PhysicalLag>) =>
    [...conditionsOf(more).values()].filter(({ level }) => !isWell(level)).map(({ kind, level }) => [kind, level]);

  it('are all kept by a slot whose standby streams, and by a standby without a slot', () => {
    assert.deepEqual([...conditionsOf({}).keys()], ['lost', 'headroom', 'retained', 'unused', 'inactive', 'behind']);
    assert.deepEqual(broken({}), []);
    assert.deepEqual([...conditionsOf({ slotName: null, retainedBytes: null }).keys()], ['behind']);
  });

  it('say of a slot that nobody reads that it is inactive, and unused where no known standby names it', () => {
    const alone = { state: 'inactive', reader: null, behindBytes: null, secondsBehind: null } as const;
    assert.deepEqual(broken({ ...alone, idleSeconds: 1000, retainedBytes: giga }), [
      ['unused', 'over'],
      ['inactive', 'over'],
    ]);
    assert.deepEqual(broken({ ...alone, awaited: true, retainedBytes: giga }), [['inactive', 'over']]);
    const { knownForSeconds, sentence } = conditionsOf({ ...alone, idleSeconds: 1000, retainedBytes: giga }).get(
      'inactive',
    ) ?? { sentence: '' };
    assert.equal(knownForSeconds, 1000);
    assert.equal(
      sentence,
      'The physical replication slot db2 on shop has been inactive for more than 15 min: no standby reads it. It retains 1 GB of WAL.',
    );
    assert.deepEqual(broken({ ...alone, state: 'moved', retainedBytes: giga }), [], 'somebody advances it');
    assert.deepEqual(broken({ ...alone, retainedBytes: null }), [], 'it keeps no WAL and was never read');
  });

  it('say that it retains too much, and is soon lost', () => {
    assert.deepEqual(broken({ retainedBytes: 12 * giga }), [['retained', 'over']]);
    const soon = conditionsOf(
      { retainedBytes: giga, headroomBytes: 9 * giga },
      { kind: 'in', seconds: 1800, earliest: 1800, latest: null, basis: null, asOf: 0 },
    );
    assert.equal(
      soon.get('headroom')?.sentence,
      'The physical replication slot db2 on shop is about to be lost: in ≈ 30 min, 9 GB of WAL may still be written.',
    );
    const little = conditionsOf({ retainedBytes: 9 * giga, headroomBytes: giga }).get('headroom');
    assert.deepEqual(
      [little?.level, little?.sentence],
      [
        'over',
        'The physical replication slot db2 on shop has little room before it is lost: 1 GB of WAL may still be written.',
      ],
    );
  });

  it('say of a lost slot what it means for its standby, and nothing else', () => {
    const lost = { state: 'lost', retainedBytes: null, reader: null, behindBytes: null } as const;
    assert.deepEqual(broken(lost), [['lost', 'over']]);
    const sentence = (lostReason: string | null) => conditionsOf({ ...lost, lostReason }).get('lost')?.sentence ?? '';
    assert.equal(
      sentence(null),
      'The physical replication slot db2 on shop is lost: the WAL it kept was removed, because it was more than max_slot_wal_keep_size. A standby that read it can’t go on from shop, unless it finds that WAL in an archive or is built anew.',
    );
    assert.match(sentence('idle_timeout'), /lost: it was inactive for longer than idle_replication_slot_timeout\. /);
  });

  it('say how far a standby is behind, with a slot and without one', () => {
    const far = { behindBytes: 2 * giga, secondsBehind: 720, notReceivedBytes: 1024 ** 2 };
    assert.equal(conditionsOf(far).get('behind')?.level, 'over');
    assert.equal(
      conditionsOf(far).get('behind')?.sentence,
      'The reader db2 at 10.0.0.7 of the physical replication slot db2 on shop is 2 GB, 12 min behind: 1 MB of it hasn’t arrived there.',
    );
    assert.equal(
      conditionsOf({ ...far, slotName: null, secondsBehindIsMinimum: true }).get('behind')?.sentence,
      'The standby db2 at 10.0.0.7 of shop is 2 GB, at least 12 min behind: 1 MB of it hasn’t arrived there.',
    );
    assert.equal(conditionsOf({ behindBytes: null, secondsBehind: null }).get('behind')?.level, 'unknown');
  });

  it('say nothing new of a server that doesn’t answer', () => {
    const all = conditionsOf({ state: 'unreachable', retainedBytes: null });
    assert.deepEqual([...new Set([...all.values()].map(({ level }) => level))], ['unknown']);
  });
});

describe('physical slots and standbys', () => {
  /** A server at that second, which has written up to that byte. */
  function server(second: number, byte: number, more: Partial<ServerOptions> = {}, open = true): MonitoredServer {
    const known = knownServer({
      id: 'shop',
      ...more,
      pulse: { sampledAt: start + second * 1000, currentLsn: lsn(byte), ...more.pulse },
    });
    positions.record(start + second * 1000, lsn(byte));
    const view = { name: 'shop', snapshot: known.snapshot, open, problem: null };
    return { connectionIds: ['shop', 'again'], measuredBy: 'shop', view, positions };
  }

  let positions: PositionHistory;
  let lags: PhysicalLags;
  let servers: readonly MonitoredServer[];
  beforeEach(() => {
    positions = new PositionHistory();
    lags = new PhysicalLags({ servers: () => servers });
  });

  const physical = (more: Parameters<typeof slot>[1] = {}) =>
    slot('db2', { type: 'physical', database: null, plugin: null, confirmedFlushLsn: null, ...more });

  it('are measured by the sender that reads the slot: bytes to what is replayed, seconds by our own samples', () => {
    const reading = { pid: 100, applicationName: 'db2', flushLsn: lsn(19_000), replayLsn: lsn(10_000) };
    const at = (second: number, byte: number) =>
      server(second, byte, { pulse: { slots: [physical(), slot('logical')], senders: [sender(reading)] } });
    servers = [at(0, 10_000)];
    servers = [at(10, 20_000)];
    servers = [at(14, 20_000)];
    const [db2, ...others] = lags.lags();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [db2?.slotName, db2?.reader, db2?.state, db2?.retainedBytes, db2?.behindBytes, db2?.notReceivedBytes],
      ['db2', 'db2 at 10.0.0.9', 'active', 12_000, 10_000, 1000],
    );
    // It was written between the samples of the first second and the tenth.
    assert.ok(db2?.secondsBehind !== null && (db2?.secondsBehind ?? 0) >= 4 && (db2?.secondsBehind ?? 0) <= 14);
    assert.deepEqual(db2?.connectionIds, ['shop', 'again']);
  });

  it('are standbys without a slot too, but no base backup, nothing logical, and nobody who can’t be told', () => {
    const senders = [
      sender({ pid: 1, applicationName: 'walreceiver', user: 'repl', replayLsn: lsn(9000) }),
      sender({ pid: 2, applicationName: 'walreceiver', user: 'repl', replayLsn: lsn(4000) }),
      sender({ pid: 3, applicationName: 'pg_basebackup' }),
      sender({ pid: 4, state: null, applicationName: 'hidden' }),
      sender({ pid: 5, applicationName: 'orders' }),
    ];
    servers = [server(0, 10_000, { pulse: { senders, slots: [slot('orders', { activePid: 5 })] } })];
    assert.deepEqual(
      lags.lags().map(({ behindBytes, reader, slotName }) => [slotName, reader, behindBytes]),
      [[null, 'repl at 10.0.0.9', 6000]],
      'the two that can’t be told apart are one, as far as the furthest behind',
    );
  });

  it('are inactive while nobody reads, unless somebody advances them', () => {
    const idle = (second: number, byte: number) =>
      server(second, 20_000, {
        pulse: { slots: [physical({ active: false, activePid: null, restartLsn: lsn(byte) })] },
      });
    const state = () => lags.lags()[0]?.state;
    servers = [idle(0, 8000)];
    assert.equal(state(), 'inactive');
    servers = [idle(1, 9000)];
    assert.deepEqual([state(), state()], ['moved', 'moved']);
    servers = [idle(2, 9000)];
    assert.equal(state(), 'inactive');
  });

  it('are awaited where a standby among the connections names the slot', () => {
    const named = { primary_slot_name: { name: 'primary_slot_name', value: 'db2', unit: null } };
    const primary = server(0, 10_000, { systemIdentifier: '7', pulse: { slots: [physical()] } });
    const standby = (systemIdentifier: string) =>
      server(0, 10_000, { id: 'db2', systemIdentifier, settings: named, pulse: { inRecovery: true } });
    const awaited = (one: MonitoredServer) => {
      servers = [primary, one];
      return lags.lags()[0]?.awaited;
    };
    assert.deepEqual([awaited(standby('7')), awaited(standby('8'))], [true, false]);
  });

  it('are lost, or can’t be reached, without a figure', () => {
    const lost = physical({ active: false, activePid: null, lost: true, walStatus: 'lost', restartLsn: null });
    servers = [server(0, 10_000, { pulse: { slots: [lost] } })];
    assert.deepEqual([lags.lags()[0]?.state, lags.lags()[0]?.retainedBytes], ['lost', null]);
    servers = [server(1, 10_000, { pulse: { slots: [physical()] } }, false)];
    assert.deepEqual([lags.lags()[0]?.state, lags.lags()[0]?.retainedBytes], ['unreachable', null]);
  });

  it('leave out slots of sessions, and the one the server keeps for itself', () => {
    const slots = [physical({ temporary: true }), { ...physical(), name: 'pg_conflict_detection' }];
    servers = [server(0, 10_000, { pulse: { slots } })];
    assert.deepEqual(lags.lags(), []);
  });
});
