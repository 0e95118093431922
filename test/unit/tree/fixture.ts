import { Forecasts } from '../../../src/replication/forecast/forecasts.ts';
import type { ErrorDescription } from '../../../src/replication/model/errors.ts';
import type { ServerState } from '../../../src/replication/model/serverState.ts';
import type { Snapshot } from '../../../src/replication/model/snapshot.ts';
import type { StreamLag } from '../../../src/replication/model/stream.ts';
import { childrenOf, rowOf } from '../../../src/ui/tree/kinds.ts';
import { LiveModel, type LiveModelParts } from '../../../src/ui/tree/liveModel.ts';
import type { ArrangedConnection, TreeModel } from '../../../src/ui/tree/model.ts';
import type { TreeNode } from '../../../src/ui/tree/node.ts';

export function connection(id: string, more: Partial<ArrangedConnection> = {}): ArrangedConnection {
  return {
    id,
    name: id,
    production: false,
    readOnly: false,
    folder: null,
    color: null,
    target: {
      host: `${id}.example`,
      port: 5432,
      database: 'shop',
      user: 'postgres',
      sslMode: 'prefer',
      connectTimeoutSeconds: 10,
      statementTimeoutMs: 0,
      applicationName: 'test',
    },
    ...more,
  };
}

export function open(snapshot: Snapshot): ServerState {
  return { phase: 'open', snapshot };
}

export function failed(error: ErrorDescription, snapshot: Snapshot | null, retryAt: number | null): ServerState {
  return { phase: 'failed', error, attempts: 1, retryAt, snapshot };
}

export function streamLag(more: Partial<StreamLag> & Pick<StreamLag, 'stream' | 'state'>): StreamLag {
  return {
    stateText: more.state,
    sampledAt: 0,
    notSentBytes: null,
    inFlightBytes: null,
    notAppliedBytes: null,
    retainedBytes: null,
    headroomBytes: null,
    secondsBehindIsMinimum: false,
    secondsBehind: null,
    appliedBytesPerSecond: null,
    writtenBytesPerSecond: null,
    sentBytesPerSecond: null,
    decoding: null,
    errorsPerMinute: null,
    conflictsPerMinute: null,
    otherDatabases: [],
    replyAgeSeconds: null,
    clockDifferenceMs: null,
    hidden: [],
    ...more,
  };
}

/** Forecasts of what is there, without any samples before it; and the copies, none unless told. */
export function outlookOf(
  { connections, monitor, service }: Omit<LiveModelParts, 'forecasts' | 'copies'>,
  copies: LiveModelParts['copies'] = { ofSubscription: () => null, ofTable: () => null },
): Pick<LiveModelParts, 'forecasts' | 'copies'> {
  const facts = (id: string) => connections.all().find((one) => one.id === id);
  const byEnds = { ...monitor, measuredBy: () => ({ publisherId: null, subscriberId: null }) };
  return { forecasts: new Forecasts({ monitor: byEnds, service, connections: { facts } }), copies };
}

/** A model over states that a test sets; states can be changed in the map afterwards. */
export function model(
  connections: readonly ArrangedConnection[],
  states: ReadonlyMap<string, ServerState>,
  lags: readonly StreamLag[] = [],
  copies?: LiveModelParts['copies'],
  alerts?: LiveModelParts['alerts'],
): LiveModel {
  const parts: Omit<LiveModelParts, 'forecasts' | 'copies'> = {
    service: { state: (id) => states.get(id) ?? { phase: 'closed' } },
    connections: { all: () => connections },
    monitor: { lags: (scope) => (scope ? [] : lags), lagOfSubscription: () => undefined, cascades: () => [] },
  };
  return new LiveModel({ ...parts, ...outlookOf(parts, copies), ...(alerts ? { alerts } : {}) });
}

/** Everything that is drawn below a node, as text: one line for each row, with its icon, words and flags. */
export function draw(from: TreeNode | undefined, drawn: TreeModel, depth = 0): readonly string[] {
  return childrenOf(from, drawn).flatMap((node) => {
    const row = rowOf(node, drawn);
    const icon = row.icon ? `(${row.icon.id}${row.icon.color ? ` ${row.icon.color}` : ''}) ` : '';
    const marks = [row.dimmed && 'dimmed', row.action && `click: ${row.action}`].filter(Boolean).join(', ');
    const line = `${'  '.repeat(depth)}${icon}${row.label}${row.description ? `  ${row.description}` : ''}`;
    return [
      `${line}  {${row.contextValue}}${marks === '' ? '' : ` [${marks}]`}`,
      ...(row.children === 'none' ? [] : draw(node, drawn, depth + 1)),
    ];
  });
}
