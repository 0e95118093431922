import * as vscode from 'vscode';

import type { ConnectionRef } from '../../../contributions.ts';
import { writeDeclaration } from '../../../replication/declaration/write.ts';
import { chosenConnection } from '../../connections/chosen.ts';
import { fileEnding } from '../../declarations/files.ts';
import { describeServer } from '../../declarations/serverDeclaration.ts';
import type { Services } from '../../services.ts';

/** Writes what a server has into a file that can be kept, compared and applied; no secret is in it. */
export async function exportDeclaration(services: Services, node?: ConnectionRef): Promise<void> {
  const connectionId = await chosenConnection(services, node, 'Export the replication of which connection?');
  const { target, declaration } = await describeServer(services, connectionId);
  const text = await writeDeclaration(declaration);
  const uri = await vscode.window.showSaveDialog({
    title: 'Export Replication as File',
    defaultUri: suggestedFile(target.serverName),
    filters: { 'Replication as YAML': ['yaml', 'yml'] },
  });
  if (!uri) throw new vscode.CancellationError();
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(uri);
  services.notifier.done(`Replication of ${target.serverName} exported`);
}

/** Beside the workspace's files where there is one. A name of a server may hold what a file name may not. */
function suggestedFile(serverName: string): vscode.Uri {
  const plain = serverName.replaceAll(/[^\p{L}\p{N}._ -]+/gu, '-').replaceAll(/^[. -]+|[. -]+$/g, '') || 'server';
  const name = `${plain}${fileEnding}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder ? vscode.Uri.joinPath(folder, name) : vscode.Uri.file(name);
}
