import { alertDefaults } from './replication/alerts/thresholds.ts';
import type {
  ConnectionNode,
  EmptyNode,
  GroupNode,
  MoreNode,
  PublicationNode,
  PublishedSchemaNode,
  PublishedTableNode,
  RetryNode,
  SchemaNode,
  SlotNode,
  SubscribedTableNode,
  SubscriptionNode,
  TableNode,
  TreeNode,
} from './ui/tree/node.ts';

/**
 * Every id the extension contributes, in one place, compared with package.json in both directions by the
 * manifest test. No VS Code here, so that the test runs in plain Node; registering and running go through
 * `ui/commands/typed.ts`, typed by this table.
 */
export interface CommandInfo<Args extends readonly unknown[] = readonly unknown[], Result = unknown> {
  /** False for what only makes sense on a row: hidden from the palette. */
  readonly palette: boolean;
  /** Never there; carries the types. */
  readonly types?: { readonly args: Args; readonly result: Result };
}

/** A row that was clicked, and everything that is selected where several rows are. */
type On<Node> = [node?: Node, selected?: readonly TreeNode[]];
/** A connection, whatever row it comes from; also by hand: `{ connectionId }`. */
export interface ConnectionRef {
  readonly connectionId: string;
}

/** What alerts are about, where it has no row: the id of an AlertSubject. */
export interface AlertRef {
  readonly subjectId: string;
}

function command<Args extends readonly unknown[], Result = void>(palette: boolean): CommandInfo<Args, Result> {
  return { palette };
}

export const commands = {
  'pgReplication.connection.add': command<[]>(true),
  'pgReplication.connection.import': command<[]>(true),
  'pgReplication.connection.edit': command<On<ConnectionRef>>(true),
  'pgReplication.connection.duplicate': command<On<ConnectionRef>>(true),
  'pgReplication.connection.remove': command<On<ConnectionRef>>(true),
  'pgReplication.connection.addDatabases': command<On<ConnectionRef>>(true),
  'pgReplication.connection.refresh': command<On<ConnectionRef>>(true),
  'pgReplication.connection.retry': command<On<ConnectionNode | RetryNode>>(false),
  'pgReplication.connection.disconnect': command<On<ConnectionRef>>(true),
  'pgReplication.connection.copyConnectionString': command<On<ConnectionRef>>(true),
  'pgReplication.connection.moveToFolder': command<On<ConnectionRef>>(true),
  'pgReplication.connection.setColor': command<On<ConnectionRef>>(true),
  'pgReplication.connection.markProduction': command<On<ConnectionRef>>(true),
  'pgReplication.connection.unmarkProduction': command<On<ConnectionRef>>(true),
  'pgReplication.connection.markReadOnly': command<On<ConnectionRef>>(true),
  'pgReplication.connection.unmarkReadOnly': command<On<ConnectionRef>>(true),
  'pgReplication.settings.review': command<On<ConnectionRef>>(true),

  'pgReplication.publication.create':
    command<On<ConnectionNode | GroupNode | EmptyNode | TableNode | SchemaNode>>(true),
  'pgReplication.publication.edit': command<On<PublicationNode>>(true),
  'pgReplication.publication.editMember': command<On<PublishedTableNode>>(true),
  'pgReplication.publication.addTables': command<On<PublicationNode | TableNode>>(true),
  'pgReplication.publication.showTables': command<On<PublicationNode>>(true),
  'pgReplication.publication.rename': command<On<PublicationNode>>(true),
  'pgReplication.publication.changeOwner': command<On<PublicationNode>>(true),
  'pgReplication.publication.setComment': command<On<PublicationNode>>(true),
  'pgReplication.publication.copySql': command<On<PublicationNode>>(true),
  'pgReplication.publication.removeMember': command<On<PublishedTableNode | PublishedSchemaNode>>(false),
  'pgReplication.publication.subscribe': command<On<PublicationNode>>(true),
  'pgReplication.publication.drop': command<On<PublicationNode>>(true),

  'pgReplication.subscription.create': command<On<ConnectionNode | GroupNode | EmptyNode>>(true),
  'pgReplication.subscription.edit': command<On<SubscriptionNode>>(true),
  'pgReplication.subscription.setPassword': command<On<SubscriptionNode>>(true),
  'pgReplication.subscription.skip': command<On<SubscriptionNode>>(true),
  'pgReplication.subscription.rename': command<On<SubscriptionNode>>(true),
  'pgReplication.subscription.changeOwner': command<On<SubscriptionNode>>(true),
  'pgReplication.subscription.setComment': command<On<SubscriptionNode>>(true),
  'pgReplication.subscription.resyncTable': command<On<SubscribedTableNode>>(true),
  'pgReplication.subscription.copySql': command<On<SubscriptionNode>>(true),
  'pgReplication.subscription.enable': command<On<SubscriptionNode>>(true),
  'pgReplication.subscription.disable': command<On<SubscriptionNode>>(true),
  'pgReplication.subscription.refresh': command<On<SubscriptionNode>>(true),
  'pgReplication.subscription.refreshSequences': command<On<SubscriptionNode>>(true),
  'pgReplication.subscription.drop': command<On<SubscriptionNode>>(true),

  'pgReplication.slot.create': command<On<ConnectionNode | GroupNode | EmptyNode>>(true),
  'pgReplication.slot.peek': command<On<SlotNode>>(true),
  'pgReplication.slot.advance': command<On<SlotNode>>(true),
  'pgReplication.slot.copy': command<On<SlotNode>>(true),
  'pgReplication.slot.copySql': command<On<SlotNode>>(true),
  'pgReplication.slot.drop': command<On<SlotNode>>(true),

  'pgReplication.table.setReplicaIdentity': command<On<TableNode | PublishedTableNode>>(true),
  'pgReplication.table.copySql': command<On<TableNode | PublishedTableNode>>(true),

  'pgReplication.lag.open': command<On<ConnectionNode | GroupNode | SlotNode | SubscriptionNode>>(true),
  'pgReplication.topology.open': command<On<ConnectionRef>>(true),

  'pgReplication.lag.exportHistory': command<On<ConnectionNode | SlotNode | SubscriptionNode>>(true),

  'pgReplication.alerts.mute': command<On<SlotNode | SubscriptionNode | AlertRef>>(true),
  'pgReplication.alerts.unmute': command<On<SlotNode | SubscriptionNode | AlertRef>>(true),

  'pgReplication.tree.refreshAll': command<[]>(true),
  'pgReplication.tree.loadMore': command<[node: MoreNode]>(false),

  'pgReplication.history.showSql': command<[entry?: HistoryRef]>(false),
  'pgReplication.history.copy': command<[entry?: HistoryRef]>(false),
  'pgReplication.history.undo': command<[entry?: HistoryRef]>(false),
  'pgReplication.history.resume': command<[entry?: HistoryRef]>(false),
  'pgReplication.history.recheck': command<[entry?: HistoryRef]>(false),
  'pgReplication.history.abandon': command<[entry?: HistoryRef]>(false),
  'pgReplication.history.saveRunbook': command<[entry?: HistoryRef]>(false),
  'pgReplication.history.clear': command<[]>(true),

  'pgReplication.role.create': command<On<ConnectionRef>>(true),
  'pgReplication.role.check': command<On<ConnectionRef>>(true),

  'pgReplication.declaration.export': command<On<ConnectionRef>>(true),
  'pgReplication.declaration.compare': command<[uri?: unknown]>(true),
  'pgReplication.declaration.apply': command<[uri?: unknown]>(true),

  'pgReplication.plan.run': command<[uri?: unknown]>(false),
  'pgReplication.plan.copy': command<[uri?: unknown]>(false),
  'pgReplication.plan.saveRunbook': command<[uri?: unknown]>(false),

  'pgReplication.log.show': command<[]>(true),
} as const;

