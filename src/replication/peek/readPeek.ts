import { ReplicationError } from '../model/errors.ts';
import type { PeekedChanges, PeekRequest } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';

/** See OnDemandReads.peek. */
export async function readPeek(_session: Session, _request: PeekRequest): Promise<PeekedChanges> {
  throw new ReplicationError('unsupported', 'not built yet');
}
