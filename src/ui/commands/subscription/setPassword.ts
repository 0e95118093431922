import * as vscode from 'vscode';

import { withPassword } from '../../../replication/model/editConninfo.ts';
import { Secret } from '../../../replication/model/secret.ts';
import { planAlterSubscription } from '../../../replication/operations/subscription/alterSubscription.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { ask } from '../../confirm.ts';
import { storedConninfo } from '../../panels/subscriptionConninfo.ts';
import { publisherTarget } from '../../panels/subscriptionPublisher.ts';
import { withoutLinks } from '../../plainText.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';
import { subscriptionSubject } from './subject.ts';

/** Change Password…: one step; everything else in the connection string stays as it is. */
export async function setSubscriptionPassword(services: Services, node?: SubscriptionNode): Promise<void> {
  const { target, subscription } = await subscriptionSubject(
    services,
    node,
    'Change the password in the connection string of which subscription?',
  );
  // Read first: a role that may not read it can't change one part of it, and says so before anything is typed.
  const before = await storedConninfo(services.service.reads, target.connectionId, subscription.name);
  const { publisher } = subscription;
  const user = publisher?.user ?? 'its role';
  const at = publisher?.host ? ` on ${publisher.host}` : '';
  const typed = await vscode.window.showInputBox({
    title: `Change the password of subscription ${subscription.name}`,
    prompt: withoutLinks(
      `Password with which ${subscription.name} logs in as ${user}${at}. It goes into the connection string on ${target.serverName}; nothing else of it changes.`,
    ),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text.includes('\0') ? 'A password can’t hold a zero byte.' : null),
  });
  if (typed === undefined || typed === '') throw new vscode.CancellationError();
  const password = new Secret(typed);
  const known = await publisherTarget(services, target.connectionId, subscription.name);
  if (known && publisher?.user && !(await goesOn(services, known, publisher.user, password))) return;
  const conninfo = withPassword(before, password);
  const plan = planAlterSubscription(target, subscription.name, { connection: { conninfo, before } }, known);
  await services.plans.run(plan);
}

/**
 * Tries the password where the publisher is a known connection: ALTER SUBSCRIPTION takes any, and with a wrong one the
 * stream stops. Only a refused password asks; what else stands against a login from here needn't from the subscriber.
 */
async function goesOn(services: Services, publisher: PlanTarget, user: string, password: Secret): Promise<boolean> {
  const params = await services.connections.params(publisher.connectionId);
  const { error } = await services.service.reads.replicationLogin({ ...params, user, password });
  if (error?.kind !== 'authentication') return true;
  const answer = await ask({
    message: `${publisher.serverName} doesn’t let ${user} in with this password.`,
    detail: 'With it the subscription stops as soon as its worker connects again.',
    verb: 'Change Anyway',
  });
  return answer === 'yes';
}
