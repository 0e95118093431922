import { ReplicationError } from '../model/errors.ts';
import type { Plan, Problem } from '../model/plan.ts';
import type { Secret } from '../model/secret.ts';
import type { PlanTarget } from './target.ts';

/** A login role for replication. */
export interface RoleChoice {
  readonly name: string;
  /** Sent as a SCRAM verifier made on our side, so that no server log can hold it; null for a role without a password. */
  readonly password: Secret | null;
  /** The publications whose tables it must read for the initial copy; SELECT on their tables and USAGE on the schemas. */
  readonly publications: readonly string[];
  /** Schemas whose future tables it may read too (ALTER DEFAULT PRIVILEGES). */
  readonly futureSchemas: readonly string[];
  /** The role is there already: only what it lacks is granted. */
  readonly existing: boolean;
}

/** The plan that creates a replication role with its grants, in the way of this server's provider. */
export async function planCreateReplicationRole(_target: PlanTarget, _choice: RoleChoice): Promise<Plan> {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** What is wrong with a choice, what the role will still lack, and the pg_hba.conf line where that is the obstacle. */
export function checkReplicationRole(_target: PlanTarget, _choice: RoleChoice): readonly Problem[] {
  throw new ReplicationError('unsupported', 'not built yet');
}
