import type { Plan } from '../../model/plan.ts';
import type { Subscription } from '../../model/subscription.ts';
import { quoteIdentifier, quoteLiteral } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import { subscriptionHas, subscriptionIs } from '../effects.ts';
import { dropSlotSql } from '../slot/slotSql.ts';
import { makePlan, publisherWaitLimitMs, type StepDraft } from '../steps.ts';
import { subscriptionOf, type PlanTarget } from '../target.ts';
import { listInWords } from '../words.ts';
import { alterSubscriptionSql, disableStep } from './subscriptionSteps.ts';

/** With slot: one statement that also drops the slot on the publisher. Leaving it: needs no publisher that answers. */
export type DropWay = 'dropSlotToo' | 'leaveSlot';

/** Dropping may still try an unreachable publisher once, and a host that swallows packets takes about two minutes. */
const lastTryLimitMs = 180_000;

/**
 * The plan that drops a subscription. Its tables and rows on the subscriber stay. `publisher` is the known connection
 * to its publisher, which loses the slot. Throws ReplicationError 'missing'.
 */
export function planDropSubscription(
  target: PlanTarget,
  name: string,
  way: DropWay,
  publisher: Pick<PlanTarget, 'connectionId' | 'serverName'> | null = null,
): Plan {
  const subscription = subscriptionOf(target, name);
  const title = `Drop subscription ${name}`;
  const basis = basisOf(target, [{ kind: 'subscription', name }]);
  const staying = 'The tables of the subscription and their rows stay on the subscriber.';
  if (subscription.slotName === null) {
    return makePlan(title, [dropStep(target, subscription, null, lastTryLimitMs)], [staying], basis);
  }
  if (way === 'dropSlotToo') {
    const step = dropStep(target, subscription, subscription.slotName, publisherWaitLimitMs);
    return makePlan(title, [{ ...step, ...(publisher ? { alsoChanges: [publisher] } : {}) }], [staying], basis);
  }
  const remarks = [...slotRemarks(target, subscription, subscription.slotName), staying];
  const steps = leaveSteps(target, subscription, subscription.slotName);
  return makePlan(`${title} and leave its slot`, steps, remarks, basis);
}

function dropStep(target: PlanTarget, subscription: Subscription, slot: string | null, limitMs: number): StepDraft {
  const { name } = subscription;
  return {
    on: target,
    title: slot === null ? `Drop subscription ${name}` : `Drop subscription ${name} and its replication slot ${slot}`,
    statement: [`DROP SUBSCRIPTION ${quoteIdentifier(name)}`],
    // In a transaction block only without a slot.
    transactional: slot === null,
    risk: 'lossy',
    consequence: `Replication into ${target.serverName} through ${name} ends.`,
    noUndo: 'How far it had come is forgotten: made again, it has to copy its tables anew.',
    wait: { limitMs, blockersOn: [] },
    effect: subscriptionIs(name, false),
  };
}

/** DISABLE, SET (slot_name = NONE), DROP: the way PostgreSQL's own hint gives where the publisher can't be reached. */
function leaveSteps(target: PlanTarget, subscription: Subscription, slot: string): readonly StepDraft[] {
  const { name } = subscription;
  const letGo: StepDraft = {
    on: target,
    title: `Take the replication slot ${slot} from subscription ${name}`,
    statement: [alterSubscriptionSql(name, 'SET (slot_name = NONE)')],
    undo: {
      title: `Give subscription ${name} its replication slot ${slot} back`,
      statement: [alterSubscriptionSql(name, `SET (slot_name = ${quoteLiteral(slot)})`)],
    },
    effect: subscriptionHas(name, 'subslotname IS NULL'),
  };
  return [
    ...(subscription.enabled ? [disableStep(target, name)] : []),
    letGo,
    dropStep(target, subscription, null, lastTryLimitMs),
  ];
}

function slotRemarks(target: PlanTarget, subscription: Subscription, slot: string): readonly string[] {
  const { publisher } = subscription;
  const at = publisher?.host
    ? `${publisher.host}${publisher.port === null ? '' : `:${publisher.port}`}`
    : 'the publisher';
  const remarks = [
    `The replication slot ${slot} stays on ${at} and keeps WAL there until the disk is full. Drop it there: ${dropSlotSql(slot)};`,
  ];
  const copying = synchronizationSlots(target, subscription);
  if (copying.length > 0) {
    remarks.push(
      `Slots of table synchronization may stay there too (${listInWords(copying)}). Drop those that do in the same way.`,
    );
  }
  return remarks;
}

/** Since 14 each table that is being copied has a lasting slot of its own; before, a temporary one. */
function synchronizationSlots(target: PlanTarget, subscription: Subscription): readonly string[] {
  const { server } = target.snapshot.inventory;
  if (server.versionNumber < 140000) return [];
  const part = (value: number | string | null): string => (value === null ? '…' : String(value));
  return subscription.tables
    .filter((table) => table.state === 'init' || table.state === 'copying' || table.state === 'copied')
    .map((table) => `pg_${part(subscription.oid)}_sync_${table.oid}_${part(server.systemIdentifier)}`);
}
