import * as vscode from 'vscode';

import { planChangeOwner, planRename, planSetComment } from '../../../replication/operations/nameAndOwner.ts';
import { ownerChoices } from '../../pickers/owner.ts';
import { pickOne } from '../../pickers/pick.ts';
import { withoutLinks } from '../../plainText.ts';
import type { Services } from '../../services.ts';
import type { SubscriptionNode } from '../../tree/node.ts';
import { subscriptionSubject } from './subject.ts';

/** Rename…: the slot on the publisher keeps its name. */
export async function renameSubscription(services: Services, node?: SubscriptionNode): Promise<void> {
  const { target, subscription } = await subscriptionSubject(services, node, 'Rename which subscription?');
  const { name, slotName } = subscription;
  const taken = new Set(target.snapshot.inventory.subscriptions.map((one) => one.name));
  const slot = slotName === null ? '' : ` Its replication slot stays ${slotName}.`;
  const to = await vscode.window.showInputBox({
    title: `Rename subscription ${name}`,
    prompt: withoutLinks(`New name of ${name} on ${target.serverName}.${slot}`),
    value: name,
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text === name || text === '') return null;
      return taken.has(text) ? withoutLinks(`${target.serverName} already has a subscription called ${text}.`) : null;
    },
  });
  if (to === undefined || to === '' || to === name) throw new vscode.CancellationError();
  const outcome = await services.plans.run(planRename(target, 'subscription', name, to));
  if (outcome?.status === 'done') {
    await services.reveal({ kind: 'subscription', connectionId: target.connectionId, name: to });
  }
}

/** Change Owner…: the new owner's rights decide what can be applied. */
export async function changeSubscriptionOwner(services: Services, node?: SubscriptionNode): Promise<void> {
  const { target, subscription } = await subscriptionSubject(services, node, 'Change the owner of which subscription?');
  const roles = await services.service.reads.roles(target.connectionId);
  const owner = await pickOne(
    `New owner of ${subscription.name} (now ${subscription.owner})`,
    ownerChoices(target, roles, subscription.owner),
  );
  await services.plans.run(planChangeOwner(target, 'subscription', subscription.name, owner));
}

/** Set Comment…; an empty one takes it away. */
export async function setSubscriptionComment(services: Services, node?: SubscriptionNode): Promise<void> {
  const { target, subscription } = await subscriptionSubject(services, node, 'Comment on which subscription?');
  const comment = await vscode.window.showInputBox({
    title: `Comment on subscription ${subscription.name}`,
    prompt: 'What the subscription is for. Leave it empty to take the comment away.',
    value: subscription.comment ?? '',
    ignoreFocusOut: true,
  });
  if (comment === undefined) throw new vscode.CancellationError();
  await services.plans.run(planSetComment(target, 'subscription', subscription.name, comment === '' ? null : comment));
}
