import * as vscode from 'vscode';

import { completionsAt, type JsonSchema, type KnownNames } from '../../replication/declaration/complete.ts';
import type { Services } from '../services.ts';
import { knownSnapshot } from './diagnostics.ts';
import { filePattern } from './files.ts';

/** The schema that package.json hands to a YAML language service too. */
const schemaFile = 'schemas/pgreplication.schema.json';

/** Completes keys and values of declaration files from their schema, and names from the server where it is open. */
export function registerDeclarationCompletions(
  services: Pick<Services, 'context' | 'service' | 'connections'>,
): vscode.Disposable {
  let schema: Promise<JsonSchema> | null = null;
  const provider: vscode.CompletionItemProvider = {
    provideCompletionItems: async (document, position) => {
      schema ??= readSchema(services.context.extensionUri);
      const lines = document.getText().split(/\r?\n/);
      const before = [...lines.slice(0, position.line), (lines[position.line] ?? '').slice(0, position.character)];
      const found = completionsAt(before, lines.slice(position.line + 1), await schema, namesKnown(services, lines));
      return found.map(({ kind, label, insert, description }) => {
        const icon = kind === 'key' ? vscode.CompletionItemKind.Property : vscode.CompletionItemKind.Value;
        const item = new vscode.CompletionItem(label, icon);
        item.insertText = insert;
        item.documentation = description;
        return item;
      });
    },
  };
  return vscode.languages.registerCompletionItemProvider({ pattern: filePattern }, provider, ' ', '-');
}

async function readSchema(extension: vscode.Uri): Promise<JsonSchema> {
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension, schemaFile));
  return JSON.parse(new TextDecoder().decode(bytes)) as JsonSchema;
}

function namesKnown(services: Pick<Services, 'service' | 'connections'>, lines: readonly string[]): KnownNames {
  // By its line alone: the file needn't be YAML while it is written.
  const server = lines.flatMap((line) => /^server:\s*(["']?)(.+?)\1\s*$/.exec(line)?.[2] ?? [])[0];
  const inventory = knownSnapshot(services, server)?.inventory;
  return {
    connections: services.connections.all().map(({ name }) => name),
    tables: inventory?.tables ?? [],
    schemas: inventory?.server.schemas ?? [],
    plugins: inventory?.server.plugins ?? ['pgoutput', 'test_decoding'],
  };
}
