import * as vscode from 'vscode';

import { commands, type CommandId } from '../../contributions.ts';
import { runLogged } from './run.ts';
import { type CommandNoun, type CommandParts, type HandlersOf } from './typed.ts';

/** The handlers of each noun, loaded when the first of them is run: starting the extension loads none. */
const loaders: { readonly [Noun in CommandNoun]: (parts: CommandParts) => Promise<HandlersOf<Noun>> } = {
  publication: async (parts) => (await import('./publication/commands.ts')).publicationCommands(parts),
  subscription: async (parts) => (await import('./subscription/commands.ts')).subscriptionCommands(parts),
  slot: async (parts) => (await import('./slot/commands.ts')).slotCommands(parts),
  table: async (parts) => (await import('./table/commands.ts')).tableCommands(parts),
  lag: async (parts) => (await import('./lag/commands.ts')).lagCommands(parts),
  alerts: async (parts) => (await import('./alerts/commands.ts')).alertsCommands(parts),
  topology: async (parts) => (await import('./topology/commands.ts')).topologyCommands(parts),
  history: async (parts) => (await import('./history/commands.ts')).historyCommands(parts),
  plan: async (parts) => (await import('./plan/commands.ts')).planCommands(parts),
  role: async (parts) => (await import('./role/commands.ts')).roleCommands(parts),
  settings: async (parts) => (await import('./settings/commands.ts')).settingsCommands(parts),
  declaration: async (parts) => (await import('./declaration/commands.ts')).declarationCommands(parts),
  connection: async (parts) => (await import('./connection/commands.ts')).connectionCommands(parts),
  tree: async ({ servers }) =>
    Promise.resolve({
      'pgReplication.tree.refreshAll': () => servers.refreshAll(),
      'pgReplication.tree.loadMore': (node) => servers.loadMore(node),
    }),
  log: async ({ services }) => Promise.resolve({ 'pgReplication.log.show': () => services.log.show() }),
};

/** Registers every command, each in the one wrapper. */
export function registerCommands(parts: CommandParts): vscode.Disposable {
  const ids = Object.keys(commands) as CommandId[];
  return vscode.Disposable.from(...ids.map((id) => register(id, parts)));
}

function register(id: CommandId, parts: CommandParts): vscode.Disposable {
  // A failed command gives undefined: VS Code throws results of menus and palette away.
  // VS Code hands over whatever it was called with: handlers check what they can't do without.
  return vscode.commands.registerCommand(id, async (...args: readonly unknown[]) =>
    runLogged(parts.services, id, async () => (await handlerOf(id, parts))(...args)),
  );
}

/** The table above pairs each id with a handler of its own type, which a lookup can't express. */
async function handlerOf(id: CommandId, parts: CommandParts): Promise<(...args: readonly unknown[]) => unknown> {
  const noun = id.split('.')[1] as CommandNoun;
  const handlers = (await loaders[noun](parts)) as unknown as Readonly<Record<CommandId, () => unknown>>;
  return handlers[id];
}
