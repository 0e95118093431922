import * as vscode from 'vscode';

import {
  asSentences,
  describeError,
  type ErrorDescription,
  ReplicationError,
  type ServerWords,
} from '../replication/model/errors.ts';
import { withoutIcons, withoutLinks } from './plainText.ts';

const showDetails = 'Show Details';
const showLog = 'Show Log';

/** Says what must be said, and nothing else: state changes go to the tree and the status bar. */
export class Notifier {
  readonly #log: vscode.LogOutputChannel;

  constructor(parts: { readonly log: vscode.LogOutputChannel }) {
    this.#log = parts.log;
  }

  /** Shows what failed, in our words, with the server's one click away. A cancellation shows nothing. */
  async error(thrown: unknown): Promise<void> {
    if (isCancellation(thrown)) return;
    await this.failure({ description: describeError(thrown) });
  }

  /** Shows a failure with `actions` as further buttons; runs the one that was pressed. */
  async failure(failure: {
    readonly description: ErrorDescription;
    /** Stands before our sentence: which step failed where. */
    readonly context?: string;
    /** More for the details: what was done and what wasn't. */
    readonly report?: string;
    readonly actions?: Readonly<Record<string, () => Promise<unknown>>>;
  }): Promise<void> {
    const { description, context, report, actions = {} } = failure;
    const message = asSentences(context, description.message, description.advice);
    const details = [report, serverWords(description.server)].filter(Boolean).join('\n\n');
    const buttons = [...Object.keys(actions), ...(details === '' ? [] : [showDetails]), showLog];
    const pressed = await vscode.window.showErrorMessage(withoutLinks(message), ...buttons);
    if (pressed === undefined) return;
    if (pressed === showLog) this.#log.show();
    else if (pressed === showDetails) await this.details(message, details);
    else await actions[pressed]?.();
  }

  /** Shows warnings that the server sent with something that worked. */
  async serverWarnings(title: string, warnings: readonly string[]): Promise<void> {
    const [first, ...others] = warnings;
    if (first === undefined) return;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    const message = `${title}: done, but the server warns: ${first}${more}`;
    const pressed = await vscode.window.showWarningMessage(withoutLinks(message), showDetails, showLog);
    if (pressed === showLog) this.#log.show();
    if (pressed === showDetails) await this.details(title, warnings.join('\n\n'));
  }

  /** A short word in the status bar, for what the tree shows anyway. */
  done(message: string): void {
    vscode.window.setStatusBarMessage(`$(check) ${withoutIcons(message)}`, 5000);
  }

  /** A longer text to read, in a modal. */
  async details(message: string, detail: string): Promise<void> {
    const copy = 'Copy';
    const pressed = await vscode.window.showInformationMessage(message, { modal: true, detail }, copy);
    if (pressed === copy) await vscode.env.clipboard.writeText(`${message}\n\n${detail}`);
  }
}

/** Whether somebody stopped it on purpose: that is no error. */
export function isCancellation(thrown: unknown): boolean {
  return thrown instanceof vscode.CancellationError || ReplicationError.is(thrown, 'cancelled');
}

/** The server's own words, line by line, as psql shows them. Empty where it said nothing. */
export function serverWords(server: ServerWords | undefined): string {
  if (!server) return '';
  const head = `${server.severity ?? 'ERROR'}: ${server.message}${server.code ? ` (SQLSTATE ${server.code})` : ''}`;
  return [
    head,
    server.detail && `Detail: ${server.detail}`,
    server.hint && `Hint: ${server.hint}`,
    server.where && `Context: ${server.where}`,
  ]
    .filter(Boolean)
    .join('\n');
}
