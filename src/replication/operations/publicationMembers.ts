import type { PublishedTableChoice } from '../model/choices.ts';
import { ReplicationError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { TableName } from '../model/reads.ts';
import type { PublicationReader } from './dropPublication.ts';
import type { PlanTarget, RefreshOn } from './target.ts';

/** Tables and schemas of a publication. */
export interface PublicationMembers {
  readonly tables: readonly TableName[];
  readonly schemas: readonly string[];
}

/**
 * Adds tables to a publication, those that are in it already left out, and refreshes the subscriptions of `refresh`
 * on their own servers afterwards. A remark names the `readers` that need a refresh and don't get one. Throws
 * ReplicationError 'missing', 'unsupported' (FOR ALL TABLES), 'duplicate' where all are in it already.
 */
export function planAddTables(
  _target: PlanTarget,
  _publication: string,
  _tables: readonly PublishedTableChoice[],
  _more: { readonly readers?: readonly PublicationReader[]; readonly refresh?: readonly RefreshOn[] } = {},
): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}

/** Takes tables and schemas out of a publication; what its readers lose is said. Throws as `planAddTables`. */
export function planRemoveMembers(
  _target: PlanTarget,
  _publication: string,
  _members: PublicationMembers,
  _more: { readonly readers?: readonly PublicationReader[]; readonly refresh?: readonly RefreshOn[] } = {},
): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}
