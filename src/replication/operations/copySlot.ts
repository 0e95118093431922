import { ReplicationError } from '../model/errors.ts';
import type { Plan, Problem } from '../model/plan.ts';
import type { PlanTarget } from './target.ts';

/** A copy of a logical slot; `plugin` null keeps the source's. Since 12; a copy is neither two-phase nor failover. */
export interface SlotCopyChoice {
  readonly from: string;
  readonly to: string;
  readonly plugin: string | null;
}

/** The plan that copies a slot. Throws ReplicationError 'missing', 'unsupported' (before 12). */
export function planCopySlot(_target: PlanTarget, _choice: SlotCopyChoice): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** What the server would refuse of a copy. */
export function checkSlotCopy(_target: PlanTarget, _choice: SlotCopyChoice): readonly Problem[] {
  throw new ReplicationError('unsupported', 'not built yet');
}
