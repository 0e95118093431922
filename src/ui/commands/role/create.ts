import type { ConnectionRef } from '../../../contributions.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Plan, PlanOutcome } from '../../../replication/model/plan.ts';
import { Secret } from '../../../replication/model/secret.ts';
import {
  checkReplicationRole,
  planCreateReplicationRole,
  refuseRoleProblems,
  type RoleChoice,
} from '../../../replication/operations/role/createRole.ts';
import { providerOf } from '../../../replication/providers/recognise.ts';
import { chosenConnection } from '../../connections/chosen.ts';
import { openTarget, refuseReadOnly } from '../../pickers/connection.ts';
import type { Services } from '../../services.ts';
import { askRole, showPassword } from './askRole.ts';
import { readAccess, tryRole } from './tryRole.ts';

/**
 * Create Replication Role…: name, password, what it may read; then the role is tried out. A generated password is shown
 * once. Throws ReplicationError and cancellations.
 */
export async function createReplicationRole(services: Services, node?: ConnectionRef): Promise<void> {
  const connectionId = await chosenConnection(services, node, 'Create a replication role on which connection?', {
    need: { changes: true, lacks: ({ inventory }) => (inventory.server.inRecovery ? 'is a standby' : null) },
    none: 'No connection can have a new role.',
  });
  refuseReadOnly(services, connectionId);
  const target = await openTarget(services, connectionId);
  if (target.snapshot.inventory.server.inRecovery) {
    throw new ReplicationError('readOnlyServer', `${target.serverName} is a standby: it takes no changes.`, {
      advice: 'Create the role on its primary; it comes over by itself.',
    });
  }
  const host = services.connections.facts(connectionId)?.target.host ?? '';
  const provider = providerOf(target.snapshot.inventory, host);
  const [roles, { giver }] = await Promise.all([
    services.service.reads.roles(connectionId),
    readAccess(services, target, '', []),
  ]);
  const draft = await askRole({ target, roles, provider, giver });
  const choice: RoleChoice = {
    name: draft.name,
    existing: draft.existing,
    password: draft.password === null ? null : new Secret(draft.password),
    publications: draft.publications,
    futureSchemas: draft.futureSchemas,
  };
  const access = await readAccess(services, target, choice.name, choice.publications);
  refuseRoleProblems(checkReplicationRole(target, choice, { access, host }));
  const plan = await planCreateReplicationRole(target, choice, { access, host });
  const shown = draft.way === 'generate' ? draft.password : null;
  if (draft.end === 'preview') {
    if (shown !== null) await showPassword(choice.name, shown);
    await services.plans.preview(plan);
    return;
  }
  if (plan.steps.length > 0) {
    const outcome = await services.plans.run(plan);
    if (!outcome) return;
    // Also where a later step failed: the role has this password, and nothing else remembers it.
    if (shown !== null && mayHaveSetPassword(plan, outcome)) await showPassword(choice.name, shown);
    if (outcome.status !== 'done') return;
  }
  const after = await openTarget(services, connectionId);
  await tryRole(services, after, choice, choice.publications);
}

/** Whether a step that sends a secret was carried out, or may have been. */
function mayHaveSetPassword(plan: Plan, outcome: PlanOutcome): boolean {
  const sending = plan.steps.filter(({ statement }) => statement.some((part) => typeof part !== 'string'));
  return outcome.steps.some(
    ({ stepId, status }) => (status === 'done' || status === 'unknown') && sending.some(({ id }) => id === stepId),
  );
}
