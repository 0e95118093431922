import * as vscode from 'vscode';

import { chosenConnections, type ConnectionRef } from '../../connections/chosen.ts';
import { type Choice, pickOne } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import type { TreeNode } from '../../tree/node.ts';

/** Puts connections into a folder, a new one or none. */
export async function moveToFolder(
  services: Services,
  node?: ConnectionRef,
  selected?: readonly TreeNode[],
): Promise<void> {
  const { connections } = services;
  const ids = await chosenConnections(services, node, selected, 'Move which connection?');
  const choices: readonly Choice<{ readonly folder: string | null } | 'new'>[] = [
    ...connections.folders().map((folder) => ({ value: { folder }, label: folder })),
    { value: { folder: null }, label: 'No folder', description: 'at the top of the view' },
    { value: 'new', label: 'New folder…' },
  ];
  const choice = await pickOne('Move to which folder?', choices);
  const folder = choice === 'new' ? await askFolder() : choice.folder;
  for (const id of ids) await connections.update(id, { folder });
}

async function askFolder(): Promise<string> {
  const name = await vscode.window.showInputBox({ title: 'New Folder', prompt: 'Name of the folder' });
  if (name === undefined || name.trim() === '') throw new vscode.CancellationError();
  return name;
}
