import type { RoleDetail } from '../../replication/model/reads.ts';
import type { PlanTarget } from '../../replication/operations/target.ts';
import { joined } from '../tree/words.ts';
import { type Choice, mustHave } from './pick.ts';

/**
 * The roles that something can be handed over to: all but its present owner. Throws ReplicationError 'missing' where
 * there is no other.
 */
export function ownerChoices(
  { serverName }: Pick<PlanTarget, 'serverName'>,
  roles: readonly RoleDetail[],
  owner: string,
): readonly Choice<string>[] {
  return mustHave(
    roles
      .filter(({ name }) => name !== owner)
      .map(({ name, superuser, replication, login }) => ({
        value: name,
        label: name,
        description: joined([superuser && 'superuser', replication && 'replication', !login && 'no login']),
      })),
    `${serverName} has no role besides ${owner} that could own it.`,
    'Create a role there first.',
  );
}
