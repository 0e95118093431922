import { quoteBody, quoteIdentifier, quoteLiteral } from '../../postgres/quote.ts';
import { subscriptionHas } from '../effects.ts';
import type { StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';

/** How long the workers of a disabled subscription get to end; they need milliseconds unless a lock holds them. */
const mostLooks = 500;
const lookEvery = 0.02;
const workersLimitMs = 30_000;

/** `ALTER SUBSCRIPTION "name" what`. */
export function alterSubscriptionSql(name: string, what: string): string {
  return `ALTER SUBSCRIPTION ${quoteIdentifier(name)} ${what}`;
}

/** The oid of a subscription of this database, as an SQL expression. All versions; 10–13 as superuser only. */
export function subscriptionOidSql(name: string): string {
  return `(SELECT s.oid FROM pg_catalog.pg_subscription s WHERE s.subname = ${quoteLiteral(name)} AND s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))`;
}

/** The step that enables a subscription, with its opposite as undo. */
export function enableStep(
  on: PlanTarget,
  name: string,
  undo: string = alterSubscriptionSql(name, 'DISABLE'),
): StepDraft {
  return {
    on,
    title: `Enable subscription ${name}`,
    statement: [alterSubscriptionSql(name, 'ENABLE')],
    undo: { title: `Disable subscription ${name}`, statement: [undo] },
    effect: subscriptionHas(name, 'subenabled'),
  };
}

/** The step that disables a subscription; its workers may run on for a moment. */
export function disableStep(on: PlanTarget, name: string): StepDraft {
  return {
    on,
    title: `Disable subscription ${name}`,
    statement: [alterSubscriptionSql(name, 'DISABLE')],
    undo: { title: `Enable subscription ${name}`, statement: [alterSubscriptionSql(name, 'ENABLE')] },
    effect: subscriptionHas(name, 'NOT subenabled'),
  };
}

/**
 * The step that disables a subscription and waits until its workers have ended, which some statements insist on
 * (`cannot alter two_phase when logical replication worker is still running`). Ended half way, it is enabled again.
 */
export function disableAndWaitStep(on: PlanTarget, name: string): StepDraft {
  return {
    ...disableStep(on, name),
    title: `Disable subscription ${name}, and wait until its workers have ended`,
    statement: [disableAndWaitSql(name)],
    // It commits what it disabled before it waits.
    transactional: false,
    effect: subscriptionHas(name, `NOT subenabled AND NOT EXISTS (${runningWorkers(subscriptionOidSql(name))})`),
    wait: { limitMs: workersLimitMs, blockersOn: [] },
    leftovers: [
      {
        connectionId: on.connectionId,
        what: `the subscription ${name}, still disabled, on ${on.serverName}`,
        probe: subscriptionHas(name, 'NOT subenabled'),
        release: [alterSubscriptionSql(name, 'ENABLE')],
      },
    ],
  };
}

/** The step that waits until no worker of a disabled subscription runs any more. All versions. */
export function waitForWorkersStep(on: PlanTarget, name: string): StepDraft {
  const body = `
DECLARE
  ${subscriptionIdVariable(name)}
BEGIN
${waitForWorkers(name)}
END
`;
  return {
    on,
    title: `Wait until the workers of subscription ${name} have ended`,
    statement: [`DO ${quoteBody(body)}`],
    wait: { limitMs: workersLimitMs, blockersOn: [] },
    effect: [`SELECT 1 WHERE NOT EXISTS (${runningWorkers(subscriptionOidSql(name))})`],
    passing: true,
    changesNothing: true,
  };
}

/** Since 11, where a DO block may commit. */
export function disableAndWaitSql(name: string): string {
  const body = `
DECLARE
  ${subscriptionIdVariable(name)}
BEGIN
  ${alterSubscriptionSql(name, 'DISABLE')};
  COMMIT;
${waitForWorkers(name, `${alterSubscriptionSql(name, 'ENABLE')};\n    COMMIT;\n    `)}
END
`;
  return `DO ${quoteBody(body)}`;
}

/** The declaration of `subscription_id`, which `waitForWorkers` uses. */
export function subscriptionIdVariable(name: string): string {
  return `subscription_id oid := ${subscriptionOidSql(name)};`;
}

/**
 * Statements of PL/pgSQL that wait until no worker of `subscription_id` runs, and give up after a while; `first` is
 * done then before the error. Between two looks the snapshot of pg_stat_activity is dropped: it would show the same for
 * as long as the transaction lasts.
 */
export function waitForWorkers(name: string, first = ''): string {
  const workers = runningWorkers('subscription_id');
  return `  FOR look IN 1..${mostLooks} LOOP
    EXIT WHEN NOT EXISTS (${launcherAtWork});
    PERFORM pg_catalog.pg_sleep(${lookEvery});
    PERFORM pg_catalog.pg_stat_clear_snapshot();
  END LOOP;
  FOR look IN 1..${mostLooks} LOOP
    EXIT WHEN NOT EXISTS (${workers});
    PERFORM pg_catalog.pg_sleep(${lookEvery});
  END LOOP;
  IF EXISTS (${workers}) THEN
    ${first}RAISE EXCEPTION USING ERRCODE = 'object_in_use', MESSAGE = ${quoteLiteral(`the workers of subscription ${name} have not ended`)},
      HINT = 'A lock may hold them: see pg_stat_activity. Try again when they have ended.';
  END IF;`;
}

/**
 * A row while the launcher is in the middle of its round: it may have read that the subscription is enabled, and start
 * a worker that pg_stat_subscription doesn't show yet. Once it rests, whatever it has started is shown. While it waits for
 * a lock it has yet to read which subscriptions there are. No row where nobody can tell: where the role may not see it
 * (pg_read_all_stats), on 10, where it isn't told from other background workers, and up to 13 without track_activities,
 * where no process says what it waits for.
 */
export const launcherAtWork = `SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.backend_type = 'logical replication launcher' AND a.wait_event IS DISTINCT FROM 'LogicalLauncherMain' AND a.wait_event_type IS DISTINCT FROM 'Lock' AND (pg_catalog.current_setting('track_activities') = 'on' OR pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 140000)`;

function runningWorkers(oid: string): string {
  return `SELECT 1 FROM pg_catalog.pg_stat_subscription w WHERE w.pid IS NOT NULL AND w.subid = ${oid}`;
}
