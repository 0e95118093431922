import { ReplicationError } from '../model/errors.ts';
import type { Lsn } from '../model/lsn.ts';
import type { Plan } from '../model/plan.ts';
import type { PlanTarget } from './target.ts';

/** A position that a slot could be advanced to, with where it comes from: "the end of WAL now". */
export interface KnownPosition {
  readonly lsn: Lsn;
  readonly what: string;
  /** Bytes between the slot's confirmed flush LSN and it: what its reader will never get. */
  readonly skipsBytes: number;
}

/** The positions worth offering for a slot, nearest first: of other slots, of subscriptions known to read it, the end. */
export function knownPositions(_target: PlanTarget, _slot: string): readonly KnownPosition[] {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** The plan that advances a slot (11+), with what its reader loses. Throws ReplicationError 'missing', 'inUse', 'invalidInput', 'unsupported'. */
export function planAdvanceSlot(_target: PlanTarget, _slot: string, _to: Lsn): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}
