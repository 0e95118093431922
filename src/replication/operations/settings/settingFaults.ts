import type { SettingDetail } from '../../model/reads.ts';
import type { Slot } from '../../model/slot.ts';
import { retainedBytes } from '../slot/retainedWal.ts';
import type { PlanTarget } from '../target.ts';
import { count, listInWords } from '../words.ts';
import type { SettingChange } from './changeSettings.ts';
import { readSettingValue, valueIn } from './settingValue.ts';

/**
 * What is wrong with a value; null where nothing is: what the server would refuse, and what it would not start with.
 * `changes` are those made together with it.
 */
export function settingFault(
  target: PlanTarget,
  setting: SettingDetail,
  value: string,
  changes: readonly SettingChange[] = [],
): string | null {
  const read = readSettingValue(setting, value);
  if ('fault' in read) return read.fault;
  const { name } = setting;
  const amount = Number(read.canonical);
  if (name === 'wal_level') return walLevelFault(target, read.canonical, changes);
  const lasting = target.snapshot.pulse.slots.filter(({ temporary }) => !temporary).length;
  if (name === 'max_replication_slots' && amount < lasting) {
    return `The server would not start again: it has ${count(lasting, 'replication slot')}.`;
  }
  // "could not find free replication state", a PANIC. With 0 it starts, and none of its subscriptions goes on.
  if (setting.origins !== undefined && amount < setting.origins) {
    return `The server would not start again: its subscriptions have ${count(setting.origins, 'replication origin')}, and each needs a place.`;
  }
  if (name === 'max_wal_senders' && amount > 0 && planned(target, 'wal_level', changes) === 'minimal') {
    return 'The server would not start again: with wal_level = minimal it has to be 0. Raise wal_level together with it.';
  }
  const ofPrimary = name === 'max_worker_processes' || name === 'max_wal_senders';
  if (ofPrimary && target.snapshot.inventory.server.inRecovery && amount < Number(setting.value)) {
    return 'This server is a standby, which doesn’t start with less than its primary has. Lower it on the primary first.';
  }
  return null;
}

function walLevelFault(target: PlanTarget, wanted: string, changes: readonly SettingChange[]): string | null {
  if (wanted === 'logical') return null;
  const { inventory, pulse } = target.snapshot;
  // 19 turns logical decoding on by itself where it is replica, and says so in effective_wal_level.
  const byItself = inventory.server.settings['effective_wal_level'] !== undefined && wanted === 'replica';
  const slots = pulse.slots.filter(({ temporary, type }) => !temporary && (type === 'logical' || wanted === 'minimal'));
  if (slots.length > 0 && !byItself) {
    const needed = slots.some(({ type }) => type === 'logical') ? 'logical' : 'replica';
    return `The server would not start again: ${listInWords(slots.map(({ name }) => name))} needs wal_level = ${needed}.`;
  }
  return wanted === 'minimal' ? minimalFault(target, changes) : null;
}

/**
 * What a server with wal_level = minimal doesn't start with: WAL senders, archiving (archive_mode isn't changed from
 * here), and since 17 WAL summaries. What is already so counts too, and all of it is said at once.
 */
function minimalFault(target: PlanTarget, changes: readonly SettingChange[]): string | null {
  const off = (name: string): boolean => ['off', 'false', 'no', '0'].includes(planned(target, name, changes) ?? 'off');
  const wrong = [
    ...(Number(planned(target, 'max_wal_senders', changes) ?? 0) > 0 ? ['max_wal_senders has to be 0'] : []),
    ...(off('archive_mode') ? [] : ['archive_mode has to be off']),
    ...(off('summarize_wal') ? [] : ['summarize_wal has to be off']),
  ];
  return wrong.length === 0 ? null : `The server would not start again: with minimal, ${listInWords(wrong)}.`;
}

/** The value that a setting is to have, or else has. */
function planned(target: PlanTarget, name: string, changes: readonly SettingChange[]): string | undefined {
  const change = changes.find((each) => each.name === name);
  return change?.value.trim().toLowerCase() ?? target.snapshot.inventory.server.settings[name]?.value;
}

/**
 * What a value would cost at once, in words; null where nothing is lost: replication slots beyond the limit that it sets,
 * and standbys to wait for that nobody can follow as.
 */
export function settingLoss({ snapshot }: PlanTarget, setting: SettingDetail, value: string): string | null {
  if (setting.name === 'synchronized_standby_slots') return missingStandbys(snapshot.pulse.slots, value);
  const slots = snapshot.pulse.slots.filter(({ lost, temporary }) => !lost && !temporary);
  let beyond: typeof slots = [];
  if (setting.name === 'max_slot_wal_keep_size') {
    const limit = valueIn('B', setting, value);
    if (limit === null || limit < 0) return null;
    beyond = slots.filter((slot) => (retainedBytes(snapshot.pulse, slot) ?? 0) > limit);
  } else if (setting.name === 'idle_replication_slot_timeout') {
    const limit = valueIn('ms', setting, value);
    if (limit === null || limit <= 0) return null;
    const idleMs = (since: string): number => snapshot.pulse.serverTime - Date.parse(since);
    beyond = slots.filter(({ inactiveSince }) => inactiveSince !== null && idleMs(inactiveSince) > limit);
  }
  if (beyond.length === 0) return null;
  const names = listInWords(beyond.map(({ name }) => name));
  return beyond.length === 1
    ? `The replication slot ${names} is beyond that limit already: it is lost at the next checkpoint, and who reads it needs a new copy of the data.`
    : `The replication slots ${names} are beyond that limit already: they are lost at the next checkpoint, and who reads them needs a new copy of the data.`;
}

/** "Logical replication will not proceed if the specified physical replication slots do not exist or are invalidated." */
function missingStandbys(slots: readonly Slot[], value: string): string | null {
  const names = value.split(',').map((name) => name.trim().replaceAll('"', ''));
  const usable = (name: string): boolean =>
    slots.some((slot) => slot.name === name && slot.type === 'physical' && !slot.lost);
  const missing = names.filter((name) => name !== '' && !usable(name));
  if (missing.length === 0) return null;
  return `There is no physical replication slot ${listInWords(missing)} that could be waited for: subscribers whose slot has failover get no change as long as that is so.`;
}
