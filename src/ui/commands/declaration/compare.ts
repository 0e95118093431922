import * as vscode from 'vscode';

import { arrangedLike } from '../../../replication/declaration/describe.ts';
import { writeDeclaration } from '../../../replication/declaration/write.ts';
import { openDeclaration } from '../../declarations/files.ts';
import { describeServer, serverOf } from '../../declarations/serverDeclaration.ts';
import type { ServerDeclarations } from '../../declarations/serverDocuments.ts';
import type { Services } from '../../services.ts';

/** Shows in the diff editor what the server has now, on the left, and what the file says. */
export async function compareDeclaration(
  services: Services,
  documents: ServerDeclarations,
  uri?: unknown,
): Promise<void> {
  const file = await openDeclaration(uri);
  const connectionId = await serverOf(services, file.declaration, 'Compare the file with which connection?', false);
  const { target, declaration } = await describeServer(services, connectionId);
  // The comment above an exported file is no difference where the person took it away.
  const explained = file.text.startsWith('#');
  const text = await writeDeclaration(arrangedLike(declaration, file.declaration), { explained });
  const left = documents.document(connectionId, target.serverName, text);
  const document = await vscode.workspace.openTextDocument(left);
  await vscode.languages.setTextDocumentLanguage(document, 'yaml');
  // Another language is told as a close, which forgot the text.
  documents.document(connectionId, target.serverName, text);
  const name = file.uri.path.split('/').at(-1) ?? '';
  await vscode.commands.executeCommand('vscode.diff', left, file.uri, `${target.serverName} now ↔ ${name}`);
}
