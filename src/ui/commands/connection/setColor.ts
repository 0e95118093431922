import * as vscode from 'vscode';

import { connectionColors } from '../../../connections/connection.ts';
import { chosenConnections, type ConnectionRef } from '../../connections/chosen.ts';
import type { Services } from '../../services.ts';
import type { TreeNode } from '../../tree/node.ts';

/** Gives connections a colour of the theme's charts, or takes it away. */
export async function setColor(
  services: Services,
  node?: ConnectionRef,
  selected?: readonly TreeNode[],
): Promise<void> {
  const { connections } = services;
  const ids = await chosenConnections(services, node, selected, 'Color which connection?');
  const items = [
    { label: 'None', color: null, iconPath: new vscode.ThemeIcon('circle-outline') },
    ...connectionColors.map((color) => ({
      label: nameOf(color),
      color,
      iconPath: new vscode.ThemeIcon('circle-filled', new vscode.ThemeColor(color)),
    })),
  ];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Which color?' });
  if (!picked) throw new vscode.CancellationError();
  for (const id of ids) await connections.update(id, { color: picked.color });
}

/** `charts.red` to "Red". */
function nameOf(color: string): string {
  const name = color.slice('charts.'.length);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
