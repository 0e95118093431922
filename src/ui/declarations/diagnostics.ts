import * as vscode from 'vscode';

import { onlyNamed } from '../../connections/connection.ts';
import { checkAgainst } from '../../replication/declaration/against.ts';
import type { DeclarationFault } from '../../replication/declaration/faults.ts';
import { parseDeclaration } from '../../replication/declaration/parse.ts';
import type { Snapshot } from '../../replication/model/snapshot.ts';
import type { Services } from '../services.ts';
import { isDeclarationFile } from './files.ts';

/**
 * Shows what is wrong in declaration files while they are written: their shape, and, where the server they are for is
 * open, what it can't have. Never connects.
 */
export class DeclarationDiagnostics implements vscode.Disposable {
  readonly #services: Pick<Services, 'service' | 'connections'>;
  readonly #shown = vscode.languages.createDiagnosticCollection('pgReplication');
  readonly #disposables: vscode.Disposable[];

  constructor(services: Pick<Services, 'service' | 'connections'>) {
    this.#services = services;
    const stop = services.service.onDidChange((_connectionId, change) => {
      if (change !== 'pulse') this.#checkAll();
    });
    this.#disposables = [
      this.#shown,
      vscode.workspace.onDidOpenTextDocument((document) => void this.#check(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => void this.#check(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri)),
      { dispose: stop },
    ];
    this.#checkAll();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #checkAll(): void {
    for (const document of vscode.workspace.textDocuments) void this.#check(document);
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    if (!isDeclarationFile(document.uri)) return;
    const { version } = document;
    const faults = await this.#faultsOf(document.getText());
    // Somebody wrote on, and a later check has the last word.
    if (document.isClosed || document.version !== version) return;
    this.#shown.set(
      document.uri,
      faults.map((fault) => diagnosticOf(document, fault)),
    );
  }

  async #faultsOf(text: string): Promise<readonly DeclarationFault[]> {
    const { declaration, faults, locate } = await parseDeclaration(text);
    if (!declaration) return faults;
    const { server } = declaration;
    if (server !== undefined && !this.#services.connections.all().some(({ name }) => name === server)) {
      const message = `There is no connection called ${server} here: which one is meant will be asked.`;
      return [...faults, ...locate([{ severity: 'warning', message, path: ['server'] }])];
    }
    const snapshot = knownSnapshot(this.#services, server);
    return snapshot ? [...faults, ...locate(checkAgainst(declaration, snapshot))] : faults;
  }
}

/** What is known of the server of that name now. */
export function knownSnapshot(
  { connections, service }: Pick<Services, 'service' | 'connections'>,
  server: string | undefined,
): Snapshot | null {
  const connection = onlyNamed(connections.all(), server);
  const state = connection && service.state(connection.id);
  return state && state.phase !== 'closed' ? state.snapshot : null;
}

function diagnosticOf(
  document: vscode.TextDocument,
  { severity, message, range }: DeclarationFault,
): vscode.Diagnostic {
  const place = new vscode.Range(document.positionAt(range.start), document.positionAt(range.end));
  const level = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  // A whole entry underlined says less than its first line.
  const first = place.isSingleLine ? place : document.lineAt(place.start.line).range.with(place.start);
  const diagnostic = new vscode.Diagnostic(first, message, level);
  diagnostic.source = 'PostgreSQL Replication';
  return diagnostic;
}
