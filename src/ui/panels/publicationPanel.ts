import * as vscode from 'vscode';

import {
  type PublicationDraft,
  publicationKept,
  type PublicationRequest,
  publicationRequest,
  type PublicationUpdate,
} from '../../protocol/publication.ts';
import type { Services } from '../services.ts';
import { openPanel } from './panelHost.ts';
import { PublicationForm } from './publicationForm.ts';

const viewType = 'pgReplication.publication';

/** What the form starts with. */
export interface PublicationPanelRequest {
  readonly connectionId: string;
  readonly tables?: readonly { readonly schema: string; readonly name: string }[];
  readonly schemas?: readonly string[];
}

/**
 * Opens the form that creates a publication on a connection's server, or brings the open one to the front. A
 * request that names tables or schemas gets a form of its own.
 */
export async function openPublicationPanel(services: Services, request: PublicationPanelRequest): Promise<void> {
  const draft = emptyPublication(request);
  const chosen = [...draft.tables.map(({ schema, name }) => [schema, name]), ...draft.schemas];
  show(services, request.connectionId, chosen.length === 0 ? '' : JSON.stringify(chosen), draft);
}

/** Brings the form back with the window, with the draft its page kept. */
export function registerPublicationPanel(services: Services): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(viewType, {
    deserializeWebviewPanel: async (panel, state: unknown) => {
      const kept = publicationKept.safeParse(state);
      if (!kept.success || !services.connections.facts(kept.data.connectionId)) {
        panel.dispose();
        return;
      }
      show(services, kept.data.connectionId, panel.title, kept.data.draft, panel);
    },
  });
}

/** A publication of nothing yet, with PostgreSQL's defaults for the rest. */
export function emptyPublication(request: Omit<PublicationPanelRequest, 'connectionId'>): PublicationDraft {
  return {
    name: '',
    scope: 'chosen',
    schemas: [...(request.schemas ?? [])],
    tables: (request.tables ?? []).map(({ schema, name }) => ({ schema, name, columns: null, filter: null })),
    operations: { insert: true, update: true, delete: true, truncate: true },
    viaRoot: false,
    generatedColumns: 'none',
  };
}

function show(
  services: Services,
  connectionId: string,
  what: string,
  draft: PublicationDraft,
  restore?: vscode.WebviewPanel,
): void {
  const { connections, plans, reveal, service } = services;
  const serverName = connections.facts(connectionId)?.name ?? '';
  const panel = openPanel<PublicationRequest, PublicationUpdate>({
    services,
    viewType,
    key: JSON.stringify([connectionId, what]),
    title: `Create Publication (${serverName})`,
    icon: 'publication',
    page: 'publication',
    schema: publicationRequest,
    start: { connectionId },
    onMessage: (message) => form.handle(message),
    onReady: () => void form.show(),
    onDispose: () => {
      form.dispose();
      unsubscribe();
    },
    ...(restore ? { restore } : {}),
  });
  if (!panel) return;
  const form = new PublicationForm(
    {
      service,
      connections,
      plans,
      post: (message) => panel.post(message),
      copy: async (text) => vscode.env.clipboard.writeText(text),
      created: async (name) => {
        panel.dispose();
        await reveal({ kind: 'publication', connectionId, name });
      },
      dismiss: () => panel.dispose(),
    },
    connectionId,
    draft,
  );
  const unsubscribe = service.onDidChange((changed, change) => {
    if (changed === connectionId && change === 'inventory') void form.inventoryChanged();
  });
}
