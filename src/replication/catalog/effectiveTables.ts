import { ReplicationError } from '../model/errors.ts';
import type { EffectiveTable } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';

/** See OnDemandReads.effectiveTables. */
export async function readEffectiveTables(_session: Session, _publication: string): Promise<readonly EffectiveTable[]> {
  throw new ReplicationError('unsupported', 'not built yet');
}
