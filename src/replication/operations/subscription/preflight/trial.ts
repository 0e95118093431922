import type { SubscriptionChoice } from '../../../model/choices.ts';
import { conninfoValue } from '../../../model/conninfo.ts';
import { asSentences, type ErrorKind } from '../../../model/errors.ts';
import type { SubscriptionParties } from '../../target.ts';
import { onlyIfAsked } from '../checks/onlyIfAsked.ts';
import type { PreflightCheck, PreflightFacts, PreflightRemedy } from '../preflight.ts';
import { checkFrom, unknownCheck, warning } from './check.ts';

/** What helps against a refusal that the subscriber met. */
const remedies: Partial<Readonly<Record<ErrorKind, PreflightRemedy>>> = {
  authentication: 'createRole',
  hbaRejected: 'createRole',
  walLevel: 'settings',
  limit: 'settings',
};

/** The subscriber itself tried it: reachable from there, let in, publications and tables found. */
export function preflightTrial(
  { subscriber }: SubscriptionParties,
  choice: SubscriptionChoice,
  { trial }: PreflightFacts,
): readonly PreflightCheck[] {
  const host = conninfoValue(choice.conninfo, 'host') ?? conninfoValue(choice.conninfo, 'hostaddr') ?? 'the publisher';
  const looked = {
    id: 'subscriber.trial',
    title: `${subscriber.serverName} reaches ${host} and finds the tables`,
    fine: `${subscriber.serverName} connected, and found the publications and the tables.`,
  };
  if (trial === null) {
    return [
      unknownCheck(
        looked,
        `It wasn’t tried from ${subscriber.serverName}: that only shows when the subscription is created.`,
      ),
    ];
  }
  if (trial.error) {
    const { kind, message, advice, server } = trial.error;
    const refused = kind === 'publisherUnreachable' && /authentication|pg_hba|no password/.test(server?.message ?? '');
    return [
      checkFrom(looked, [onlyIfAsked(choice, { severity: 'error', message: asSentences(message, advice) })], {
        remedy: refused ? 'createRole' : (remedies[kind] ?? null),
      }),
    ];
  }
  return [checkFrom(looked, trial.notices.filter((notice) => notice.startsWith('WARNING')).map(warning))];
}
