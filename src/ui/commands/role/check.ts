import * as vscode from 'vscode';

import type { ConnectionRef } from '../../../contributions.ts';
import { Secret } from '../../../replication/model/secret.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { chosenConnection } from '../../connections/chosen.ts';
import { openTarget } from '../../pickers/connection.ts';
import { mustHave, pickMany, pickOne } from '../../pickers/pick.ts';
import { withoutLinks } from '../../plainText.ts';
import type { Services } from '../../services.ts';
import { joined } from '../../tree/words.ts';
import { tryRole } from './tryRole.ts';

/** Check Replication Role…: whether a role can replicate, what it lacks, and the plan that gives it. Changes nothing. */
export async function checkReplicationRole(services: Services, node?: ConnectionRef): Promise<void> {
  const connectionId = await chosenConnection(services, node, 'Check a replication role on which connection?');
  const target = await openTarget(services, connectionId);
  const own = target.snapshot.inventory.server.role.name;
  const name = await askRole(services, target, own);
  const publications = await askPublications(target);
  const password = name === own ? 'own' : await askPassword(target, name);
  await tryRole(services, target, { name, password }, publications);
}

async function askRole({ service }: Services, target: PlanTarget, own: string): Promise<string> {
  const roles = await service.reads.roles(target.connectionId);
  const choices = roles
    .filter(({ name, login, replication }) => login || replication || name === own)
    .toSorted(
      (a, b) => Number(b.name === own) - Number(a.name === own) || Number(b.replication) - Number(a.replication),
    )
    .map(({ name, superuser, replication, login }) => ({
      value: name,
      label: name,
      description: joined([
        name === own && 'the role of this connection',
        superuser && 'superuser',
        replication && 'may replicate',
        !login && 'may not log in',
      ]),
    }));
  return pickOne(
    `Which role is to replicate from ${target.serverName}?`,
    mustHave(choices, `${target.serverName} has no role that could log in.`, 'Create a replication role first.'),
  );
}

/** All of them unless chosen otherwise; none where there are none. */
async function askPublications({ snapshot }: PlanTarget): Promise<readonly string[]> {
  const names = snapshot.inventory.publications.map(({ name }) => name);
  if (names.length < 2) return names;
  const choices = names.map((name) => ({ value: name, label: name, picked: true }));
  return pickMany('Of which publications must it be able to copy the tables?', choices);
}

/** Null where it is left empty: then no connection is tried. */
async function askPassword(target: PlanTarget, name: string): Promise<Secret | null> {
  const typed = await vscode.window.showInputBox({
    title: `Check replication role on ${target.serverName}`,
    prompt: withoutLinks(
      `Password of ${name}, to open a replication connection with it. It isn't kept. Leave it empty to look at its grants only.`,
    ),
    password: true,
    ignoreFocusOut: true,
  });
  if (typed === undefined) throw new vscode.CancellationError();
  return typed === '' ? null : new Secret(typed);
}
