import * as vscode from 'vscode';

import type { CommandArgs, CommandId, CommandResult, ContextKeys } from '../../contributions.ts';
import type { ServerDeclarations } from '../declarations/serverDocuments.ts';
import type { PeekDocuments } from '../peek/peekDocuments.ts';
import type { PlanPreviews } from '../plans/preview.ts';
import type { Services } from '../services.ts';
import type { ServersView } from '../tree/view.ts';

/** What is run when a command is called. */
export type CommandHandler<Id extends CommandId> = (
  ...args: CommandArgs<Id>
) => CommandResult<Id> | PromiseLike<CommandResult<Id>>;

/** What the commands are given. */
export interface CommandParts {
  readonly services: Services;
  readonly previews: PlanPreviews;
  readonly peeks: PeekDocuments;
  readonly declarations: ServerDeclarations;
  readonly servers: ServersView;
}

/** What a command is about: the middle of its id. */
export type CommandNoun = CommandId extends `pgReplication.${infer Noun}.${string}` ? Noun : never;

/** A handler for every id about one noun: the type refuses one that is missing. */
export type HandlersOf<Noun extends CommandNoun> = {
  readonly [Id in Extract<CommandId, `pgReplication.${Noun}.${string}`>]: CommandHandler<Id>;
};

/** Runs a command of ours. */
export async function runCommand<Id extends CommandId>(id: Id, ...args: CommandArgs<Id>): Promise<CommandResult<Id>> {
  return vscode.commands.executeCommand<CommandResult<Id>>(id, ...args);
}

/** Sets one of our context keys. */
export async function setContextKey<Key extends keyof ContextKeys>(key: Key, value: ContextKeys[Key]): Promise<void> {
  await vscode.commands.executeCommand('setContext', key, value);
}
