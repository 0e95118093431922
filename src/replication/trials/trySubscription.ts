import { redactorOf } from '../execution/redact.ts';
import type { SubscriptionChoice } from '../model/choices.ts';
import { conninfoValue } from '../model/conninfo.ts';
import { describeError, ReplicationError, type ErrorDescription } from '../model/errors.ts';
import type { SubscriptionTrial } from '../model/reads.ts';
import type { Statement } from '../model/statement.ts';
import { secretConninfo } from '../operations/subscription/createSubscription.ts';
import { serverClause } from '../operations/subscription/foreignServer.ts';
import { keepOutOfLog } from '../postgres/quietLog.ts';
import { quoteIdentifier } from '../postgres/quote.ts';
import type { Session } from '../postgres/session.ts';
import { renderForServer } from '../postgres/statement.ts';

/** How long the subscriber may try to reach the publisher, and how much longer its own server may be silent. */
const usualLimitMs = 10_000;
const silenceMs = 10_000;

/** How a trial is made. */
export interface TrialOptions {
  /** Carried out before, in the same transaction: what makes the tables that are missing. */
  readonly first?: readonly Statement[] | undefined;
  /** How long each of its statements may take, milliseconds. */
  readonly limitMs?: number;
}

/**
 * See OnDemandReads.trySubscription. The session is the trial's own; whoever calls closes it. CREATE SUBSCRIPTION of a
 * throwaway name, without a slot and disabled, in a transaction that is rolled back: the subscriber itself connects to
 * the publisher and looks for the publications and tables. Without a slot nothing is waited for, in one cluster neither,
 * and nothing is made on the publisher. (connect_timeout isn't added: the server connects in a way that ignores it; the
 * statement's limit ends it.) Rejects with ReplicationError 'connectionLost' only; a refusal is in the result.
 */
export async function trySubscription(
  session: Session,
  choice: SubscriptionChoice,
  { first = [], limitMs = usualLimitMs }: TrialOptions = {},
): Promise<SubscriptionTrial> {
  const statement = trialStatement(choice, Number.parseInt(session.serverVersion, 10));
  const redactor = redactorOf([statement]);
  const options = { doing: `try the subscription ${choice.name}`, deadlineMs: limitMs + silenceMs };
  const began = Date.now();
  const took = (): number => Date.now() - began;
  await keepOutOfLog(session, options);
  await session.execute('BEGIN', options);
  try {
    // Whatever becomes of the transaction, it must not wait longer than this.
    await session.execute(`SET LOCAL statement_timeout = ${limitMs}`, options);
    for (const each of first) await session.execute(renderForServer(each), options);
    const { notices } = await session.execute(renderForServer(statement), options);
    return { ok: true, error: null, notices: notices.map((notice) => redactor.text(notice)), tookMs: took() };
  } catch (thrown) {
    if (ReplicationError.is(thrown, 'connectionLost')) throw thrown;
    return { ok: false, error: redactor.error(explain(thrown, choice, limitMs)), notices: [], tookMs: took() };
  } finally {
    if (!session.closed) await session.execute('ROLLBACK', options);
  }
}

/** `origin` and `password_required` decide what the server looks at (16+); the other options change nothing here. */
function trialStatement(choice: SubscriptionChoice, major: number): Statement {
  const name = `pg_replication_trial_${globalThis.crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const { origin, passwordRequired } = choice.options;
  const options = [
    'create_slot = false',
    'slot_name = NONE',
    'enabled = false',
    ...(choice.copyData ? [] : ['copy_data = false']),
    ...(major >= 16 && origin !== undefined ? [`origin = ${origin}`] : []),
    ...(major >= 16 && passwordRequired !== undefined ? [`password_required = ${passwordRequired}`] : []),
  ];
  return [
    `CREATE SUBSCRIPTION ${quoteIdentifier(name)} `,
    ...(choice.foreignServer === undefined
      ? ['CONNECTION ', { conninfo: secretConninfo(choice) }]
      : [serverClause(choice.foreignServer)]),
    ` PUBLICATION ${choice.publications.map(quoteIdentifier).join(', ')} WITH (${options.join(', ')})`,
  ];
}

function explain(thrown: unknown, choice: SubscriptionChoice, limitMs: number): ErrorDescription {
  const described = describeError(thrown);
  if (described.kind !== 'timeout') return described;
  const host = conninfoValue(choice.conninfo, 'host') ?? conninfoValue(choice.conninfo, 'hostaddr') ?? 'the publisher';
  const port = conninfoValue(choice.conninfo, 'port');
  return {
    ...described,
    kind: 'publisherUnreachable',
    message: `The subscriber got no answer from ${port === undefined ? host : `${host}:${port}`} within ${limitMs / 1000} s.`,
    advice:
      'The subscriber’s server connects itself, not this computer: check host and port as seen from there, and whether a firewall swallows packets.',
  };
}
