import * as vscode from 'vscode';

import type { ConnectionStore } from '../../connections/store.ts';
import { views } from '../../contributions.ts';
import type { Copies } from '../../replication/copy/copies.ts';
import type { Forecasts } from '../../replication/forecast/forecasts.ts';
import type { ReplicationService } from '../../replication/service.ts';
import type { AlertCenter } from '../alerts/alertCenter.ts';
import type { RevealTarget } from '../services.ts';
import type { Settings } from '../settings.ts';
import { TableDragAndDrop } from './dragAndDrop.ts';
import { type LagSource, LiveModel, pageSize } from './liveModel.ts';
import type { MoreNode, TreeNode } from './node.ts';
import { ServersTree } from './provider.ts';
import { RefreshPolicy } from './refreshPolicy.ts';
import { revealTarget } from './reveal.ts';
import { RowColors } from './treeItem.ts';
import { WatchPolicy } from './watchPolicy.ts';

/** What the Servers view is made from. */
export interface ServersViewParts {
  readonly service: ReplicationService;
  readonly connections: ConnectionStore;
  readonly monitor: LagSource;
  readonly forecasts: Forecasts;
  readonly copies: Copies;
  readonly alerts: AlertCenter;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
}

/** The Servers view, as the rest of the program sees it. */
export interface ServersView extends vscode.Disposable {
  readonly reveal: (target: RevealTarget) => Promise<void>;
  /** Reads every connection again that was opened; the others stay closed. Failures show in the tree. */
  readonly refreshAll: () => Promise<void>;
  /** Shows the next page of a long list. */
  readonly loadMore: (node: MoreNode) => void;
  /** What rows are drawn from. */
  readonly model: LiveModel;
  readonly tree: ServersTree;
  readonly view: vscode.TreeView<TreeNode>;
}

/** Builds the Servers view and ties it to the service. */
export function createServersView(parts: ServersViewParts): ServersView {
  const { service, connections, monitor, forecasts, copies, alerts, settings, log } = parts;
  const model = new LiveModel({ service, connections, monitor, forecasts, copies, alerts });
  const tree: ServersTree = new ServersTree({ model, service, onOpened: (id) => refresh.connection(id, 'opened') });
  const refresh = new RefreshPolicy({ tree, model, log });
  const watch = new WatchPolicy({
    service,
    connectionIds: () => connections.all().map(({ id }) => id),
    intervalMs: () => settings.get('tree.refreshSeconds') * 1000,
  });
  const view = vscode.window.createTreeView(views.servers, {
    treeDataProvider: tree,
    canSelectMany: true,
    dragAndDropController: new TableDragAndDrop(),
    showCollapseAll: true,
  });
  const edited = new Set<string>();
  const expanded = new Set<string>();
  let knownIds = connections.all().map(({ id }) => id);
  watch.setVisible(view.visible);
  refresh.setVisible(view.visible);

  const stopService = service.onDidChange((connectionId, change) => {
    watch.onPulse(connectionId);
    if (change === 'state') {
      const closed = service.state(connectionId).phase === 'closed';
      // One that was closed because it was edited opens again where it is expanded.
      tree.setDisconnected(connectionId, closed && expanded.has(connectionId) && !edited.delete(connectionId));
      watch.update();
    }
    refresh.onChange(connectionId, change);
  });
  const stopConnections = connections.onDidChange((change) => {
    if (change.kind === 'updated' && change.target) edited.add(change.connectionId);
    const ids = connections.all().map(({ id }) => id);
    for (const gone of knownIds.filter((id) => !ids.includes(id))) tree.forget(gone);
    knownIds = ids;
    tree.forgetArrangement();
    tree.redraw(undefined);
    watch.update();
  });
  const stopAlerts = alerts.onDidChange(() => refresh.outdated());
  const disposables = [
    view,
    tree,
    refresh,
    watch,
    vscode.window.registerFileDecorationProvider(new RowColors()),
    view.onDidChangeVisibility(({ visible }) => {
      watch.setVisible(visible);
      refresh.setVisible(visible);
    }),
    view.onDidExpandElement(({ element }) => {
      if (element.kind !== 'connection') return;
      expanded.add(element.connectionId);
      // It was disconnected while it was collapsed: now it is wanted again.
      if (tree.setDisconnected(element.connectionId, false)) refresh.connection(element.connectionId, 'expanded');
    }),
    view.onDidCollapseElement(({ element }) => {
      if (element.kind !== 'connection') return;
      expanded.delete(element.connectionId);
      // VS Code asks again for what is below a collapsed row only once it was told that it changed.
      if (tree.setDisconnected(element.connectionId, false)) refresh.connection(element.connectionId, 'collapsed');
    }),
    settings.onDidChange('tree.refreshSeconds', () => watch.update()),
    { dispose: stopAlerts },
    { dispose: stopService },
    { dispose: stopConnections },
  ];

  return {
    model,
    tree,
    view,
    reveal: (target) => revealTarget({ service, model, tree, refresh, view }, target),
    refreshAll: async () => {
      const opened = connections.all().filter(({ id }) => service.state(id).phase !== 'closed');
      const reading = opened.map(({ id }) => service.refresh(id));
      await vscode.window.withProgress({ location: { viewId: views.servers } }, () => Promise.allSettled(reading));
    },
    loadMore: (node) => {
      model.showAtLeast(node.of, model.limit(node.of) + pageSize);
      const parent = tree.getParent(node);
      if (parent) refresh.node(parent);
      refresh.flush();
    },
    dispose: () => {
      for (const disposable of disposables) disposable.dispose();
    },
  };
}
