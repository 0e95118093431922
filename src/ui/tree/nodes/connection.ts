import { forecastDetail } from '../../../replication/forecast/words.ts';
import { type ServerState, slownessText } from '../../../replication/model/serverState.ts';
import type { Snapshot } from '../../../replication/model/snapshot.ts';
import { isSyncSlot } from '../../../replication/topology/syncSlot.ts';
import type { Kind } from '../kind.ts';
import { tooltip } from '../markdown.ts';
import type { ArrangedConnection, TreeModel } from '../model.ts';
import { childId, connectionNode, type ConnectionNode, groupNames, groupNode, type TreeNode } from '../node.ts';
import { contextValue, type RowIcon, spoken } from '../row.ts';
import { count, joined } from '../words.ts';
import { worries } from '../worries.ts';

/** How a connection stands, as one word for icon, flag and text. */
export type Standing = 'closed' | 'connecting' | 'open' | 'lost' | 'failed';

/** `lost` is a connection that worked before; `failed` one that never did. */
export function standing(state: ServerState): Standing {
  if (state.phase === 'closed' || state.phase === 'open') return state.phase;
  if (state.snapshot !== null) return 'lost';
  return state.phase;
}

/** A connection: one database of one server. */
export const connectionKind: Kind<ConnectionNode> = {
  row(node, model) {
    const connection = model.connection(node.connectionId);
    const state = model.state(node.connectionId);
    const stands = standing(state);
    const label = connection?.name ?? 'unknown connection';
    const description = joined([
      // First, so that a narrow side bar never cuts them off.
      connection?.production && 'production',
      connection?.readOnly && 'read-only',
      stateWords(node.connectionId, state, model),
    ]);
    return {
      label,
      description,
      icon: icon(node.connectionId, state, connection, model),
      contextValue: contextValue('connection', {
        [stands]: true,
        writable: connection?.readOnly === false,
        production: connection?.production === true,
        readOnly: connection?.readOnly === true,
        ...capabilityFlags(state),
      }),
      accessibleLabel: spoken(label, 'connection', description),
      children: 'collapsed',
      hasTooltip: true,
      ...(connection?.color ? { labelColor: connection.color } : {}),
    };
  },

  children(node, model) {
    const { connectionId } = node;
    const state = model.state(connectionId);
    const retry: readonly TreeNode[] =
      state.phase === 'failed' || state.phase === 'closed' || standing(state) === 'lost'
        ? [{ kind: 'retry', id: childId(node.id, 'retry', ''), connectionId }]
        : [];
    const snapshot = model.snapshot(connectionId);
    if (!snapshot) return retry;
    const hidden = snapshot.inventory.hidden.map(({ what }, index): TreeNode => ({
      kind: 'hidden',
      id: childId(node.id, 'hidden', what),
      connectionId,
      index,
    }));
    return [...retry, ...groupNames.map((group) => groupNode(connectionId, group)), ...hidden];
  },

  tooltip(node, model) {
    const connection = model.connection(node.connectionId);
    const state = model.state(node.connectionId);
    const snapshot = model.snapshot(node.connectionId);
    const server = snapshot?.inventory.server;
    const keepsWal = snapshot?.pulse.slots.some(({ lost, restartLsn }) => restartLsn !== null && !lost) ?? false;
    const target = connection?.target;
    const error = state.phase === 'failed' ? state.error : null;
    return tooltip(connection?.name ?? 'unknown connection', [
      ['Server', target ? `${target.host}, port ${target.port}` : null],
      ['Database', target?.database ?? null],
      ['Role', server?.role.name ?? target?.user ?? null],
      ['TLS mode', target?.sslMode ?? null],
      ['Version', server ? `PostgreSQL ${server.version}` : null],
      ['Kind', server?.inRecovery ? 'standby' : null],
      ['wal_level', server?.settings['wal_level']?.value ?? null],
      ['Samples', slownessText(state)],
      [
        'WAL volume full',
        // Without slots nothing keeps WAL, and the size of its volume is nobody's concern.
        typeof connection?.walVolumeBytes === 'number' || keepsWal
          ? forecastDetail(model.volumeFull(node.connectionId))
          : null,
      ],
      ['Error', error?.message ?? null],
      ['What to do', error?.advice ?? null],
      ['The server said', error?.server?.message ?? null],
    ]);
  },
};

