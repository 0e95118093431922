import type { PublicationChoice } from '../model/choices.ts';
import { ReplicationError } from '../model/errors.ts';
import type { Plan, Problem } from '../model/plan.ts';
import type { MemberVerdict } from '../model/reads.ts';
import type { TableDetails } from '../model/table.ts';
import type { PublicationReader } from './dropPublication.ts';
import type { PlanTarget, RefreshOn } from './target.ts';

/**
 * The plan that leads from the publication `name` as it is to `choice`, by the fewest statements; another name in the
 * choice renames it last. No steps where nothing differs. To or from all tables before 19 there is only dropping and
 * creating again: then it says what that does to each live slot. `refresh` are subscriptions to refresh afterwards, on
 * their own servers, where the tables changed. Throws ReplicationError 'missing'.
 */
export function planAlterPublication(
  _target: PlanTarget,
  _name: string,
  _choice: PublicationChoice,
  _more: { readonly readers?: readonly PublicationReader[]; readonly refresh?: readonly RefreshOn[] } = {},
): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}

/**
 * What is wrong with an edit before it is run, as `checkPublication` for a new one. `verdicts` are the server's own of
 * the tables (OnDemandReads.tryMembers); null where it wasn't asked.
 */
export function checkAlterPublication(
  _target: PlanTarget,
  _name: string,
  _choice: PublicationChoice,
  _details: ReadonlyMap<number, TableDetails>,
  _verdicts: readonly MemberVerdict[] | null,
): readonly Problem[] {
  throw new ReplicationError('unsupported', 'not built yet');
}
