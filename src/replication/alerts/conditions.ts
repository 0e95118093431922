import { isRepeatedError } from '../copy/waiting.ts';
import type { SubscriptionCopy } from '../model/copy.ts';
import type { SlotLoss } from '../model/forecast.ts';
import { bytesText, durationText, secondsText } from '../model/quantity.ts';
import type { StreamLag } from '../model/stream.ts';
import type { AlertCondition, AlertKind } from './alert.ts';
import { capital, headroomOf, keepsText, onServer, retainedOf, rises, type SlotWal, worse } from './levels.ts';
import type { AlertThresholds } from './thresholds.ts';

/** What conditions are made from: one stream at one sample. */
export interface ConditionInput {
  readonly lag: StreamLag;
  /** When its slot is lost; null where it can't be told. */
  readonly loss: SlotLoss | null;
  /** Its first copy; null where it's done, or can't be seen. */
  readonly copy: SubscriptionCopy | null;
  /** How long nobody has read the slot, as the server says (17 and later), seconds; null where it doesn't. */
  readonly idleSeconds: number | null;
  readonly thresholds: AlertThresholds;
  /** The names of the connections of both ends; null where an end isn't known. */
  readonly publisherName: string | null;
  readonly subscriberName: string | null;
}

/** How a stream stands to each of its thresholds. One that is switched off isn't among them. */
export function alertConditions(input: ConditionInput): readonly AlertCondition[] {
  const { lag } = input;
  const seen = lag.state !== 'unreachable';
  return makers.flatMap((make) => {
    const condition = make(input);
    if (condition === null) return [];
    // Nobody can tell what goes on behind a connection that is down: what held goes on, and nothing new begins.
    if (!seen) return [{ ...condition, level: 'unknown' as const, knownForSeconds: null }];
    // A slot that is lost is that and nothing else; one that isn't there keeps nothing.
    const moot =
      lag.state === 'lost' ? condition.kind !== 'lost' : lag.state === 'slotMissing' && ofSlot(condition.kind);
    return [moot ? { ...condition, level: 'moot' as const } : condition];
  });
}

type Maker = (input: ConditionInput) => AlertCondition | null;

function ofSlot(kind: AlertKind): boolean {
  return kind === 'retained' || kind === 'headroom' || kind === 'inactive' || kind === 'unused';
}

const lost: Maker = (input) => ({
  kind: 'lost',
  level: !input.thresholds.lost ? 'under' : input.lag.state === 'lost' ? 'over' : 'under',
  forSeconds: 0,
  knownForSeconds: null,
  short: 'slot lost',
  sentence: `${capital(slotWords(input))} is ${input.lag.stateText}.`,
});

const stopped: Maker = (input) => {
  const { copy, lag, thresholds } = input;
  if (thresholds.stoppedForSeconds === null) return null;
  const down = lag.state === 'stopped' || lag.state === 'slotMissing' || lag.disabledByError === true;
  // Between two attempts of a worker that fails again and again, and where the copy's own alert says it.
  const perhaps = lag.state === 'starting' || failing(copy) !== undefined;
  return {
    kind: 'stopped',
    level: perhaps ? 'between' : down ? 'over' : lag.state === 'unknown' ? 'unknown' : 'under',
    forSeconds: thresholds.stoppedForSeconds,
    knownForSeconds: null,
    short: lag.disabledByError ? 'stopped by an error' : lag.state === 'slotMissing' ? 'slot missing' : 'apply stopped',
    sentence: lag.disabledByError
      ? `${capital(streamWords(input))} is ${lag.stateText}.`
      : `${capital(streamWords(input))} applies nothing: ${lag.stateText.replace(/^(stopped|slot missing): /, '')}.`,
  };
};

const copyFailing: Maker = (input) => {
  const { copy, thresholds } = input;
  if (thresholds.copyFailingForSeconds === null) return null;
  const table = failing(copy);
  return {
    kind: 'copyFailing',
    level: table ? 'over' : 'under',
    forSeconds: thresholds.copyFailingForSeconds,
    knownForSeconds: null,
    short: 'copy fails',
    sentence: table
      ? `The initial copy of ${table.schema}.${table.name} for ${streamWords(input)} fails: ${table.waits ?? ''}.`
      : `The initial copy for ${streamWords(input)} goes on.`,
  };
};

