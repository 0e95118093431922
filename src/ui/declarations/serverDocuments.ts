import * as vscode from 'vscode';

import { declarationScheme } from '../../contributions.ts';
import { fileEnding } from './files.ts';

/** What servers have, as read-only YAML documents to compare files with. A text is kept while its document is open. */
export class ServerDeclarations implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #disposables: vscode.Disposable[];
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#disposables = [
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(declarationScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => void this.#texts.delete(uri.toString())),
    ];
  }

  /** The document of a connection's server; one that is open already shows the new text. */
  document(connectionId: string, serverName: string, text: string): vscode.Uri {
    const path = `/${serverName.replaceAll(/[/\\]/g, '\u2215').replaceAll(/\p{Cc}+/gu, ' ')}${fileEnding}`;
    const uri = vscode.Uri.from({ scheme: declarationScheme, path, query: connectionId });
    const before = this.#texts.get(uri.toString());
    this.#texts.set(uri.toString(), text);
    if (before !== undefined && before !== text) this.#changed.fire(uri);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '# This is of an earlier window. Compare with the server again.\n';
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#texts.clear();
  }
}
