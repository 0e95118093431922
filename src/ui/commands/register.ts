import * as vscode from 'vscode';

import { type CommandArgs, commands, type CommandId } from '../../contributions.ts';
import type { PlanPreviews } from '../plans/preview.ts';
import type { Services } from '../services.ts';
import type { ServersView } from '../tree/view.ts';
import { connectionCommands } from './connection/commands.ts';
import { clearHistory, copyHistorySql, showHistorySql, undoHistory } from './history/entry.ts';
import { openLag } from './lag/open.ts';
import { copyPreviewedPlan, runPreviewedPlan } from './plan/document.ts';
import { createPublication } from './publication/create.ts';
import { dropPublication } from './publication/drop.ts';
import { subscribeFrom } from './publication/subscribe.ts';
import { runLogged } from './run.ts';
import { createSlot } from './slot/create.ts';
import { dropSlot } from './slot/drop.ts';
import { createSubscription } from './subscription/create.ts';
import { dropSubscription } from './subscription/drop.ts';
import { refreshSubscription } from './subscription/refresh.ts';
import { disableSubscription, enableSubscription } from './subscription/switch.ts';
import { setReplicaIdentity } from './table/setReplicaIdentity.ts';
import { type CommandHandler, registerCommand } from './typed.ts';

/** What the commands are given. */
export interface CommandParts {
  readonly services: Services;
  readonly previews: PlanPreviews;
  readonly servers: ServersView;
}

/** A handler for every id of contributions.ts: the type refuses one that is missing. */
export type Handlers = { readonly [Id in CommandId]: CommandHandler<Id> };

/** Registers every command, each in the one wrapper. */
export function registerCommands(parts: CommandParts): vscode.Disposable {
  const handlers = buildHandlers(parts);
  const ids = Object.keys(commands) as CommandId[];
  return vscode.Disposable.from(...ids.map((id) => register(id, handlers[id], parts.services)));
}

function register<Id extends CommandId>(id: Id, handler: CommandHandler<Id>, services: Services): vscode.Disposable {
  // A failed command gives undefined: VS Code throws results of menus and palette away.
  const logged = async (...args: CommandArgs<Id>) => runLogged(services, id, () => handler(...args));
  return registerCommand(id, logged as CommandHandler<Id>);
}

function buildHandlers({ services, previews, servers }: CommandParts): Handlers {
  return {
    ...connectionCommands(services),

    'pgReplication.publication.create': (node, selected) => createPublication(services, node, selected),
    'pgReplication.publication.subscribe': (node, selected) => subscribeFrom(services, node, selected),
    'pgReplication.publication.drop': (node, selected) => dropPublication(services, servers.model, node, selected),

    'pgReplication.subscription.create': (node) => createSubscription(services, node),
    'pgReplication.subscription.enable': (node) => enableSubscription(services, node),
    'pgReplication.subscription.disable': (node) => disableSubscription(services, node),
    'pgReplication.subscription.refresh': (node) => refreshSubscription(services, node),
    'pgReplication.subscription.drop': (node) => dropSubscription(services, node),

    'pgReplication.slot.create': (node) => createSlot(services, node),
    'pgReplication.slot.drop': (node, selected) => dropSlot(services, node, selected),

    'pgReplication.table.setReplicaIdentity': (node, selected) => setReplicaIdentity(services, node, selected),

    'pgReplication.lag.open': (node) => openLag(services, node),

    'pgReplication.tree.refreshAll': () => servers.refreshAll(),
    'pgReplication.tree.loadMore': (node) => servers.loadMore(node),

    'pgReplication.history.showSql': (ref) => showHistorySql(services, previews, ref),
    'pgReplication.history.copy': (ref) => copyHistorySql(services, ref),
    'pgReplication.history.undo': (ref) => undoHistory(services, ref),
    'pgReplication.history.clear': () => clearHistory(services),

    'pgReplication.plan.run': (uri) => runPreviewedPlan(services, previews, uri),
    'pgReplication.plan.copy': (uri) => copyPreviewedPlan(services, previews, uri),

    'pgReplication.log.show': () => services.log.show(),
  };
}