const headroom: Maker = (input) => headroomOf(slotWal(input));

const retained: Maker = (input) => retainedOf(slotWal(input));

function slotWal(input: ConditionInput): SlotWal {
  const { retainedBytes, headroomBytes } = input.lag;
  return { slot: slotWords(input), retainedBytes, headroomBytes, loss: input.loss, thresholds: input.thresholds };
}

const behind: Maker = (input) => {
  const { lag, thresholds } = input;
  const { behindBytes, behindForSeconds, behindSeconds } = thresholds;
  if (behindBytes === null && behindSeconds === null) return null;
  const level = worse(
    behindBytes === null ? 'under' : rises(lag.notAppliedBytes, behindBytes),
    behindSeconds === null ? 'under' : rises(lag.secondsBehind, behindSeconds),
  );
  const figures = [
    ...(lag.notAppliedBytes === null ? [] : [bytesText(lag.notAppliedBytes)]),
    ...(lag.secondsBehind === null
      ? []
      : [`${lag.secondsBehindIsMinimum ? 'at least ' : ''}${secondsText(lag.secondsBehind)}`]),
  ];
  // Nothing of its own waits, or somebody switched it off: its slot is what may hurt.
  const switchedOff = lag.state === 'disabled' && lag.disabledByError !== true;
  const own = switchedOff ? 'moot' : lag.otherDatabases.length > 0 ? 'under' : level;
  return {
    kind: 'behind',
    level: own,
    forSeconds: behindForSeconds,
    knownForSeconds: null,
    short: 'too far behind',
    sentence: `${capital(streamWords(input))} is ${figures.join(', ')} behind: ${lag.stateText}.`,
  };
};

const unused: Maker = (input) => {
  const { lag, thresholds } = input;
  if (thresholds.unusedForSeconds === null || lag.stream.publisher === null) return null;
  const nobody = lag.state === 'inactive' && lag.stream.subscriber === null;
  return {
    kind: 'unused',
    level: nobody ? 'over' : lag.state === 'unknown' ? 'unknown' : 'under',
    forSeconds: thresholds.unusedForSeconds,
    knownForSeconds: input.idleSeconds,
    short: 'unused',
    sentence: `Nobody has read ${slotWords(input)} for more than ${durationText(thresholds.unusedForSeconds)}, and no subscription of the known connections would${keepsText(lag.retainedBytes)}.`,
  };
};

const inactive: Maker = (input) => {
  const { lag, thresholds } = input;
  if (thresholds.inactiveForSeconds === null || lag.stream.publisher === null) return null;
  // Why it was disabled is said already where an error did it.
  const idle = lag.state === 'inactive' || (lag.state === 'disabled' && lag.disabledByError !== true);
  const why = lag.state === 'disabled' ? 'its subscription is disabled' : 'nobody reads it';
  return {
    kind: 'inactive',
    level: idle ? 'over' : lag.state === 'unknown' ? 'unknown' : 'under',
    forSeconds: thresholds.inactiveForSeconds,
    knownForSeconds: input.idleSeconds,
    short: 'inactive too long',
    sentence: `${capital(slotWords(input))} has been inactive for more than ${durationText(thresholds.inactiveForSeconds)}: ${why}${keepsText(lag.retainedBytes)}.`,
  };
};

const makers: readonly Maker[] = [lost, stopped, copyFailing, headroom, retained, behind, unused, inactive];

function failing(copy: SubscriptionCopy | null) {
  return copy?.open.find(({ waits }) => waits !== null && isRepeatedError(waits));
}

/** "the replication slot debezium on shop". */
function slotWords(input: ConditionInput): string {
  const { publisher } = input.lag.stream;
  return publisher
    ? `the replication slot ${publisher.slotName}${onServer(input.publisherName)}`
    : `the slot of ${streamWords(input)}`;
}

/** "the subscription orders on warehouse"; the slot where no subscription is known. */
function streamWords({ lag, publisherName, subscriberName }: ConditionInput): string {
  const { consumer, publisher, subscriber } = lag.stream;
  return subscriber
    ? `the subscription ${subscriber.subscriptionName}${onServer(subscriberName)}`
    : `the replication slot ${publisher?.slotName ?? consumer}${onServer(publisherName)}`;
}
