import * as vscode from 'vscode';

import { planChangeOwner, planRename, planSetComment } from '../../../replication/operations/nameAndOwner.ts';
import { checkObjectName } from '../../../replication/operations/names.ts';
import { planAlterPublication } from '../../../replication/operations/publication/alterPublication.ts';
import { publicationAsChoice } from '../../../replication/script/publication.ts';
import { ownerChoices } from '../../pickers/owner.ts';
import { pickOne } from '../../pickers/pick.ts';
import { withoutLinks } from '../../plainText.ts';
import type { Services } from '../../services.ts';
import type { PublicationNode } from '../../tree/node.ts';
import { runWithRefresh } from './offerRefresh.ts';
import { publicationSubject, readersOfSubject } from './subject.ts';

/** Rename…: the subscriptions that read it have to be told the new name. */
export async function renamePublication(services: Services, node?: PublicationNode): Promise<void> {
  const subject = await publicationSubject(services, node, 'Rename which publication?');
  const { publication, readers, target } = subject;
  const { name } = publication;
  const others = target.snapshot.inventory.publications.map((one) => one.name).filter((one) => one !== name);
  const to = await vscode.window.showInputBox({
    title: `Rename publication ${name}`,
    prompt: withoutLinks(`New name of ${name} on ${target.serverName}`),
    value: name,
    ignoreFocusOut: true,
    validateInput: (text) => {
      const fault = text === '' ? null : checkObjectName('publication', text, others);
      return fault === null ? null : withoutLinks(fault);
    },
  });
  if (to === undefined || to === '' || to === name) throw new vscode.CancellationError();
  const choice = { ...publicationAsChoice(target.snapshot.inventory, publication), name: to };
  const known = readersOfSubject(subject);
  const outcome = await runWithRefresh(services, {
    verb: 'Rename',
    verbWithReaders: 'Rename and Tell Them',
    meaning: 'each has to be told the new name (ALTER SUBSCRIPTION … SET PUBLICATION), or it stops.',
    question: `Rename ${name} to ${to} on ${target.serverName}?`,
    warnings: [],
    readers,
    always: false,
    planFor: (refresh) =>
      refresh.length === 0
        ? planRename(target, 'publication', name, to, known)
        : planAlterPublication(target, name, choice, { ...known, refresh }),
  });
  if (outcome?.status === 'done') {
    await services.reveal({ kind: 'publication', connectionId: target.connectionId, name: to });
  }
}

/** Change Owner…: the owner may change and drop it. */
export async function changePublicationOwner(services: Services, node?: PublicationNode): Promise<void> {
  const { publication, target } = await publicationSubject(services, node, 'Change the owner of which publication?');
  const roles = await services.service.reads.roles(target.connectionId);
  const owner = await pickOne(
    `New owner of ${publication.name} (now ${publication.owner})`,
    ownerChoices(target, roles, publication.owner),
  );
  await services.plans.run(planChangeOwner(target, 'publication', publication.name, owner));
}

/** Set Comment…; an empty one takes it away. */
export async function setPublicationComment(services: Services, node?: PublicationNode): Promise<void> {
  const { publication, target } = await publicationSubject(services, node, 'Comment on which publication?');
  const comment = await vscode.window.showInputBox({
    title: `Comment on publication ${publication.name}`,
    prompt: 'What the publication is for. Leave it empty to take the comment away.',
    value: publication.comment ?? '',
    ignoreFocusOut: true,
  });
  if (comment === undefined) throw new vscode.CancellationError();
  await services.plans.run(planSetComment(target, 'publication', publication.name, comment === '' ? null : comment));
}
