import { ReplicationError } from '../model/errors.ts';
import type { Plan, Step } from '../model/plan.ts';
import type { TableDefinition } from '../model/reads.ts';
import type { PlanTarget } from './target.ts';

/** A step before it is numbered within a plan that is composed of several. */
export type TableStep = Pick<Step, 'title' | 'statement' | 'undo'>;

/**
 * Makes tables on a subscriber from the publisher's definitions, with the schemas and types they need and the target
 * lacks, each in its own step, in an order that works. What can't be made (a function in a default, an extension's
 * type, what the target's version lacks) is left out and said in a remark.
 */
export function planCreateTables(_target: PlanTarget, _definitions: readonly TableDefinition[]): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}
