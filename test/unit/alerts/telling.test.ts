import assert from 'node:assert/strict';

import type { AlertKind } from '../../../src/replication/alerts/alert.ts';
import { physicalSubject, streamSubject } from '../../../src/replication/alerts/subject.ts';
import { actionsFor } from '../../../src/ui/alerts/alertActions.ts';
import type { ShownAlert } from '../../../src/ui/alerts/alertCenter.ts';
import { alertMessages, badgeOf, untilWords } from '../../../src/ui/alerts/alertWords.ts';
import { AlertMutes, muteChoices } from '../../../src/ui/alerts/mutes.ts';
import { Teller } from '../../../src/ui/alerts/teller.ts';
import { againAfterMs, ToldAlerts } from '../../../src/ui/alerts/toldAlerts.ts';
import { minute, noon, physicalLag, SharedClaims, SharedState, stream } from './handmade.ts';

const subject = (name: string, more: Parameters<typeof stream>[1] = {}) => streamSubject(stream(name, more));

function alert(name: string, kind: AlertKind = 'behind', of = subject(name)): ShownAlert {
  const times = { raisedAt: noon, asOf: noon };
  return { subjectId: of.id, subject: of, kind, ...times, short: `short ${kind}`, sentence: `${name} is ${kind}.` };
}

describe('telling alerts', () => {
  let state: SharedState;
  let claims: SharedClaims;
  let now: number;
  let shown: readonly ShownAlert[];
  let quiet: boolean;
  const namesOf = (id: string) => shown.find(({ subjectId }) => subjectId === id)?.subject.names ?? [];

  beforeEach(() => {
    state = new SharedState();
    claims = new SharedClaims();
    now = noon;
    shown = [];
    quiet = false;
  });

  /** A window; what it told is in `told`. Its pauses are as long as `sleep` says, of no real time unless told. */
  function openWindow(
    options: { focused?: boolean; storage?: SharedState; sleep?: (ms: number) => Promise<void> } = {},
  ) {
    const { focused = true, storage, sleep = async () => Promise.resolve() } = options;
    const told: string[] = [];
    const records = new ToldAlerts({ storage: storage ?? state, claims, now: () => now, namesOf: (id) => namesOf(id) });
    const teller = new Teller({
      told: records,
      shown: () => shown,
      quiet: () => quiet,
      focused: () => focused,
      sleep,
      tell: (alerts) => told.push(...alerts.map(({ sentence }) => sentence)),
    });
    return { teller, told, records };
  }

  it('tells each alert once, however often it is looked at', async () => {
    const { teller, told } = openWindow();
    await teller.look();
    shown = [alert('a')];
    await teller.look();
    await Promise.all([teller.look(), teller.look()]);
    shown = [alert('a'), alert('b')];
    await teller.look();
    assert.deepEqual(told, ['a is behind.', 'b is behind.']);
  });

  it('tells nothing again after a restart of the editor, and knows what held', async () => {
    shown = [alert('a')];
    await openWindow().teller.look();
    const next = openWindow();
    await next.teller.look();
    assert.deepEqual(next.told, []);
    assert.deepEqual(next.records.held(), [{ subjectId: 'shop/a', kind: 'behind', raisedAt: noon }]);
  });

  it('tells it in one of several windows, also where none sees yet what another wrote down', async () => {
    shown = [alert('a'), alert('b')];
    const windows = [{}, { focused: false }, { storage: new SharedState() }].map((options) => openWindow(options));
    await Promise.all(windows.map(async ({ teller }) => teller.look()));
    for (const { teller } of windows) await teller.look();
    assert.deepEqual(windows.flatMap(({ told }) => told).toSorted(), ['a is behind.', 'b is behind.']);
  });

  it('tells it in one of two windows of which one knows only one end of the stream', async () => {
    const { publisher } = stream('a');
    const ends = subject('a', { id: 'slot:shop:a' });
    const alone = subject('a', { id: 'subscription:warehouse:a', publisher: null });
    const [one, other] = [openWindow({ storage: new SharedState() }), openWindow({ storage: new SharedState() })];
    assert.ok(publisher);
    shown = [alert('a', 'stopped', ends)];
    await one.teller.look();
    shown = [alert('a', 'stopped', alone)];
    await other.teller.look();
    assert.deepEqual([one.told.length, other.told.length], [1, 0]);
  });

  it('tells again what was over and comes back, but not what flaps', async () => {
    const { teller, told } = openWindow();
    shown = [alert('a')];
    await teller.look();
    for (let times = 0; times < 5; times++) {
      now += minute;
      await teller.cleared(shown);
      await teller.look();
    }
    assert.equal(told.length, 1);
    now += againAfterMs;
    await teller.look();
    assert.equal(told.length, 2, 'it holds still, and it is a while since');
  });

  it('tells after the quiet hours what still holds', async () => {
    const { teller, told } = openWindow();
    quiet = true;
    shown = [alert('a'), alert('over by then')];
    await teller.look();
    assert.deepEqual(told, []);
    quiet = false;
    shown = [alert('a')];
    await teller.look();
    assert.deepEqual(told, ['a is behind.']);
  });

  it('tells nothing that is over, or muted, by the time it would', async () => {
    shown = [alert('a')];
    const { teller, told } = openWindow({
      focused: false,
      sleep: async () => {
        shown = [];
        return Promise.resolve();
      },
    });
    await teller.look();
    assert.deepEqual(told, []);
  });

  it('reads nothing into records that it didn’t write', async () => {
    await state.update('pgReplication.alerts.told', [{ subjectId: 1 }, null, 'x']);
    await state.update('pgReplication.alerts.muted', 'x');
    const { records } = openWindow();
    assert.deepEqual(records.held(), []);
    assert.equal(new AlertMutes({ storage: state }).of(subject('a')), null);
  });

  it('says one sentence for each stream, and one for all where there are many', () => {
    const both = alertMessages([alert('a', 'stopped'), alert('b', 'retained'), alert('a', 'behind')]);
    assert.deepEqual(
      both.map(({ severe, text }) => [text, severe]),
      [
        ['a is stopped. Also: short behind.', true],
        ['b is retained.', false],
      ],
    );
    const many = alertMessages(['a', 'b', 'c', 'd', 'e'].map((id) => alert(id)));
    assert.deepEqual(
      many.map(({ about, text }) => [about, text]),
      [[null, '5 replication streams need attention. a is behind. b is behind. And 3 more.']],
    );
    assert.deepEqual(alertMessages([]), []);
  });

  it('counts streams in the badge, with a sentence', () => {
    assert.equal(badgeOf([]), undefined);
    assert.deepEqual(badgeOf([alert('a', 'lost'), alert('b'), alert('a')]), {
      value: 2,
      tooltip: '2 replication streams need attention. a is lost. b is behind.',
    });
    assert.match(badgeOf(['a', 'b', 'c', 'd'].map((id) => alert(id)))?.tooltip ?? '', /And 1 more\.$/);
  });

  it('counts physical slots and standbys as what they are', () => {
    const slot = alert('db2', 'lost', physicalSubject(physicalLag()));
    const standby = alert('db3', 'behind', physicalSubject(physicalLag({ id: 'standby:x', slotName: null })));
    assert.equal(badgeOf([slot])?.tooltip, '1 physical slot needs attention. db2 is lost.');
    assert.match(
      badgeOf([slot, standby, alert('a'), { ...standby, subjectId: 'standby:y' }])?.tooltip ?? '',
      /^1 replication stream, 1 physical slot and 2 standbys need attention\. /,
    );
  });

  it('knows what was told though the stream has another id, since its other end is known now', async () => {
    const { publisher } = stream('a');
    shown = [alert('a', 'stopped', subject('a', { id: 'subscription:warehouse:a', publisher: null }))];
    await openWindow().teller.look();
    const next = openWindow();
    shown = [alert('a', 'stopped', subject('a', { id: 'slot:shop:a', publisher }))];
    await next.teller.look();
    assert.deepEqual(next.told, []);
    await next.teller.cleared(shown);
    assert.deepEqual(next.records.held(), []);
  });

  it('offers what helps', () => {
    const can = { canEnable: false, canDrop: false, canChangeSettings: false };
    const about = { subject: subject('a'), ...can };
    assert.deepEqual(actionsFor({ kind: 'behind' }, about), ['openLag', 'show', 'mute']);
    assert.deepEqual(actionsFor({ kind: 'lost' }, about), ['show', 'mute']);
    assert.deepEqual(actionsFor({ kind: 'inactive' }, { ...about, canEnable: true })[0], 'enable');
    assert.deepEqual(actionsFor({ kind: 'headroom' }, { ...about, canChangeSettings: true })[0], 'settings');
    const all = { canEnable: false, canDrop: true, canChangeSettings: true };
    assert.equal(actionsFor({ kind: 'unused' }, { ...about, ...all }).includes('drop'), false, 'it has a subscription');
    const alone = { subject: subject('a', { subscriber: null }), ...all };
    assert.deepEqual(actionsFor({ kind: 'unused' }, alone), ['drop', 'show', 'mute']);
    const physical = { subject: physicalSubject(physicalLag()), ...all };
    assert.deepEqual(actionsFor({ kind: 'lost' }, physical), ['drop', 'show', 'mute']);
    assert.deepEqual(actionsFor({ kind: 'behind' }, physical), ['openTopology', 'show', 'mute']);
  });
});

