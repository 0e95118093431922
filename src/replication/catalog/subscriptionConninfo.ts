import type { SecretConninfo } from '../model/choices.ts';
import { ReplicationError } from '../model/errors.ts';
import type { Session } from '../postgres/session.ts';

/** See OnDemandReads.subscriptionConninfo. */
export async function readSubscriptionConninfo(_session: Session, _name: string): Promise<SecretConninfo> {
  throw new ReplicationError('unsupported', 'not built yet');
}
