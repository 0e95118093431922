import type { SlotLoss } from '../model/forecast.ts';
import type { PhysicalLag } from '../model/physical.ts';
import { bytesText, durationText, secondsText } from '../model/quantity.ts';
import type { AlertCondition, AlertLevel } from './alert.ts';
import { capital, headroomOf, keepsText, onServer, retainedOf, rises, worse } from './levels.ts';
import type { AlertThresholds } from './thresholds.ts';

/** What conditions are made from: a physical slot, or a standby without one, at one sample. */
export interface PhysicalConditionInput {
  readonly lag: PhysicalLag;
  /** When its slot is lost; null where it has none, or that can't be told. */
  readonly loss: SlotLoss | null;
  readonly thresholds: AlertThresholds;
  /** The name of the connection to the server that sends; null where it isn't known. */
  readonly serverName: string | null;
}

/** How something physical stands to each threshold that can be held against it. One that is switched off isn't among them. */
export function physicalConditions(input: PhysicalConditionInput): readonly AlertCondition[] {
  const { lag, loss, thresholds } = input;
  const { headroomBytes, retainedBytes } = lag;
  const ofSlot =
    lag.slotName === null
      ? []
      : [
          lost(input),
          headroomOf({ slot: slotWords(input), headroomBytes, retainedBytes, loss, thresholds }),
          retainedOf({ slot: slotWords(input), headroomBytes, retainedBytes, loss, thresholds }),
          ...notRead(input),
        ];
  return [...ofSlot, behind(input)].flatMap((condition) => {
    if (condition === null) return [];
    // Nobody can tell what goes on behind a connection that is down: what held goes on, and nothing new begins.
    if (lag.state === 'unreachable') return [{ ...condition, level: 'unknown' as const, knownForSeconds: null }];
    // A slot that is lost is that and nothing else; one that keeps no WAL was never read and has nothing to lose.
    const moot = lag.state === 'lost' ? condition.kind !== 'lost' : keepsNothing(lag) && condition.kind !== 'behind';
    return [moot ? { ...condition, level: 'moot' as const } : condition];
  });
}

function keepsNothing({ retainedBytes, slotName }: PhysicalLag): boolean {
  return slotName !== null && retainedBytes === null;
}

function lost(input: PhysicalConditionInput): AlertCondition {
  const { lag, serverName, thresholds } = input;
  const reasons: Readonly<Record<string, string>> = {
    wal_removed: 'the WAL it kept was removed, because it was more than max_slot_wal_keep_size',
    idle_timeout: 'it was inactive for longer than idle_replication_slot_timeout',
  };
  // Before 17 no server says why; of a physical slot nothing but its WAL can have been taken.
  const reason = reasons[lag.lostReason ?? 'wal_removed'] ?? lag.lostReason;
  const from = serverName === null ? 'its server' : serverName;
  return {
    kind: 'lost',
    level: thresholds.lost && lag.state === 'lost' ? 'over' : 'under',
    forSeconds: 0,
    knownForSeconds: null,
    short: 'slot lost',
    sentence: `${capital(slotWords(input))} is lost: ${reason}. A standby that read it can’t go on from ${from}, unless it finds that WAL in an archive or is built anew.`,
  };
}

/** inactive and unused: of a slot that a known standby would come back for, the first alone. */
function notRead(input: PhysicalConditionInput): readonly (AlertCondition | null)[] {
  const { idleSeconds: knownForSeconds, retainedBytes } = input.lag;
  const { inactiveForSeconds, unusedForSeconds } = input.thresholds;
  // Whoever advances it takes care of it.
  const level: AlertLevel = input.lag.state === 'inactive' ? 'over' : 'under';
  const keeps = keepsText(retainedBytes);
  return [
    unusedForSeconds === null
      ? null
      : {
          kind: 'unused',
          level: input.lag.awaited ? 'under' : level,
          forSeconds: unusedForSeconds,
          knownForSeconds,
          short: 'unused',
          sentence: `Nobody has read ${slotWords(input)} for more than ${durationText(unusedForSeconds)}, and no standby of the known connections would${keeps}.`,
        },
    inactiveForSeconds === null
      ? null
      : {
          kind: 'inactive',
          level,
          forSeconds: inactiveForSeconds,
          knownForSeconds,
          short: 'inactive too long',
          sentence: `${capital(slotWords(input))} has been inactive for more than ${durationText(inactiveForSeconds)}: no standby reads it${keeps}.`,
        },
  ];
}

function behind(input: PhysicalConditionInput): AlertCondition | null {
  const { behindBytes, secondsBehind, secondsBehindIsMinimum, state } = input.lag;
  const { behindBytes: bytes, behindForSeconds, behindSeconds: seconds } = input.thresholds;
  if (bytes === null && seconds === null) return null;
  const figures = [
    ...(behindBytes === null ? [] : [bytesText(behindBytes)]),
    ...(secondsBehind === null ? [] : [`${secondsBehindIsMinimum ? 'at least ' : ''}${secondsText(secondsBehind)}`]),
  ];
  const level = worse(
    bytes === null ? 'under' : rises(behindBytes, bytes),
    seconds === null ? 'under' : rises(secondsBehind, seconds),
  );
  return {
    kind: 'behind',
    // Nobody is behind where nobody reads: that the slot is inactive is said by itself.
    level: state === 'active' ? level : 'under',
    forSeconds: behindForSeconds,
    knownForSeconds: null,
    short: 'too far behind',
    sentence: `${capital(readerWords(input))} is ${figures.join(', ')} behind${arrivedText(input.lag)}.`,
  };
}

/** Whether the way there is slow, or the replaying; empty where that can't be told (pg_receivewal replays nothing). */
function arrivedText({ behindBytes, notReceivedBytes }: PhysicalLag): string {
  if (behindBytes === null || notReceivedBytes === null || notReceivedBytes >= behindBytes) return '';
  return notReceivedBytes === 0
    ? ': all of it has arrived there and waits to be replayed'
    : `: ${bytesText(notReceivedBytes)} of it hasn’t arrived there`;
}

/** "the physical replication slot db2 on shop" */
function slotWords({ lag, serverName }: PhysicalConditionInput): string {
  return `the physical replication slot ${lag.slotName ?? ''}${onServer(serverName)}`;
}

/** "the reader db2 at 10.0.0.7 of the physical replication slot db2 on shop", "the standby db2 at 10.0.0.7 of shop" */
function readerWords(input: PhysicalConditionInput): string {
  const { reader, slotName } = input.lag;
  if (slotName === null) {
    return `the standby ${reader ?? ''}${input.serverName === null ? '' : ` of ${input.serverName}`}`;
  }
  return `the reader ${reader === null ? '' : `${reader} `}of ${slotWords(input)}`;
}
