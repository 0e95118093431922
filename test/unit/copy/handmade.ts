import { TableTrace } from '../../../src/replication/copy/trace.ts';
import type { CopyingTable, CopySize } from '../../../src/replication/model/copy.ts';
import type { ServerSetting } from '../../../src/replication/model/server.ts';
import type { SubscribedTable } from '../../../src/replication/model/subscription.ts';

/** Copies made by hand. */
export const events: SubscribedTable = { oid: 7, schema: 'public', name: 'events', state: 'copying' };

export function row(more: Partial<CopyingTable> = {}): CopyingTable {
  const none = { rows: null, bytes: null, tableBytes: null, emptyBefore: false };
  return { subscriptionOid: 1, tableOid: 7, workerPid: 50, ...none, ...more };
}

export function size(more: Partial<CopySize> = {}): CopySize {
  return { schema: 'public', name: 'events', bytes: 100_000, rows: 1000, ...more };
}

/** What was remembered after so many seconds of copying, a beat each. */
export function traced(seconds: number, rowAt: (second: number) => Partial<CopyingTable>): TableTrace {
  const trace = new TableTrace();
  for (let second = 0; second <= seconds; second += 1) trace.observe(second * 1000, 'copying', row(rowAt(second)));
  return trace;
}

export function settings(values: Readonly<Record<string, number>>): Readonly<Record<string, ServerSetting>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { name, value: String(value), unit: null }]),
  );
}
