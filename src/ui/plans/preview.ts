import * as vscode from 'vscode';

import { historyScheme, planScheme } from '../../contributions.ts';
import type { Plan } from '../../replication/model/plan.ts';
import { planSqlText } from './sqlText.ts';

/** Plans as read-only SQL documents, titled by what they do. A plan is kept while its document is open. */
export class PlanPreviews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, { readonly text: string; readonly plan: Plan | null }>();
  readonly #disposables: vscode.Disposable[];

  constructor() {
    this.#disposables = [
      vscode.workspace.registerTextDocumentContentProvider(planScheme, this),
      vscode.workspace.registerTextDocumentContentProvider(historyScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#texts.delete(uri.toString());
      }),
    ];
  }

  /** Opens the document of a plan beside nothing: in front, as any other. */
  async show(plan: Plan): Promise<void> {
    await this.#open(plan.id, plan.title, planSqlText(plan), plan);
  }

  /** Opens SQL that can't be run from there any more, such as that of the history. */
  async showText(id: string, title: string, text: string): Promise<void> {
    await this.#open(id, title, text, null);
  }

  /** The plan of a document; undefined where the document is of the past. */
  planOf(uri: vscode.Uri): Plan | undefined {
    return this.#texts.get(uri.toString())?.plan ?? undefined;
  }

  textOf(uri: vscode.Uri): string | undefined {
    return this.#texts.get(uri.toString())?.text;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString())?.text ?? '-- This plan is of an earlier window. Make it again to run it.\n';
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
    this.#texts.clear();
  }

  async #open(id: string, title: string, text: string, plan: Plan | null): Promise<void> {
    const uri = vscode.Uri.from({
      scheme: plan ? planScheme : historyScheme,
      path: `/${fileName(title)}.sql`,
      query: id,
    });
    this.#texts.set(uri.toString(), { text, plan });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, 'sql');
    // Another language (where *.sql stands for one) is told as a close, which forgot the plan.
    this.#texts.set(uri.toString(), { text, plan });
    await vscode.window.showTextDocument(document, { preview: true });
  }
}

/** A title as one name in a path, as it is read on a tab. */
function fileName(title: string): string {
  const plain = title.replaceAll(/[/\\]/g, '-').replaceAll(/\p{Cc}+/gu, ' ');
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain;
}
