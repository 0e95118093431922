import { ReplicationError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { TableName } from '../model/reads.ts';
import type { PublicationReader } from './dropPublication.ts';
import type { PlanTarget } from './target.ts';

/**
 * Copies one table of a subscription again: out of its publication, refresh, truncate (or keep the rows), into the
 * publication as it was, refresh with copy. Other readers of the publication are named: they must not refresh in
 * between. Throws ReplicationError 'missing', and 'unsupported' where the table comes by its schema or ALL TABLES.
 */
export function planResyncTable(
  _parties: { readonly subscriber: PlanTarget; readonly publisher: PlanTarget },
  _subscription: string,
  _table: TableName,
  _how: { readonly truncate: boolean; readonly readers: readonly PublicationReader[] },
): Plan {
  throw new ReplicationError('unsupported', 'not built yet');
}
