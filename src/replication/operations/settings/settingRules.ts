import type { SettingDetail } from '../../model/reads.ts';
import type { PlanTarget } from '../target.ts';

/** What a rule looks at. */
export interface SettingSituation {
  readonly target: PlanTarget;
  /** The value of a setting as a number; NaN where the server doesn't have it. */
  readonly number: (name: string) => number;
}

/** How one setting bears on replication. */
export interface SettingRule {
  readonly side: 'publisher' | 'subscriber' | 'both';
  /** What it is for in a list, where a line has room for some sixty characters. */
  readonly brief: string;
  readonly why: string;
  /** How many are used now, where something is counted. */
  readonly used?: (situation: SettingSituation) => number;
  /** The value it should have; null where the present one will do. */
  readonly suggest?: (situation: SettingSituation, setting: SettingDetail) => string | null;
}

/** Room for one more subscription: its slot and sender, and those of two tables that are copied at once. */
const room = 3;

/** Slots of subscriptions and of tables that are copied. */
const slotsUsed = ({ target }: SettingSituation): number => target.snapshot.pulse.slots.length;
const sendersUsed = ({ target }: SettingSituation): number => target.snapshot.pulse.senders.length;
const workersUsed = ({ target }: SettingSituation): number =>
  target.snapshot.pulse.workers.filter(({ pid }) => pid !== null).length;

/** Replication origins: one for each subscription, and one for each table that is being copied. */
function originsUsed({ target }: SettingSituation): number {
  const { subscriptions } = target.snapshot.inventory;
  const copying = subscriptions.flatMap(({ tables }) => tables.filter(({ state }) => state === 'copying'));
  return subscriptions.length + copying.length;
}

function enabledSubscriptions({ target }: SettingSituation): number {
  return target.snapshot.inventory.subscriptions.filter(({ enabled }) => enabled).length;
}

/** Null where `wanted` fit already; otherwise the next multiple of five that leaves room to grow. */
function atLeast(value: number, wanted: number): string | null {
  return Number.isNaN(value) || value >= wanted ? null : String(Math.ceil((wanted + 2) / 5) * 5);
}

