import { ReplicationError } from '../../model/errors.ts';
import type { Lsn } from '../../model/lsn.ts';
import type { Plan } from '../../model/plan.ts';
import type { Subscription } from '../../model/subscription.ts';
import { quoteBody, quoteLiteral } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import { subscriptionHas } from '../effects.ts';
import { offers } from '../offers.ts';
import { makePlan, type StepDraft } from '../steps.ts';
import { subscriptionOf, type PlanTarget } from '../target.ts';
import {
  alterSubscriptionSql,
  disableStep,
  enableStep,
  subscriptionIdVariable,
  subscriptionOidSql,
  waitForWorkers,
} from './subscriptionSteps.ts';

const waitLimitMs = 30_000;

/**
 * Skips the transaction that finishes at `lsn` (15+: ALTER SUBSCRIPTION … SKIP; before: disable, move the origin to
 * `endLsn`, the end of its commit record, enable). Null for `lsn` takes a skip back (15+). The whole transaction is
 * lost, which its consequence says. Throws ReplicationError 'missing', 'invalidInput', 'unsupported'.
 */
export function planSkipTransaction(
  target: PlanTarget,
  subscription: string,
  skip: { readonly lsn: Lsn | null; readonly endLsn?: Lsn },
): Plan {
  const has = subscriptionOf(target, subscription);
  const { inventory } = target.snapshot;
  const basis = basisOf(target, [{ kind: 'subscription', name: subscription }]);
  if (offers(inventory, 'subscription.disableOnError')) {
    const title =
      skip.lsn === null
        ? `Take back what subscription ${subscription} was to skip`
        : `Skip the transaction of subscription ${subscription} that finishes at ${skip.lsn}`;
    return makePlan(title, [skipStep(target, has, skip.lsn, title)], skipRemarks(has, skip.lsn), basis);
  }
  if (skip.lsn === null) {
    throw new ReplicationError('unsupported', `${target.serverName} knows no skip that could be taken back.`, {
      advice: 'That came with PostgreSQL 15.',
    });
  }
  if (skip.endLsn === undefined) {
    throw new ReplicationError(
      'invalidInput',
      `To skip a transaction on ${target.serverName}, the end of its commit record has to be known.`,
      { advice: 'Peek at the changes of the slot on the publisher: the end is beside each commit.' },
    );
  }
  const end = checkedLsn(skip.endLsn);
  const steps = [
    ...(has.enabled ? [disableStep(target, subscription)] : []),
    advanceStep(target, subscription, end),
    ...(has.enabled ? [enableStep(target, subscription)] : []),
  ];
  return makePlan(`Skip a transaction of subscription ${subscription}, up to ${end}`, steps, [goesOn(has)], basis);
}

function skipStep(on: PlanTarget, has: Subscription, lsn: Lsn | null, title: string): StepDraft {
  const wanted = lsn === null ? 'NONE' : quoteLiteral(checkedLsn(lsn));
  const before = has.skipLsn === null ? 'NONE' : quoteLiteral(has.skipLsn);
  return {
    on,
    title,
    statement: [alterSubscriptionSql(has.name, `SKIP (lsn = ${wanted})`)],
    ...(lsn === null ? {} : { risk: 'lossy', consequence: lostWithIt(on, has.name) }),
    undo: {
      title:
        lsn === null
          ? `Let subscription ${has.name} skip ${before} again`
          : `Let subscription ${has.name} skip nothing`,
      statement: [alterSubscriptionSql(has.name, `SKIP (lsn = ${before})`)],
    },
    // An enabled subscription forgets it as soon as the transaction was skipped, and then it can't be told.
    // A second time it says the same, or is refused because the transaction is past.
    ...(lsn === null || !has.enabled ? { effect: subscriptionHas(has.name, skips(lsn)) } : { repeatable: true }),
  };
}

function skips(lsn: Lsn | null): string {
  return `subskiplsn = ${quoteLiteral(lsn ?? '0/0')}`;
}

/**
 * The origin may be moved only while nobody uses it, and would go to any position, backwards too, which would apply
 * what was applied already. So the statement itself waits for the workers' end and looks where the origin stands.
 */
function advanceStep(on: PlanTarget, name: string, end: Lsn): StepDraft {
  const origin = `('pg_' || ${subscriptionOidSql(name)})`;
  const body = `
DECLARE
  ${subscriptionIdVariable(name)}
  origin text := 'pg_' || subscription_id;
  target pg_lsn := ${quoteLiteral(end)};
  reached pg_lsn;
BEGIN
  IF EXISTS (SELECT 1 FROM pg_catalog.pg_subscription s WHERE s.oid = subscription_id AND s.subenabled) THEN
    RAISE EXCEPTION USING ERRCODE = 'object_in_use', MESSAGE = ${quoteLiteral(`the subscription ${name} is enabled`)}, HINT = 'Disable it first.';
  END IF;
${waitForWorkers(name)}
  reached := pg_catalog.pg_replication_origin_progress(origin, true);
  IF reached >= target THEN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the transaction was applied already: the origin stands at ' || reached::text,
      HINT = 'Enable the subscription and see whether it still fails.';
  END IF;
  PERFORM pg_catalog.pg_replication_origin_advance(origin, target);
END
`;
  return {
    on,
    title: `Move the replication origin of subscription ${name} to ${end}`,
    statement: [`DO ${quoteBody(body)}`],
    risk: 'lossy',
    consequence: `${lostWithIt(on, name)} So is every transaction before it that wasn’t applied yet: all up to ${end} is skipped.`,
    wait: { limitMs: waitLimitMs, blockersOn: [] },
    noUndo:
      'The subscription goes on from there: moved back, it would apply again what it has applied since, and fail or double it.',
    effect: [
      `SELECT 1 FROM pg_catalog.pg_replication_origin_status o WHERE o.external_id = ${origin} AND o.remote_lsn >= ${quoteLiteral(end)}::pg_lsn`,
    ],
  };
}

function lostWithIt(on: PlanTarget, name: string): string {
  return `All changes of the transaction are lost on ${on.serverName}, not only the one that failed: ${name} goes on after it, and its rows differ from the publisher’s from then on.`;
}

function skipRemarks(has: Subscription, lsn: Lsn | null): readonly string[] {
  if (lsn === null) return [];
  return [
    'If the next transaction finishes elsewhere, the server drops the skip with a warning and applies that transaction.',
    goesOn(has),
  ];
}

function goesOn(has: Subscription): string {
  return has.enabled
    ? 'To keep the changes instead, mend the row that is in the way, and the transaction is applied by itself.'
    : 'The subscription is disabled: enable it, and it goes on after the transaction.';
}

/** Throws ReplicationError 'invalidInput' for what is no position, and for 0/0. */
function checkedLsn(text: Lsn): Lsn {
  if (/^[0-9a-f]{1,8}\/[0-9a-f]{1,8}$/i.test(text) && !/^0+\/0+$/.test(text)) return text.toUpperCase();
  throw new ReplicationError(
    'invalidInput',
    `${text === '' ? 'An empty text' : `"${text}"`} is no position in the WAL.`,
    {
      advice: 'It looks like 0/19B4DB0, and stands in the subscriber’s log after "finished at".',
    },
  );
}
