import * as vscode from 'vscode';

import type { panels } from '../../contributions.ts';
import type { Services } from '../services.ts';

type Restore = (services: Services, panel: vscode.WebviewPanel, state: unknown) => void;

/** How each panel comes back with its window; loaded when the first of its kind does. */
const restorers: Readonly<Record<(typeof panels)[number], () => Promise<Restore>>> = {
  'pgReplication.connection': async () => (await import('./connectionPanel.ts')).restoreConnectionPanel,
  'pgReplication.lag': async () => (await import('./lagPanel.ts')).restoreLagPanel,
  'pgReplication.publication': async () => (await import('./publicationPanel.ts')).restorePublicationPanel,
  'pgReplication.subscription': async () => (await import('./subscriptionPanel.ts')).restoreSubscriptionPanel,
  'pgReplication.topology': async () => (await import('./topologyPanel.ts')).restoreTopologyPanel,
};

/** Brings panels back after a reload of the window, each with what its page had kept. */
export function registerPanels(services: Services): vscode.Disposable {
  const registered = Object.entries(restorers).map(([viewType, load]) =>
    vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async (panel, state: unknown) => (await load())(services, panel, state),
    }),
  );
  return vscode.Disposable.from(...registered);
}
