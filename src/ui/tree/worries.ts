import type { Snapshot } from '../../replication/model/snapshot.ts';
import type { TreeModel } from './model.ts';

/** What is wrong on a server, worst first; its icon shows the worst. */
export interface Worries {
  /** Slots that are lost, of all its databases. */
  readonly lost: number;
  /** Enabled subscriptions that can't go on by themselves: stopped, or without their slot. */
  readonly broken: number;
  /** Slots that are lost soon. */
  readonly endangered: number;
  /** Streams, physical slots and standbys with an alert that is none of these. */
  readonly alerting: number;
}

/** Counts what is wrong by the present snapshot and the lag of its subscriptions. */
export function worries(connectionId: string, { inventory, pulse }: Snapshot, model: TreeModel): Worries {
  const states = inventory.subscriptions.map(({ name }) => model.lagOfSubscription(connectionId, name)?.state);
  return {
    lost: pulse.slots.filter((slot) => slot.lost).length,
    broken: states.filter((state) => state === 'stopped' || state === 'slotMissing' || state === 'lost').length,
    alerting: model.alertsAt(connectionId),
    endangered: pulse.slots.filter((slot) => !slot.lost && slot.walStatus === 'unreserved').length,
  };
}
