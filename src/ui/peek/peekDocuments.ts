import * as vscode from 'vscode';

import { peekScheme } from '../../contributions.ts';
import { type Peek, peekText } from './peekText.ts';

/** Changes that were peeked at, as read-only documents: one for each slot, which a later peek renews. */
export class PeekDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #disposables: readonly vscode.Disposable[];
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#disposables = [
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(peekScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#texts.delete(uri.toString());
      }),
    ];
  }

  /** Opens the document in front, at its beginning, or renews the one that is open. */
  async show(connectionId: string, peek: Peek): Promise<void> {
    // A slot has only letters, digits and underscores in its name.
    const uri = vscode.Uri.from({ scheme: peekScheme, path: `/Changes in ${peek.slotName}.txt`, query: connectionId });
    this.#texts.set(uri.toString(), peekText(peek));
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '# These changes are of an earlier window. Peek at the slot again.\n';
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#texts.clear();
  }
}
