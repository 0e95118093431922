import * as vscode from 'vscode';

import { Secret } from '../../replication/model/secret.ts';
import { withoutLinks } from '../plainText.ts';
import type { Services } from '../services.ts';

/**
 * Asks for a connection's password and stores it; an empty one leaves what is stored. Throws a cancellation where
 * the person declines. Connecting (again) is up to the caller.
 */
export async function askPassword({ connections }: Pick<Services, 'connections'>, connectionId: string): Promise<void> {
  const connection = connections.get(connectionId);
  if (!connection) return;
  const { user, host, port, database } = connection.target;
  const typed = await vscode.window.showInputBox({
    title: withoutLinks(connection.name),
    prompt: withoutLinks(
      `Password of ${user} for ${database} on ${host}:${port}. It is kept in VS Code's secret storage.`,
    ),
    password: true,
    ignoreFocusOut: true,
  });
  if (typed === undefined) throw new vscode.CancellationError();
  if (typed !== '') await connections.update(connectionId, {}, new Secret(typed));
}