function stateWords(connectionId: string, state: ServerState, model: TreeModel): string {
  switch (standing(state)) {
    case 'closed':
      return 'not connected';
    case 'connecting':
      return 'connecting…';
    case 'lost':
      return state.phase === 'failed' && state.retryAt === null
        ? `✖ connection lost: ${reason(state)}`
        : '✖ connection lost — retrying';
    case 'failed':
      return `✖ cannot connect: ${reason(state)}`;
    case 'open':
      if (state.phase !== 'open') return '';
      return joined([openWords(connectionId, state.snapshot, model), slownessText(state) !== null && 'answers slowly']);
  }
}

/** The failure in few words; the whole sentence is in the row below and in the tooltip. */
function reason(state: ServerState): string {
  if (state.phase !== 'failed') return '';
  switch (state.error.kind) {
    case 'authentication':
      return 'password authentication failed';
    case 'unknownHost':
      return 'unknown host';
    case 'refused':
      return 'connection refused';
    case 'unreachable':
      return 'unreachable';
    case 'timeout':
      return 'no answer in time';
    case 'tls':
      return 'TLS failed';
    case 'noSuchDatabase':
      return 'no such database';
    case 'hbaRejected':
      return 'not allowed by pg_hba.conf';
    case 'tooManyConnections':
      return 'too many connections';
    case 'serverStarting':
      return 'the server is starting';
    default:
      return state.error.message;
  }
}

function openWords(connectionId: string, snapshot: Snapshot, model: TreeModel): string {
  const { inventory, pulse } = snapshot;
  const own = pulse.slots.filter(
    (slot) => slot.type === 'logical' && slot.database === inventory.server.database && !slot.lost && !isSyncSlot(slot),
  );
  const { alerting, broken, endangered, lost } = worries(connectionId, snapshot, model);
  return joined([
    `PostgreSQL ${inventory.server.version}`,
    pulse.inRecovery && 'standby',
    own.length > 0 && count(own.length, 'slot'),
    inventory.subscriptions.length > 0 && count(inventory.subscriptions.length, 'subscription'),
    lost > 0 && `${count(lost, 'slot')} lost`,
    broken > 0 && `${count(broken, 'subscription')} not working`,
    endangered > 0 && `${count(endangered, 'slot')} about to be lost`,
    alerting > 0 && count(alerting, 'alert'),
  ]);
}

function icon(
  connectionId: string,
  state: ServerState,
  connection: ArrangedConnection | undefined,
  model: TreeModel,
): RowIcon {
  const color = connection?.color ? { color: connection.color } : {};
  switch (standing(state)) {
    case 'open': {
      if (state.phase !== 'open') return { id: 'database', ...color };
      const { alerting, broken, endangered, lost } = worries(connectionId, state.snapshot, model);
      if (lost + broken > 0) return { id: 'error', color: 'list.errorForeground' };
      return endangered + alerting > 0
        ? { id: 'warning', color: 'list.warningForeground' }
        : { id: 'database', ...color };
    }
    case 'lost':
      return { id: 'debug-disconnect', color: 'list.errorForeground' };
    case 'failed':
      return { id: 'error', color: 'list.errorForeground' };
    case 'connecting':
      return { id: 'loading~spin' };
    case 'closed':
      return { id: 'circle-large-outline', ...color };
  }
}

/** What the menus may offer. What the version can't do isn't offered; for the rest the form says why. */
function capabilityFlags(state: ServerState): Readonly<Record<string, boolean>> {
  const capabilities = state.phase === 'open' ? state.snapshot.inventory.server.capabilities : null;
  const offered = (name: 'publication.create' | 'subscription.create' | 'slot.create'): boolean => {
    const capability = capabilities?.[name];
    return !capability || capability.can || capability.because !== 'version';
  };
  return {
    canPublish: offered('publication.create'),
    canSubscribe: offered('subscription.create'),
    canCreateSlot: offered('slot.create'),
  };
}

/** The top of the tree: folders first, then the connections that are in none. */
export function rootNodes(model: TreeModel, folderOf: (name: string) => TreeNode): readonly TreeNode[] {
  const connections = model.connections();
  const folders = [...new Set(connections.flatMap(({ folder }) => (folder === null ? [] : [folder])))].sort();
  const loose = connections.filter(({ folder }) => folder === null);
  return [...folders.map(folderOf), ...loose.map(({ id }) => connectionNode(id))];
}
