import * as vscode from 'vscode';

import { declarationScheme } from '../../contributions.ts';
import { parseDeclaration, type ParsedDeclaration } from '../../replication/declaration/parse.ts';
import type { Declaration } from '../../replication/declaration/shape.ts';
import { ReplicationError } from '../../replication/model/errors.ts';

/** What makes a file a declaration: package.json names it too, for its buttons and its schema. */
export const filePattern = '**/*.pgreplication.{yaml,yml}';
export const fileEnding = '.pgreplication.yaml';

/** Whether a document is a declaration that somebody writes, not what a server has. */
export function isDeclarationFile({ scheme, path }: vscode.Uri): boolean {
  return scheme !== declarationScheme && /\.pgreplication\.ya?ml$/.test(path);
}

/** A declaration file as it stands in its editor, unsaved changes included. */
export interface OpenDeclaration {
  readonly uri: vscode.Uri;
  readonly declaration: Declaration;
  readonly parsed: ParsedDeclaration;
  readonly text: string;
}

/**
 * The declaration a command is called on: the file whose button was pressed, the one in front, or the one the person
 * picks. Throws ReplicationError 'invalidInput' where it has errors, or a cancellation.
 */
export async function openDeclaration(uri: unknown): Promise<OpenDeclaration> {
  const found = fileOf(uri) ?? fileOf(vscode.window.activeTextEditor?.document.uri) ?? (await pickFile());
  const document = await vscode.workspace.openTextDocument(found);
  const text = document.getText();
  const parsed = await parseDeclaration(text);
  const declaration = withoutErrors(parsed.declaration, parsed.faults);
  return { uri: found, declaration, parsed, text };
}

/** Throws ReplicationError 'invalidInput' for the first error among faults. */
export function withoutErrors<Found>(found: Found | null, faults: ParsedDeclaration['faults']): Found {
  const errors = faults.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (!first && found !== null) return found;
  const where = first ? ` Line ${first.range.line}: ${first.message}` : '';
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  throw new ReplicationError('invalidInput', `The file has errors.${where}${more}`, {
    advice: 'The Problems view lists them.',
  });
}

function fileOf(uri: unknown): vscode.Uri | undefined {
  return uri instanceof vscode.Uri && isDeclarationFile(uri) ? uri : undefined;
}

async function pickFile(): Promise<vscode.Uri> {
  const picked = await vscode.window.showOpenDialog({
    title: 'Choose a Replication File',
    openLabel: 'Open',
    filters: { 'Replication as YAML': ['yaml', 'yml'] },
  });
  if (!picked?.[0]) throw new vscode.CancellationError();
  return picked[0];
}
