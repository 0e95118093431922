import * as vscode from 'vscode';

import { type CommandArgs, commands, type CommandId } from '../../contributions.ts';
import type { PlanPreviews } from '../plans/preview.ts';
import type { Services } from '../services.ts';
import type { ServersView } from '../tree/view.ts';
import { connectionCommands } from './connection/commands.ts';
import { applyDeclaration } from './declaration/apply.ts';
import { compareDeclaration } from './declaration/compare.ts';
import { exportDeclaration } from './declaration/export.ts';
import { clearHistory, copyHistorySql, showHistorySql, undoHistory } from './history/entry.ts';
import { abandonHistory, recheckHistory, resumeHistory } from './history/resume.ts';
import { openLag } from './lag/open.ts';
import { copyPreviewedPlan, runPreviewedPlan } from './plan/document.ts';
import { saveHistoryRunbook, saveRunbook } from './plan/runbook.ts';
import { addTables } from './publication/addTables.ts';
import { copyPublicationSql } from './publication/copySql.ts';
import { createPublication } from './publication/create.ts';
import { dropPublication } from './publication/drop.ts';
import { editPublication } from './publication/edit.ts';
import { editMember } from './publication/editMember.ts';
import { changePublicationOwner, renamePublication, setPublicationComment } from './publication/nameAndOwner.ts';
import { removeMember } from './publication/removeMember.ts';
import { showPublishedTables } from './publication/showTables.ts';
import { subscribeFrom } from './publication/subscribe.ts';
import { checkReplicationRole } from './role/check.ts';
import { createReplicationRole } from './role/create.ts';
import { runLogged } from './run.ts';
import { reviewSettings } from './settings/review.ts';
import { advanceSlot } from './slot/advance.ts';
import { copySlot } from './slot/copy.ts';
import { copySlotSql } from './slot/copySql.ts';
import { createSlot } from './slot/create.ts';
import { dropSlot } from './slot/drop.ts';
import { peekChanges } from './slot/peek.ts';
import { copySubscriptionSql } from './subscription/copySql.ts';
import { createSubscription } from './subscription/create.ts';
import { dropSubscription } from './subscription/drop.ts';
import { editSubscription } from './subscription/edit.ts';
import { changeSubscriptionOwner, renameSubscription, setSubscriptionComment } from './subscription/nameAndOwner.ts';
import { refreshSubscription } from './subscription/refresh.ts';
import { resyncTable } from './subscription/resyncTable.ts';
import { setSubscriptionPassword } from './subscription/setPassword.ts';
import { skipTransaction } from './subscription/skip.ts';
import { disableSubscription, enableSubscription } from './subscription/switch.ts';
import { copyIdentitySql } from './table/copySql.ts';
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

    'pgReplication.publication.edit': (node) => editPublication(services, node),
    'pgReplication.publication.editMember': (node) => editMember(services, node),
    'pgReplication.publication.addTables': (node, selected) => addTables(services, node, selected),
    'pgReplication.publication.showTables': (node) => showPublishedTables(services, node),
    'pgReplication.publication.rename': (node) => renamePublication(services, node),
    'pgReplication.publication.changeOwner': (node) => changePublicationOwner(services, node),
    'pgReplication.publication.setComment': (node) => setPublicationComment(services, node),
    'pgReplication.publication.copySql': (node) => copyPublicationSql(services, node),
    'pgReplication.publication.removeMember': (node, selected) => removeMember(services, node, selected),
    'pgReplication.subscription.edit': (node) => editSubscription(services, node),
    'pgReplication.subscription.setPassword': (node) => setSubscriptionPassword(services, node),
    'pgReplication.subscription.skip': (node) => skipTransaction(services, node),
    'pgReplication.subscription.rename': (node) => renameSubscription(services, node),
    'pgReplication.subscription.changeOwner': (node) => changeSubscriptionOwner(services, node),
    'pgReplication.subscription.setComment': (node) => setSubscriptionComment(services, node),
    'pgReplication.subscription.resyncTable': (node) => resyncTable(services, node),
    'pgReplication.subscription.copySql': (node) => copySubscriptionSql(services, node),
    'pgReplication.slot.peek': (node) => peekChanges(services, node),
    'pgReplication.slot.advance': (node) => advanceSlot(services, node),
    'pgReplication.slot.copy': (node) => copySlot(services, node),
    'pgReplication.slot.copySql': (node) => copySlotSql(services, node),
    'pgReplication.table.copySql': (node) => copyIdentitySql(services, node),
    'pgReplication.role.create': (node) => createReplicationRole(services, node),
    'pgReplication.role.check': (node) => checkReplicationRole(services, node),
    'pgReplication.settings.review': (node) => reviewSettings(services, node),
    'pgReplication.declaration.export': (node) => exportDeclaration(services, node),
    'pgReplication.declaration.compare': (uri) => compareDeclaration(services, uri),
    'pgReplication.declaration.apply': (uri) => applyDeclaration(services, uri),
    'pgReplication.plan.saveRunbook': (uri) => saveRunbook(services, previews, uri),
    'pgReplication.history.saveRunbook': (entry) => saveHistoryRunbook(services, entry),
    'pgReplication.history.resume': (entry) => resumeHistory(services, entry),
    'pgReplication.history.recheck': (entry) => recheckHistory(services, entry),
    'pgReplication.history.abandon': (entry) => abandonHistory(services, entry),

    'pgReplication.log.show': () => services.log.show(),
  };
}
