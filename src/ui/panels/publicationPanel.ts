import type * as vscode from 'vscode';

import {
  publicationKept,
  type PublicationRequest,
  publicationRequest,
  type PublicationUpdate,
} from '../../protocol/publication.ts';
import type { TableName } from '../../replication/model/reads.ts';
import { runCommand } from '../commands/typed.ts';
import type { Services } from '../services.ts';
import { childId, groupNode } from '../tree/node.ts';
import { openFormPanel } from './formPanel.ts';
import { emptyPublication, type PublicationStart } from './publicationDraft.ts';
import { PublicationForm, type PublicationSubject } from './publicationForm.ts';
import { knownSlotsOf, readersOf } from './publicationReaders.ts';

const viewType = 'pgReplication.publication';

/** What the form of a new publication starts with. */
export interface PublicationPanelRequest extends PublicationStart {
  readonly connectionId: string;
}

/**
 * Opens the form that creates a publication on a connection's server, or brings the open one to the front. A
 * request that names tables or schemas gets a form of its own.
 */
export async function openPublicationPanel(services: Services, request: PublicationPanelRequest): Promise<void> {
  const draft = emptyPublication(request);
  const chosen = [...draft.tables.map(({ schema, name }) => [schema, name]), ...draft.schemas];
  const what = chosen.length === 0 ? '' : JSON.stringify(chosen);
  show(services, { connectionId: request.connectionId, publication: null, draft }, { what });
}

/** Opens the form that edits a publication, or brings the open one to the front; with the editor of `table` open. */
export async function openPublicationEditor(
  services: Services,
  request: { readonly connectionId: string; readonly publication: string; readonly table?: TableName },
): Promise<void> {
  const { connectionId, publication, table } = request;
  show(services, { connectionId, publication, draft: null }, table ? { table } : {});
}

/** Brings the form back with the window, with the draft its page kept. */
export function restorePublicationPanel(services: Services, panel: vscode.WebviewPanel, state: unknown): void {
  const kept = publicationKept.safeParse(state);
  if (!kept.success || !services.connections.facts(kept.data.connectionId)) {
    panel.dispose();
    return;
  }
  const { connectionId, draft, edit } = kept.data;
  const subject = { connectionId, publication: edit?.publication ?? null, draft };
  show(services, subject, { what: panel.title, restore: panel });
}

interface Showing {
  /** Tells forms of new publications apart. */
  readonly what?: string;
  /** The table whose editor is to be open. */
  readonly table?: TableName;
  readonly restore?: vscode.WebviewPanel;
}

function show(services: Services, subject: PublicationSubject, { restore, table, what = '' }: Showing): void {
  const { connectionId, publication } = subject;
  const serverName = services.connections.facts(connectionId)?.name ?? '';
  const key = JSON.stringify(publication === null ? [connectionId, what] : [connectionId, 'edit', publication]);
  const openTable = table && ({ type: 'openTable', schema: table.schema, name: table.name } as const);
  const panel = openFormPanel<PublicationRequest, PublicationUpdate>(services, {
    viewType,
    key,
    title:
      publication === null ? `Create Publication (${serverName})` : `Edit Publication ${publication} (${serverName})`,
    icon: 'publication',
    page: 'publication',
    schema: publicationRequest,
    start: { connectionId, ...(publication === null ? {} : { publication }) },
    restore,
    form: (hands) =>
      new PublicationForm(
        {
          ...hands,
          readers: (name) => readersOf(services, connectionId, name),
          slots: (name) => knownSlotsOf(services, connectionId, name),
          created: async (name) => {
            hands.dismiss();
            await services.reveal({ kind: 'publication', connectionId, name });
          },
          showTables: async (name) => {
            const id = childId(groupNode(connectionId, 'publications').id, 'publication', name);
            await runCommand('pgReplication.publication.showTables', { kind: 'publication', id, connectionId, name });
          },
        },
        subject,
      ),
  });
  if (!openTable) return;
  if (panel) panel.post(openTable);
  // The one that is open was brought to the front; where its page is there, it is told directly.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- VS Code's own, not a window's.
  else void services.panels.find(viewType, key)?.webview.postMessage(openTable);
}
