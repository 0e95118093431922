import * as vscode from 'vscode';

import { views } from '../../contributions.ts';
import { escapeMarkdown, tooltip } from '../tree/markdown.ts';
import { contextValue, spoken } from '../tree/row.ts';
import { joined } from '../tree/words.ts';
import { entryFlags, entryWords, momentText, stepWords } from './entryWords.ts';
import { type History, silenceMs } from './history.ts';
import type { EntryStatus, HistoryEntry, HistoryStep } from './historyRecord.ts';

/** A row of the History view: a plan that was run, or one of its steps. */
export interface HistoryNode {
  readonly entryId: string;
  /** Undefined for the plan itself. */
  readonly step?: number;
}

const icons: Readonly<Record<EntryStatus | HistoryStep['status'], readonly [id: string, color?: string]>> = {
  done: ['pass', 'charts.green'],
  failed: ['error', 'list.errorForeground'],
  cancelled: ['circle-slash'],
  unknown: ['question', 'list.warningForeground'],
  pending: ['circle-outline'],
  skipped: ['circle-outline'],
  running: ['sync~spin'],
  abandoned: ['archive'],
  takenBack: ['discard'],
  takenBackInPart: ['discard', 'list.warningForeground'],
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
    const step = node.step === undefined ? undefined : entry?.steps[node.step];
    if (entry) item.tooltip = new vscode.MarkdownString(step ? stepTooltip(step) : entryTooltip(entry));
    return item;
  }
}

function entryTooltip(entry: HistoryEntry): string {
  const head = tooltip(entry.title, [
    ['Status', entryWords[entry.status]],
    ['Began', momentText(entry.startedAt)],
    ['Took', entry.status === 'running' ? null : took(entry.endedAt - entry.startedAt)],
  ]);
  const steps = entry.steps.map((step, index) =>
    escapeMarkdown(`${index + 1}. ${step.title} (${step.serverName}): ${stepWords(step)}`),
  );
  const told = entry.steps.flatMap(({ error, advice }) => (error === null ? [] : [error, advice ?? '']));
  return [head, ...steps, ...told.filter((line) => line !== '').map(escapeMarkdown)].join('\n\n');
}

function stepTooltip(step: HistoryStep): string {
  return tooltip(step.title, [
    ['Server', step.serverName],
    ['Status', stepWords(step)],
    ['Took', step.tookMs === null ? null : took(step.tookMs)],
    ['', step.error],
    ['', step.advice],
    ...step.notices.map((notice) => ['The server sent', notice] as const),
    ['Undo', step.undo?.title ?? step.noUndo],
  ]);
}

function took(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function entryItem(entry: HistoryEntry): vscode.TreeItem {
  const item = new vscode.TreeItem(entry.title, vscode.TreeItemCollapsibleState.Collapsed);
  const servers = [...new Set(entry.steps.map(({ serverName }) => serverName))].join(', ');
  item.id = entry.id;
  item.description = joined([entryWords[entry.status], servers, momentText(entry.startedAt)]);
  item.iconPath = icon(entry.status);
  item.contextValue = contextValue('historyEntry', entryFlags(entry));
  item.accessibilityInformation = { label: spoken(entry.title, 'plan', item.description) };
  return item;
}

function stepItem(node: HistoryNode, step: HistoryStep): vscode.TreeItem {
  const item = new vscode.TreeItem(step.title);
  item.id = `${node.entryId}/${node.step}`;
  item.description = joined([
    stepWords(step),
    step.serverName,
    step.tookMs !== null && `${Math.round(step.tookMs)} ms`,
    step.error,
  ]);
  item.iconPath = icon(step.status);
  item.contextValue = contextValue('historyStep', { [step.status]: true });
  item.accessibilityInformation = { label: spoken(step.title, 'step', item.description) };
  return item;
}

function icon(status: EntryStatus | HistoryStep['status']): vscode.ThemeIcon {
  const [id, color] = icons[status];
  return new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** Registers the History view, and sees to entries of windows that ended in the middle of a plan. */
export function createHistoryView(history: History): vscode.Disposable {
  const tree = new HistoryTree(history);
  const view = vscode.window.createTreeView(views.history, { treeDataProvider: tree, showCollapseAll: true });
  const stop = history.onDidChange(() => tree.changed());
  return vscode.Disposable.from(view, { dispose: stop }, settleInterrupted(history));
}

/** Now, and again while another window seems to run a plan: it may have ended a moment ago. */
function settleInterrupted(history: History): vscode.Disposable {
  let again: NodeJS.Timeout | undefined;
  let disposed = false;
  const settle = async (): Promise<void> => {
    const others = await history.settleInterrupted();
    if (others && !disposed) again = setTimeout(() => void settle(), silenceMs);
  };
  void settle();
  return {
    dispose: () => {
      disposed = true;
      clearTimeout(again);
    },
  };
}
