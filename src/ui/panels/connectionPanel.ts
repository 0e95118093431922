import * as vscode from 'vscode';

import { currentUser } from '../../connections/imports/surroundings.ts';
import {
  type ConnectionFields,
  type ConnectionFormPurpose,
  connectionKept,
  type ConnectionRequest,
  connectionRequest,
  type ConnectionUpdate,
  type FileField,
} from '../../protocol/connection.ts';
import type { Services } from '../services.ts';
import { ConnectionForm } from './connectionForm.ts';
import { openFormPanel } from './formPanel.ts';

const viewType = 'pgReplication.connection';

/**
 * Opens the form that adds, edits or duplicates a connection, or brings the open one to the front. An edited
 * connection that was removed meanwhile is no error: then the form adds it.
 */
export async function openConnectionPanel(services: Services, request: ConnectionFormPurpose): Promise<void> {
  show(services, request);
}

/** Brings the form back with the window, with the fields its page kept; a typed password has to be typed again. */
export function restoreConnectionPanel(services: Services, panel: vscode.WebviewPanel, state: unknown): void {
  const kept = connectionKept.safeParse(state);
  if (kept.success) show(services, kept.data.purpose, { fields: kept.data.fields, panel });
  else panel.dispose();
}

function show(
  services: Services,
  request: ConnectionFormPurpose,
  restored?: { readonly fields: ConnectionFields; readonly panel: vscode.WebviewPanel },
): void {
  const { connections, service } = services;
  const existing = request.mode === 'add' ? undefined : connections.get(request.connectionId);
  const purpose: ConnectionFormPurpose = existing ? request : { mode: 'add' };
  openFormPanel<ConnectionRequest, ConnectionUpdate>(services, {
    viewType,
    key: JSON.stringify(purpose),
    title: titleOf(purpose, existing?.name ?? ''),
    icon: 'connection',
    page: 'connection',
    schema: connectionRequest,
    restore: restored?.panel,
    form: (hands) =>
      new ConnectionForm(
        {
          ...hands,
          chooseFile,
          user: currentUser(),
          saved: async (connectionId) => {
            hands.dismiss();
            // What is open was opened the old way.
            if (purpose.mode === 'edit') await service.close(connectionId);
            await services.reveal({ kind: 'connection', connectionId });
          },
        },
        purpose,
        restored?.fields,
      ),
  });
}

function titleOf({ mode }: ConnectionFormPurpose, name: string): string {
  switch (mode) {
    case 'add':
      return 'Add Connection';
    case 'edit':
      return `Edit Connection (${name})`;
    case 'duplicate':
      return `Duplicate Connection (${name})`;
  }
}

const fileTitles = {
  sslRootCert: 'Choose the Root Certificate',
  sslCert: 'Choose the Client Certificate',
  sslKey: 'Choose the Client Key',
} as const;

async function chooseFile(field: FileField): Promise<string | undefined> {
  const filters =
    field === 'sslKey'
      ? { Keys: ['key', 'pem'], 'All Files': ['*'] }
      : { Certificates: ['crt', 'pem', 'cer'], 'All Files': ['*'] };
  const chosen = await vscode.window.showOpenDialog({ title: fileTitles[field], openLabel: 'Choose', filters });
  return chosen?.[0]?.fsPath;
}
