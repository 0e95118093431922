import * as vscode from 'vscode';

import {
  type LagChangesMessage,
  lagKept,
  type LagKept,
  lagRequest,
  type LagRequest,
  type LagStateMessage,
} from '../../protocol/lag.ts';
import type { LagScope } from '../../replication/model/stream.ts';
import { connectionsOfScope, LagWatch } from '../lagWatching.ts';
import type { Services } from '../services.ts';
import { LagFeed } from './lagFeed.ts';
import { LagPresenter, scopeText } from './lagPresenter.ts';
import { openPanel } from './panelHost.ts';

export type { LagScope } from '../../replication/model/stream.ts';

const viewType = 'pgReplication.lag';

/** Opens the lag panel for a slot, a server or all servers, or brings it to the front. */
export function openLagPanel(services: Services, scope: LagScope): void {
  open(services, scope);
}

/** Brings lag panels back after a reload of the window. */
export function restoreLagPanel(services: Services, panel: vscode.WebviewPanel, state: unknown): void {
  const kept = lagKept.safeParse(state);
  open(services, kept.success ? kept.data.scope : { kind: 'all' }, {
    panel,
    ...(kept.success ? { kept: kept.data } : {}),
  });
}

/** A panel that VS Code kept over a reload, with what its page had kept. */
interface Restored {
  readonly panel: vscode.WebviewPanel;
  readonly kept?: LagKept;
}

function open(services: Services, scope: LagScope, restored?: Restored): void {
  const presenter = new LagPresenter(services, scope, restored?.kept?.view);
  const watch = new LagWatch(services, () => connectionsOfScope(services, scope));
  const feed = new LagFeed({
    state: () => presenter.state(watch.beatMs),
    send: (message) => panel?.post(message),
    beatMs: () => watch.beatMs,
  });
  const stopListening = services.monitor.onDidSample(() => feed.sampled());
  const end = () => {
    feed.left();
    stopListening();
    watch.dispose();
  };
  const panel = openPanel<LagRequest, LagStateMessage | LagChangesMessage>({
    services,
    viewType,
    key: JSON.stringify(scope),
    title: `Lag: ${scopeText(services, scope)}`,
    icon: 'lag',
    page: 'lag',
    schema: lagRequest,
    start: { scope },
    onMessage: async (message) => {
      if (message.type === 'view') {
        presenter.arrange(message.view);
        feed.post();
      } else if (message.type === 'reveal') {
        await reveal(services, message);
      } else {
        await keep(services, message);
      }
    },
    onReady: () => feed.arrived(),
    onVisible: (visible) => {
      if (!visible) feed.left();
      watch.on = visible;
    },
    onDispose: end,
    ...(restored ? { restore: restored.panel } : {}),
  });
  if (!panel) end();
  else watch.on = panel.panel.visible;
}

async function reveal(
  { connections, monitor, reveal: show }: Services,
  { end, streamId }: Extract<LagRequest, { type: 'reveal' }>,
): Promise<void> {
  const { publisher, subscriber } = monitor.streams().find(({ id }) => id === streamId) ?? {};
  if (end === 'publisher' && publisher && connections.facts(publisher.connectionId)) {
    await show({ kind: 'slot', connectionId: publisher.connectionId, name: publisher.slotName });
  } else if (end === 'subscriber' && subscriber && connections.facts(subscriber.connectionId)) {
    await show({ kind: 'subscription', connectionId: subscriber.connectionId, name: subscriber.subscriptionName });
  }
}

/** Puts what is shown into the clipboard or into a file, as the page wrote it. */
async function keep(
  { notifier }: Services,
  { how, text, what }: Extract<LagRequest, { type: 'export' }>,
): Promise<void> {
  const called = what === 'streams' ? 'Streams' : 'Figures over time';
  if (how === 'copy') {
    await vscode.env.clipboard.writeText(text);
    notifier.done(`${called} copied as CSV`);
    return;
  }
  const name = what === 'streams' ? 'replication-streams.csv' : 'replication-lag.csv';
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: `Save ${called} as CSV`,
    defaultUri: folder ? vscode.Uri.joinPath(folder, name) : vscode.Uri.file(name),
    filters: { 'Comma-separated values': ['csv'] },
  });
  if (!uri) return;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  notifier.done(`${called} saved as CSV`);
}