/** An entry of the History view. */
export interface HistoryRef {
  readonly entryId: string;
}

export type CommandId = keyof typeof commands;
export type CommandArgs<Id extends CommandId> =
  (typeof commands)[Id] extends CommandInfo<infer Args, infer _Result> ? Args : never;
export type CommandResult<Id extends CommandId> =
  (typeof commands)[Id] extends CommandInfo<infer _Args, infer Result> ? Result : never;

/** The activity-bar container and its views. */
export const containerId = 'pgReplication';
export const views = { servers: 'pgReplication.servers', history: 'pgReplication.history' } as const;

/** View types of panels. They come back with the window and therefore activate the extension. */
export const panels = [
  'pgReplication.connection',
  'pgReplication.lag',
  'pgReplication.publication',
  'pgReplication.subscription',
  'pgReplication.topology',
] as const;

/** Context keys we set, with the type of their value. */
export interface ContextKeys {
  /** Something on this machine could be imported as a connection. */
  'pgReplication.canImport': boolean;
}
export const contextKeys = ['pgReplication.canImport'] as const satisfies readonly (keyof ContextKeys)[];

/** The scheme of plan previews, which can be run. */
export const planScheme = 'pgreplication-plan';
/** The scheme of what was run, to be read only. */
export const historyScheme = 'pgreplication-history';
/** The scheme of what a server has, as a file to compare with. */
export const declarationScheme = 'pgreplication-declaration';
/** The scheme of changes that were peeked at, to be read and searched only. */
export const peekScheme = 'pgreplication-peek';

/** Settings, below `pgReplication.`, with their defaults. */
export const settings = {
  'sampling.intervalMs': 1000,
  'sampling.watchAlways': false,
  'tree.refreshSeconds': 10,
  'subscription.waitLimitSeconds': 60,
  'alerts.notify': true,
  'alerts.quietHours': '',
  'alerts.behindMegabytes': alertDefaults.behindMegabytes,
  'alerts.behindSeconds': alertDefaults.behindSeconds,
  'alerts.behindForSeconds': alertDefaults.behindForSeconds,
  'alerts.inactiveForSeconds': alertDefaults.inactiveForSeconds,
  'alerts.retainedMegabytes': alertDefaults.retainedMegabytes,
  'alerts.headroomPercent': alertDefaults.headroomPercent,
  'alerts.lostWithinMinutes': alertDefaults.lostWithinMinutes,
  'alerts.lost': alertDefaults.lost,
  'alerts.stoppedForSeconds': alertDefaults.stoppedForSeconds,
  'alerts.copyFailingForSeconds': alertDefaults.copyFailingForSeconds,
  'alerts.unusedForHours': alertDefaults.unusedForHours,
  'alerts.perConnection': {},
  'demo.connectionsFile': '',
} as const;
export type SettingKey = keyof typeof settings;
/** The type of a setting's value, wider than its default. */
export type SettingValue<Key extends SettingKey> = (typeof settings)[Key] extends number
  ? number
  : (typeof settings)[Key] extends boolean
    ? boolean
    : (typeof settings)[Key] extends string
      ? string
      : Readonly<Record<string, unknown>>;
