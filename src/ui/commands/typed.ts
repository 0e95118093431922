import * as vscode from 'vscode';

import type { CommandArgs, CommandId, CommandResult, ContextKeys } from '../../contributions.ts';

/** What is run when a command is called. */
export type CommandHandler<Id extends CommandId> = (
  ...args: CommandArgs<Id>
) => CommandResult<Id> | PromiseLike<CommandResult<Id>>;

/** Registers a command, with the arguments and the result that contributions.ts gives it. */
export function registerCommand<Id extends CommandId>(id: Id, handler: CommandHandler<Id>): vscode.Disposable {
  // VS Code hands over whatever it was called with: handlers check what they can't do without.
  return vscode.commands.registerCommand(id, (...args: unknown[]) => handler(...(args as unknown as CommandArgs<Id>)));
}

/** Runs a command of ours. */
export async function runCommand<Id extends CommandId>(id: Id, ...args: CommandArgs<Id>): Promise<CommandResult<Id>> {
  return vscode.commands.executeCommand<CommandResult<Id>>(id, ...args);
}

/** Sets one of our context keys. */
export async function setContextKey<Key extends keyof ContextKeys>(key: Key, value: ContextKeys[Key]): Promise<void> {
  await vscode.commands.executeCommand('setContext', key, value);
}