/** By name. Settings that a version doesn't have aren't read. */
export const settingRules: Readonly<Record<string, SettingRule>> = {
  wal_level: {
    side: 'publisher',
    brief: 'Logical decoding needs logical',
    why: 'Logical decoding, and so every publisher, needs logical.',
    suggest: ({ target }, { value }) => {
      const { publications, subscriptions, server } = target.snapshot.inventory;
      // 19 turns logical decoding on by itself, and says so in effective_wal_level.
      const byItself = server.settings['effective_wal_level'] !== undefined && value === 'replica';
      const onlySubscribes = publications.length === 0 && subscriptions.length > 0;
      return value === 'logical' || byItself || onlySubscribes ? null : 'logical';
    },
  },
  max_replication_slots: {
    side: 'both',
    brief: 'One for each subscription and each table being copied',
    why: 'Each subscription holds a slot on its publisher, and each table one more while it is copied. Before PostgreSQL 18 it also limits what a subscriber can follow.',
    used: slotsUsed,
    suggest: (situation, { value }) => {
      const origins = Number.isNaN(situation.number('max_active_replication_origins')) ? originsUsed(situation) : 0;
      return atLeast(Number(value), Math.max(slotsUsed(situation), origins) + room);
    },
  },
  max_wal_senders: {
    side: 'publisher',
    brief: 'At least as many as slots',
    why: 'Each subscription that runs has a WAL sender, and each table that is copied one more: at least as many as slots.',
    used: sendersUsed,
    suggest: (situation, { value }) =>
      atLeast(Number(value), Math.max(sendersUsed(situation) + room, slotsUsed(situation))),
  },
  max_slot_wal_keep_size: {
    side: 'publisher',
    brief: 'How much WAL an unread slot may keep; -1 is no limit',
    why: 'A slot that nobody reads keeps WAL until the disk is full, unless this limits it; then the slot is lost instead. -1 is no limit. Choose what the disk can spare.',
  },
  idle_replication_slot_timeout: {
    side: 'publisher',
    brief: 'A slot idle for longer is lost; 0 is off',
    why: 'A slot that is idle for longer is lost at the next checkpoint. 0 is off.',
  },
  wal_sender_timeout: {
    side: 'publisher',
    brief: 'A subscriber silent for longer is taken for dead',
    why: 'A subscriber that is silent for longer is taken for dead. 0 is off: then a broken line is noticed late.',
  },
  logical_decoding_work_mem: {
    side: 'publisher',
    brief: 'Larger transactions go to disk while decoded',
    why: 'Larger transactions are written to disk while they are decoded, or streamed.',
  },
  max_active_replication_origins: {
    side: 'subscriber',
    brief: 'One for each subscription and each table being copied',
    why: 'Each subscription has a replication origin, and each table one more while it is copied.',
    used: originsUsed,
    suggest: (situation, { value }) => atLeast(Number(value), originsUsed(situation) + room),
  },
  max_logical_replication_workers: {
    side: 'subscriber',
    brief: 'Workers that apply and copy, of all subscriptions',
    why: 'Apply workers, parallel ones, and those that copy tables, of all subscriptions of the server.',
    used: workersUsed,
    suggest: (situation, { value }) => {
      const copying = situation.number('max_sync_workers_per_subscription') || 0;
      const wanted = enabledSubscriptions(situation) + copying;
      return enabledSubscriptions(situation) === 0 ? null : atLeast(Number(value), wanted);
    },
  },
  max_worker_processes: {
    side: 'both',
    brief: 'All background workers, also of parallel queries',
    why: 'All background workers of the server: the workers of logical replication, their launcher, and those of parallel queries.',
    suggest: (situation, { value }) => {
      const workers = situation.number('max_logical_replication_workers');
      return Number.isNaN(workers) ? null : atLeast(Number(value), workers + 2);
    },
  },
  max_sync_workers_per_subscription: {
    side: 'subscriber',
    brief: 'Tables of a subscription copied at the same time',
    why: 'How many tables of one subscription are copied at the same time.',
  },
  max_parallel_apply_workers_per_subscription: {
    side: 'subscriber',
    brief: 'Large transactions applied at the same time',
    why: 'How many large transactions of one subscription are applied at the same time (streaming = parallel).',
  },
  wal_receiver_timeout: {
    side: 'subscriber',
    brief: 'A publisher silent for longer is taken for dead',
    why: 'A publisher that is silent for longer is taken for dead, and connected to again. 0 is off.',
  },
  wal_receiver_status_interval: {
    side: 'subscriber',
    brief: 'How often the subscriber says how far it is',
    why: 'How often at least the subscriber says how far it is; the publisher frees WAL by that.',
  },
  wal_retrieve_retry_interval: {
    side: 'subscriber',
    brief: 'How long a failed worker waits to try again',
    why: 'How long a worker that failed waits until it tries again.',
  },
  hot_standby_feedback: {
    side: 'publisher',
    brief: 'On a standby with logical slots: keep the rows they need',
    why: 'On a standby with logical slots, so that the primary keeps the rows that decoding needs.',
    suggest: ({ target }, { value }) => {
      const { inventory, pulse } = target.snapshot;
      return inventory.server.inRecovery && value === 'off' && pulse.slots.some(({ type }) => type === 'logical')
        ? 'on'
        : null;
    },
  },
  sync_replication_slots: {
    side: 'publisher',
    brief: 'On a standby: keep the failover slots of the primary',
    why: 'On a standby: keep the failover slots of the primary, so that subscribers can go on after a failover.',
  },
  synchronized_standby_slots: {
    side: 'publisher',
    brief: 'Failover slots wait for these standbys',
    why: 'On a primary: send changes of failover slots only once these standbys have them (names of their physical slots).',
  },
  track_commit_timestamp: {
    side: 'subscriber',
    brief: 'Lets conflicts with another origin be seen',
    why: 'Lets a subscriber see that a row was changed by somebody else (conflicts with an origin that differs, since 18).',
  },
};
