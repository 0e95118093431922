import * as vscode from 'vscode';

import { views } from '../../contributions.ts';
import type { StepStatus } from '../../replication/model/plan.ts';
import { escapeMarkdown } from '../tree/markdown.ts';
import { contextValue, spoken } from '../tree/row.ts';
import { joined } from '../tree/words.ts';
import type { History, HistoryEntry, HistoryStep } from './history.ts';
import { undoEntry } from './undo.ts';

/** A row of the History view: a plan that was run, or one of its steps. */
export interface HistoryNode {
  readonly entryId: string;
  /** Undefined for the plan itself. */
  readonly step?: number;
}

const words: Readonly<Record<HistoryEntry['status'] | StepStatus, string>> = {
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  unknown: 'not known',
  pending: 'not run',
  skipped: 'not run',
};
const icons: Readonly<Record<HistoryEntry['status'] | StepStatus, readonly [id: string, color?: string]>> = {
  done: ['pass', 'charts.green'],
  failed: ['error', 'list.errorForeground'],
  cancelled: ['circle-slash'],
  unknown: ['question', 'list.warningForeground'],
  pending: ['circle-outline'],
  skipped: ['circle-outline'],
};

/** The plans that were run, newest first, each with its steps. */
export class HistoryTree implements vscode.TreeDataProvider<HistoryNode> {
  readonly #history: History;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(history: History) {
    this.#history = history;
  }

  changed(): void {
    this.#changed.fire(undefined);
  }

  getChildren(node?: HistoryNode): HistoryNode[] {
    if (!node) return this.#history.entries().map(({ id }) => ({ entryId: id }));
    if (node.step !== undefined) return [];
    const steps = this.#history.entry(node.entryId)?.steps ?? [];
    return steps.map((_, step) => ({ entryId: node.entryId, step }));
  }

  getTreeItem(node: HistoryNode): vscode.TreeItem {
    const entry = this.#history.entry(node.entryId);
    if (!entry) return new vscode.TreeItem('no longer there');
    const step = node.step === undefined ? undefined : entry.steps[node.step];
    return step ? stepItem(node, step) : entryItem(entry);
  }

  resolveTreeItem(item: vscode.TreeItem, node: HistoryNode): vscode.TreeItem {
    const entry = this.#history.entry(node.entryId);
    const steps = node.step === undefined ? entry?.steps : entry?.steps.slice(node.step, node.step + 1);
    const lines = (steps ?? []).flatMap(({ title, error, notices }) => [
      title,
      ...(error === null ? [] : [error]),
      ...notices,
    ]);
    item.tooltip = new vscode.MarkdownString(lines.map(escapeMarkdown).join('\n\n'));
    return item;
  }
}

function entryItem(entry: HistoryEntry): vscode.TreeItem {
  const item = new vscode.TreeItem(entry.title, vscode.TreeItemCollapsibleState.Collapsed);
  const servers = [...new Set(entry.steps.map(({ serverName }) => serverName))].join(', ');
  item.id = entry.id;
  item.description = joined([servers, words[entry.status], new Date(entry.startedAt).toLocaleString()]);
  item.iconPath = icon(entry.status);
  item.contextValue = contextValue('historyEntry', { [entry.status]: true, undoable: undoEntry(entry) !== null });
  item.accessibilityInformation = { label: spoken(entry.title, 'plan', item.description) };
  return item;
}

function stepItem(node: HistoryNode, step: HistoryStep): vscode.TreeItem {
  const item = new vscode.TreeItem(step.title);
  item.id = `${node.entryId}/${node.step}`;
  item.description = joined([
    step.serverName,
    words[step.status],
    step.tookMs !== null && `${Math.round(step.tookMs)} ms`,
    step.error,
  ]);
  item.iconPath = icon(step.status);
  item.contextValue = contextValue('historyStep', { [step.status]: true });
  item.accessibilityInformation = { label: spoken(step.title, 'step', item.description) };
  return item;
}

function icon(status: HistoryEntry['status'] | StepStatus): vscode.ThemeIcon {
  const [id, color] = icons[status];
  return new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** Registers the History view. */
export function createHistoryView(history: History): vscode.Disposable {
  const tree = new HistoryTree(history);
  const view = vscode.window.createTreeView(views.history, { treeDataProvider: tree, showCollapseAll: true });
  const stop = history.onDidChange(() => tree.changed());
  return vscode.Disposable.from(view, { dispose: stop });
}