describe('muting a stream', () => {
  let now = noon;
  const state = new SharedState();
  const mutes = new AlertMutes({ storage: state, now: () => now });

  it('lasts until its time, for all windows, under either end', async () => {
    const both = subject('a');
    await mutes.mute(both, now + 60 * minute);
    const other = new AlertMutes({ storage: state, now: () => now });
    assert.equal(other.of(both), noon + 60 * minute);
    assert.equal(other.of(subject('a', { id: 'x', publisher: null })), noon + 60 * minute);
    assert.equal(other.of(subject('a', { id: 'y', subscriber: null })), noon + 60 * minute);
    assert.equal(other.of(subject('b')), null);
    now += 60 * minute;
    assert.equal(other.of(both), null);
  });

  it('always is until it is unmuted', async () => {
    await mutes.mute(subject('c'), 'always');
    now += 400 * 24 * 60 * minute;
    assert.equal(mutes.of(subject('c')), 'always');
    await mutes.unmute(subject('c'));
    assert.equal(mutes.of(subject('c')), null);
  });

  it('until tomorrow is until the next morning', () => {
    const late = new Date(2026, 0, 31, 23, 30);
    const [hour, tomorrow, always] = muteChoices(late);
    assert.equal(hour?.until, late.getTime() + 3_600_000);
    assert.equal(tomorrow?.until, new Date(2026, 1, 1, 8).getTime());
    assert.equal(always?.until, 'always');
    assert.equal(untilWords(tomorrow?.until ?? 0, late), 'until 2026-02-01 08:00');
    assert.equal(untilWords(new Date(2026, 0, 31, 23, 45).getTime(), late), 'until 23:45');
  });
});
