import type { AlertCondition, AlertLevel } from '../../../src/replication/alerts/alert.ts';
import { type ConditionInput, alertConditions } from '../../../src/replication/alerts/conditions.ts';
import { thresholdsFrom } from '../../../src/replication/alerts/thresholds.ts';
import type { PhysicalLag } from '../../../src/replication/model/physical.ts';
import type { Stream, StreamLag } from '../../../src/replication/model/stream.ts';
import type { AlertStorage } from '../../../src/ui/alerts/mutes.ts';
import { streamLag } from '../tree/fixture.ts';

export const minute = 60_000;
/** Any moment. */
export const noon = Date.UTC(2026, 0, 15, 12);

/** A stream with both ends: a slot and a subscription of that name on shop and warehouse. */
export function stream(name: string, more: Partial<Stream> = {}): Stream {
  return {
    id: `shop/${name}`,
    publisher: { connectionId: 'shop', slotName: name, database: 'shop' },
    subscriber: { connectionId: 'warehouse', subscriptionName: name },
    consumer: name,
    ...more,
  };
}

/** A physical slot `db2` on shop that a standby reads, caught up. */
export function physicalLag(more: Partial<PhysicalLag> = {}): PhysicalLag {
  return {
    id: 'physical:shop:db2',
    connectionIds: ['shop'],
    measuredBy: 'shop',
    slotName: 'db2',
    reader: 'db2 at 10.0.0.7',
    state: 'active',
    lostReason: null,
    sampledAt: noon,
    retainedBytes: 0,
    headroomBytes: null,
    notReceivedBytes: 0,
    behindBytes: 0,
    secondsBehind: 0,
    secondsBehindIsMinimum: false,
    idleSeconds: null,
    awaited: false,
    ...more,
  };
}

/** A condition of a kind, as it stands. */
export function condition(level: AlertLevel, more: Partial<AlertCondition> = {}): AlertCondition {
  return {
    kind: 'behind',
    level,
    forSeconds: 120,
    knownForSeconds: null,
    short: 'too far behind',
    sentence: 'It is too far behind.',
    ...more,
  };
}

/** The conditions of a stream that streams, by the defaults, but for what a test says. */
export function conditionsOf(
  lag: Partial<StreamLag>,
  more: Partial<Omit<ConditionInput, 'lag'>> = {},
): ReadonlyMap<string, AlertCondition> {
  const all = alertConditions({
    lag: streamLag({ stream: stream('orders'), state: 'streaming', ...lag }),
    loss: null,
    copy: null,
    idleSeconds: null,
    thresholds: thresholdsFrom(),
    publisherName: 'shop',
    subscriberName: 'warehouse',
    ...more,
  });
  return new Map(all.map((one) => [one.kind, one]));
}

/** Claims that several windows share. */
export class SharedClaims {
  readonly #taken = new Set<string>();

  async take(key: string): Promise<boolean> {
    const free = !this.#taken.has(key);
    this.#taken.add(key);
    return Promise.resolve(free);
  }
}

/** The global state of an editor, which several windows share. */
export class SharedState implements AlertStorage {
  readonly #values = new Map<string, unknown>();

  get(key: string): unknown {
    return structuredClone(this.#values.get(key));
  }

  async update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, structuredClone(value));
    return Promise.resolve();
  }
}
