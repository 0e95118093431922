import type { SecretConninfo } from '../../replication/model/choices.ts';
import { ReplicationError } from '../../replication/model/errors.ts';
import type { OnDemandReads } from '../../replication/reads.ts';

/**
 * The connection string of a subscription, with its secrets. Rejects with ReplicationError; 'privilege' says which one
 * shows it, because without it no part of it can be changed either.
 */
export async function storedConninfo(
  reads: Pick<OnDemandReads, 'subscriptionConninfo'>,
  connectionId: string,
  subscription: string,
): Promise<SecretConninfo> {
  try {
    return await reads.subscriptionConninfo(connectionId, subscription);
  } catch (error) {
    if (!ReplicationError.is(error, 'privilege')) throw error;
    throw new ReplicationError('privilege', `This role may not read the connection string of ${subscription}.`, {
      advice: 'A superuser may, and a role that was granted SELECT (subconninfo) on pg_subscription.',
      ...(error.server ? { server: error.server } : {}),
      cause: error,
    });
  }
}
