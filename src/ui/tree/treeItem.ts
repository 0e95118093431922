import * as vscode from 'vscode';

import type { TreeNode } from './node.ts';
import type { Row } from './row.ts';

const states: Readonly<Record<Row['children'], vscode.TreeItemCollapsibleState>> = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
};

/** The scheme of the addresses that only carry how a row's label is coloured. */
export const rowScheme = 'pgreplication-row';

/** A row as VS Code wants it. The tooltip is left out: it is resolved on hover. */
export function toTreeItem(node: TreeNode, row: Row): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, states[row.children]);
  item.id = node.id;
  item.contextValue = row.contextValue;
  item.accessibilityInformation = { label: row.accessibleLabel };
  if (row.description !== undefined) item.description = row.description;
  if (row.icon) {
    item.iconPath = new vscode.ThemeIcon(
      row.icon.id,
      row.icon.color ? new vscode.ThemeColor(row.icon.color) : undefined,
    );
  }
  if (row.action) item.command = { command: row.action, title: row.label, arguments: [node] };
  const color = row.dimmed ? 'disabledForeground' : row.labelColor;
  if (color !== undefined) item.resourceUri = vscode.Uri.from({ scheme: rowScheme, path: '/row', query: color });
  if (!row.hasTooltip) item.tooltip = row.description ? `${row.label}: ${row.description}` : row.label;
  return item;
}

/** Colours the labels of rows that are dimmed or that the person coloured. */
export class RowColors implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== rowScheme) return undefined;
    return new vscode.FileDecoration(undefined, undefined, new vscode.ThemeColor(uri.query));
  }
}
