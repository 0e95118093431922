import * as vscode from 'vscode';

import { runCommand } from '../commands/typed.ts';
import { draggedTables } from './dragging.ts';
import type { TreeNode } from './node.ts';

/** The type VS Code gives to what is dragged within the Servers view. */
const mimeType = 'application/vnd.code.tree.pgreplication.servers';

/** Tables are dragged onto a publication to be added to it. Onto anything else nothing comes of it. */
export class TableDragAndDrop implements vscode.TreeDragAndDropController<TreeNode> {
  readonly dragMimeTypes = [mimeType];
  readonly dropMimeTypes = [mimeType];

  handleDrag(rows: readonly TreeNode[], data: vscode.DataTransfer): void {
    const tables = draggedTables(rows);
    if (tables.length > 0) data.set(mimeType, new vscode.DataTransferItem(tables));
  }

  async handleDrop(onto: TreeNode | undefined, data: vscode.DataTransfer): Promise<void> {
    if (onto?.kind !== 'publication') return;
    // The value is what handleDrag put there: VS Code keeps it as it is within one window.
    const value: unknown = data.get(mimeType)?.value;
    const tables = Array.isArray(value) ? draggedTables(value as readonly TreeNode[]) : [];
    if (tables.length > 0) await runCommand('pgReplication.publication.addTables', onto, [...tables]);
  }
}
