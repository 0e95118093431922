import * as vscode from 'vscode';

/** The output channel of the extension. Nothing that is written to it may hold a secret. */
export function createLog(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('PostgreSQL Replication', { log: true });
}
