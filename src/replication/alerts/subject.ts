import type { PhysicalLag } from '../model/physical.ts';
import type { Stream } from '../model/stream.ts';

/** What alerts are about: a stream, a physical replication slot, or a standby that streams without a slot. */
export interface AlertSubject {
  /** Stable, of all subjects: the stream's id, or that of a PhysicalLag. */
  readonly id: string;
  readonly kind: 'stream' | 'physicalSlot' | 'standby';
  /** What a person knows it by: its subscription, its slot, or who reads. */
  readonly name: string;
  /** The slot, under the connection it is shown under first; null where none is known. */
  readonly slot: { readonly connectionId: string; readonly slotName: string } | null;
  readonly subscription: { readonly connectionId: string; readonly subscriptionName: string } | null;
  /** What it goes by when one of its ends isn't known: its slot, its subscription; stable as well. */
  readonly names: readonly string[];
  /** The connections of its ends; of something physical all that lead to the server that sends. */
  readonly connectionIds: readonly string[];
}

/** A stream as a subject of alerts. */
export function streamSubject({ consumer, id, publisher, subscriber }: Stream): AlertSubject {
  return {
    id,
    kind: 'stream',
    name: subscriber?.subscriptionName ?? publisher?.slotName ?? consumer,
    slot: publisher,
    subscription: subscriber,
    names: [
      ...(publisher ? [slotKey(publisher)] : []),
      ...(subscriber ? [JSON.stringify(['subscription', subscriber.connectionId, subscriber.subscriptionName])] : []),
    ],
    connectionIds: [publisher, subscriber].flatMap((end) => end?.connectionId ?? []),
  };
}

/** A physical slot, or a standby without one, as a subject of alerts. */
export function physicalSubject({ connectionIds, id, reader, slotName }: PhysicalLag): AlertSubject {
  const [connectionId = ''] = connectionIds;
  const slot = slotName === null ? null : { connectionId, slotName };
  return {
    id,
    kind: slot ? 'physicalSlot' : 'standby',
    name: slotName ?? reader ?? 'a standby',
    slot,
    subscription: null,
    names: [slot ? slotKey(slot) : id],
    connectionIds,
  };
}

function slotKey({ connectionId, slotName }: NonNullable<AlertSubject['slot']>): string {
  return JSON.stringify(['slot', connectionId, slotName]);
}
