import { ReplicationError } from '../model/errors.ts';
import type { RoleDetail } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';

/** See OnDemandReads.roles. */
export async function readRoles(_session: Session): Promise<readonly RoleDetail[]> {
  throw new ReplicationError('unsupported', 'not built yet');
}
