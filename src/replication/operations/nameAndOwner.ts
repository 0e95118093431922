import { ReplicationError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { PlanTarget } from './target.ts';

/** What can be renamed, handed over and commented on. */
export type NamedKind = 'publication' | 'subscription';

/**
 * Renames. A publication's readers must be told its new name (ALTER SUBSCRIPTION … SET PUBLICATION): a consequence
 * says which are known. A subscription's slot keeps its name. Throws ReplicationError 'missing', 'invalidInput',
 * 'duplicate'.
 */
export function planRename(_target: PlanTarget, _kind: NamedKind, _name: string, _to: string): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** Hands over to another role. Throws ReplicationError 'missing'. */
export function planChangeOwner(_target: PlanTarget, _kind: NamedKind, _name: string, _owner: string): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** Sets the comment; null takes it away. Throws ReplicationError 'missing'. */
export function planSetComment(_target: PlanTarget, _kind: NamedKind, _name: string, _comment: string | null): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}
