import * as vscode from 'vscode';

import {
  type TopologyGraphMessage,
  topologyKept,
  type TopologyLiveMessage,
  topologyRequest,
  type TopologyRequest,
  type TopologyScope,
} from '../../protocol/topology.ts';
import { connectionsOfScope, LagWatch } from '../lagWatching.ts';
import { Paced } from '../paced.ts';
import type { Services } from '../services.ts';
import { openLagPanel } from './lagPanel.ts';
import { openPanel } from './panelHost.ts';
import { TopologyPresenter, topologyScopeText } from './topologyPresenter.ts';

const viewType = 'pgReplication.topology';
/** Servers beat one after the other; what comes within this time goes to the page together, milliseconds. */
const gatherMs = 500;

/** Opens the topology panel of all servers, or of what hangs together with one, or brings it to the front. */
export function openTopologyPanel(services: Services, scope: TopologyScope): void {
  open(services, scope);
}

/** Brings topology panels back after a reload of the window. What the person arranged, the page keeps by itself. */
export function restoreTopologyPanel(services: Services, panel: vscode.WebviewPanel, state: unknown): void {
  const kept = topologyKept.safeParse(state);
  open(services, kept.success ? kept.data.scope : { kind: 'all' }, panel);
}

function open(services: Services, scope: TopologyScope, restored?: vscode.WebviewPanel): void {
  const presenter = new TopologyPresenter(services, scope);
  const watch = new LagWatch(services, () => wanted(services, scope, presenter));
  let sent = '';
  const post = (anew: boolean) => {
    const graph = presenter.graph();
    const text = JSON.stringify(graph);
    // The drawing changes seldom and is long: a beat is mostly told by figures alone.
    if (anew || text !== sent) panel?.post(graph);
    sent = text;
    panel?.post(presenter.live());
  };
  const posting = new Paced(() => post(false), { gatherMs, restMs: () => watch.beatMs });
  const stopListening = services.monitor.onDidSample(() => {
    if (panel?.panel.visible) posting.ask();
  });
  const connections = services.connections.onDidChange(() => {
    if (panel?.panel.visible) posting.askSoon();
  });
  const end = () => {
    posting.stop();
    stopListening();
    connections();
    watch.dispose();
  };
  const panel = openPanel<TopologyRequest, TopologyGraphMessage | TopologyLiveMessage>({
    services,
    viewType,
    key: JSON.stringify(scope),
    title: scope.kind === 'all' ? 'Topology' : `Topology: ${topologyScopeText(services, scope)}`,
    icon: 'topology',
    page: 'topology',
    schema: topologyRequest,
    start: { scope },
    onMessage: (message) => answer(services, message),
    onReady: () => post(true),
    onVisible: (visible) => {
      watch.on = visible;
    },
    onDispose: end,
    ...(restored ? { restore: restored } : {}),
  });
  if (!panel) end();
  else watch.on = panel.panel.visible;
}

/** All connections, or those in the drawing and those that its ends lead to. */
function wanted(services: Services, scope: TopologyScope, presenter: TopologyPresenter): readonly string[] {
  if (scope.kind === 'all') return services.connections.all().map(({ id }) => id);
  return [...new Set([...connectionsOfScope(services, scope), ...presenter.connectionIds()])];
}

async function answer(services: Services, message: TopologyRequest): Promise<void> {
  const { connections, monitor, reveal } = services;
  switch (message.type) {
    case 'reveal': {
      const { connectionId, kind, name } = message;
      if (!connections.facts(connectionId)) return;
      await reveal(kind === 'connection' ? { kind, connectionId } : { kind, connectionId, name });
      return;
    }
    case 'lag': {
      const stream = monitor.streams().find(({ id }) => id === message.streamId);
      const { publisher, subscriber } = stream ?? {};
      if (publisher) {
        const { connectionId, slotName } = publisher;
        openLagPanel(services, { kind: 'slot', connectionId, slotName });
      } else if (subscriber) {
        openLagPanel(services, { kind: 'server', connectionId: subscriber.connectionId });
      }
      return;
    }
    case 'export':
      await keep(services, message);
  }
}

/** Puts what is drawn into the clipboard or into a file, as the page wrote it. */
async function keep(
  { notifier }: Services,
  { format, how, text }: Extract<TopologyRequest, { type: 'export' }>,
): Promise<void> {
  const called = format === 'svg' ? 'SVG' : 'Mermaid';
  if (how === 'copy') {
    await vscode.env.clipboard.writeText(text);
    notifier.done(`Topology copied as ${called}`);
    return;
  }
  const name = format === 'svg' ? 'replication-topology.svg' : 'replication-topology.mmd';
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: `Save Topology as ${called}`,
    defaultUri: folder ? vscode.Uri.joinPath(folder, name) : vscode.Uri.file(name),
    filters: format === 'svg' ? { SVG: ['svg'] } : { Mermaid: ['mmd', 'mermaid'] },
  });
  if (!uri) return;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  notifier.done(`Topology saved as ${called}`);
}
