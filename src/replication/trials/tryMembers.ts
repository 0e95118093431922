import type { PublicationChoice } from '../model/choices.ts';
import { ReplicationError } from '../model/errors.ts';
import type { MemberVerdict } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';

/** See OnDemandReads.tryMembers. The session is the trial's own; whoever calls closes it. */
export async function tryMembers(_session: Session, _choice: PublicationChoice): Promise<readonly MemberVerdict[]> {
  throw new ReplicationError('unsupported', 'not built yet');
}
