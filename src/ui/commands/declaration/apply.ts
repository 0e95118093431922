import * as vscode from 'vscode';

import { checkAgainst } from '../../../replication/declaration/against.ts';
import { planReconcile, type SubscriptionFacts } from '../../../replication/declaration/reconcile.ts';
import { needsPassword } from '../../../replication/declaration/reconcileSubscription.ts';
import type { DeclaredSubscription } from '../../../replication/declaration/shape.ts';
import { Secret } from '../../../replication/model/secret.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { openDeclaration, withoutErrors } from '../../declarations/files.ts';
import { publisherNamed } from '../../declarations/publisherNamed.ts';
import { describeServer, type DescribedServer, serverOf } from '../../declarations/serverDeclaration.ts';
import { knownSlotsOf, planReaders, readersOf } from '../../panels/publicationReaders.ts';
import { publisherTarget } from '../../panels/subscriptionPublisher.ts';
import { refuseReadOnly } from '../../pickers/connection.ts';
import { withoutLinks } from '../../plainText.ts';
import type { Services } from '../../services.ts';

/** Shows the plan that brings the server to what the file says; nothing is run before the person runs it there. */
export async function applyDeclaration(services: Services, uri?: unknown): Promise<void> {
  const { declaration, parsed } = await openDeclaration(uri);
  const connectionId = await serverOf(services, declaration, 'Apply the file to which connection?', true);
  refuseReadOnly(services, connectionId);
  const server = await describeServer(services, connectionId);
  const { target } = server;
  withoutErrors(declaration, parsed.locate(checkAgainst(declaration, target.snapshot)));

  const present = target.snapshot.inventory.publications.map(({ name }) => name);
  const plan = planReconcile(target, declaration, {
    subscriptions: await factsOf(services, server, declaration.subscriptions ?? []),
    readers: present.flatMap((name) => planReaders(readersOf(services, connectionId, name), name)),
    slots: new Map(present.map((name) => [name, knownSlotsOf(services, connectionId, name)])),
    waitLimitMs: services.settings.get('subscription.waitLimitSeconds') * 1000,
  });
  if (plan.steps.length > 0) {
    await services.plans.preview(plan);
    return;
  }
  const remarks = plan.remarks.length === 0 ? '' : ` ${plan.remarks.join(' ')}`;
  // Not awaited: a message that nobody closes must not hold up the command.
  void vscode.window.showInformationMessage(
    withoutLinks(`Nothing to do: ${target.serverName} is as the file says.${remarks}`),
  );
}

/** What is known of each subscription that the server or the file has; a password is asked for where it takes one. */
async function factsOf(
  services: Services,
  { target, conninfos }: DescribedServer,
  declared: readonly DeclaredSubscription[],
): Promise<ReadonlyMap<string, SubscriptionFacts>> {
  const facts = new Map<string, SubscriptionFacts>();
  const { subscriptions } = target.snapshot.inventory;
  const names = new Set([...subscriptions, ...declared].map(({ name }) => name));
  for (const name of names) {
    const present = subscriptions.find((subscription) => subscription.name === name);
    const there = present !== undefined;
    const byConninfo = there && present.foreignServer === undefined;
    const wanted = declared.find((subscription) => subscription.name === name);
    const conninfo = conninfos.get(name) ?? null;
    facts.set(name, {
      conninfo,
      publisher: there
        ? await publisherTarget(services, target.connectionId, name)
        : await publisherNamed(services, target, wanted?.connection ?? {}),
      password: wanted && needsPassword(byConninfo, conninfo, wanted) ? await askPassword(target, wanted) : null,
    });
  }
  return facts;
}

/** Null where the person leaves it empty: the publisher may not ask for one. Throws a cancellation. */
async function askPassword(
  { serverName }: PlanTarget,
  { name, connection = {} }: DeclaredSubscription,
): Promise<Secret | null> {
  const user = connection['user'] ?? 'its role';
  const typed = await vscode.window.showInputBox({
    title: withoutLinks(`Password for subscription ${name}`),
    prompt: withoutLinks(
      `Password with which ${name} on ${serverName} logs in as ${user} on ${connection['host'] ?? 'the publisher'}. Leave it empty where none is asked for.`,
    ),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text.includes('\0') ? 'A password can’t hold a zero byte.' : null),
  });
  if (typed === undefined) throw new vscode.CancellationError();
  return typed === '' ? null : new Secret(typed);
}
