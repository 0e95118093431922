import * as vscode from 'vscode';

import { withPassword } from '../../../replication/model/editConninfo.ts';
import { Secret } from '../../../replication/model/secret.ts';
import { planAlterSubscription } from '../../../replication/operations/subscription/alterSubscription.ts';
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
  const conninfo = withPassword(before, new Secret(typed));
  const plan = planAlterSubscription(
    target,
    subscription.name,
    { connection: { conninfo, before } },
    await publisherTarget(services, target.connectionId, subscription.name),
  );
  await services.plans.run(plan);
}
