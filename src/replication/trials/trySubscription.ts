import type { SubscriptionChoice } from '../model/choices.ts';
import { ReplicationError } from '../model/errors.ts';
import type { SubscriptionTrial } from '../model/reads.ts';
import type { Session } from '../postgres/session.ts';

/** See OnDemandReads.trySubscription. The session is the trial's own; whoever calls closes it. */
export async function trySubscription(_session: Session, _choice: SubscriptionChoice): Promise<SubscriptionTrial> {
  throw new ReplicationError('unsupported', 'not built yet');
}
