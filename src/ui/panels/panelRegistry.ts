import type * as vscode from 'vscode';

/** The panels that are open, so that one asked for again is brought to the front. Built once, in compose.ts. */
export class PanelRegistry {
  readonly #panels = new Map<string, vscode.WebviewPanel>();

  /** The open panel of this kind and key. */
  find(viewType: string, key: string): vscode.WebviewPanel | undefined {
    return this.#panels.get(registryKey(viewType, key));
  }

  /** Keeps the panel until it is disposed. */
  add(viewType: string, key: string, panel: vscode.WebviewPanel): void {
    const id = registryKey(viewType, key);
    this.#panels.set(id, panel);
    panel.onDidDispose(() => {
      if (this.#panels.get(id) === panel) this.#panels.delete(id);
    });
  }

  /** Closes all of them. */
  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose();
  }
}

function registryKey(viewType: string, key: string): string {
  return JSON.stringify([viewType, key]);
}
