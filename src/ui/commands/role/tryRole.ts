import * as vscode from 'vscode';

import type { RoleAccess } from '../../../replication/model/reads.ts';
import type { Secret } from '../../../replication/model/secret.ts';
import { planCreateReplicationRole } from '../../../replication/operations/role/createRole.ts';
import { tablesToRead } from '../../../replication/operations/role/roleNeeds.ts';
import { reportText, roleReport } from '../../../replication/operations/role/roleReport.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { providerOf } from '../../../replication/providers/recognise.ts';
import { withoutLinks } from '../../plainText.ts';
import type { Services } from '../../services.ts';

/** What the role may do now, for the tables of these publications. */
export function readAccess(
  { service }: Pick<Services, 'service'>,
  target: PlanTarget,
  role: string,
  publications: readonly string[],
): Promise<RoleAccess> {
  const oids = tablesToRead(target, publications).map(({ oid }) => oid);
  return service.reads.roleAccess(target.connectionId, role, oids);
}

/**
 * Looks at what a role may do, opens a replication connection with it where its password is known (null: it isn't;
 * 'own': it is the connection's role), and says what came of it, with the plan that gives what it lacks.
 */
export async function tryRole(
  services: Services,
  target: PlanTarget,
  role: { readonly name: string; readonly password: Secret | 'own' | null },
  publications: readonly string[],
): Promise<void> {
  const { service, connections } = services;
  const params = await connections.params(target.connectionId);
  const { sslCert: _cert, sslKey: _key, ...without } = params;
  const login =
    role.password === null
      ? null
      : await service.reads.replicationLogin(
          role.password === 'own'
            ? params
            : // A client certificate is in the name of the connection's own role.
              { ...without, user: role.name, password: role.password },
        );
  const access = await readAccess(services, target, role.name, publications);
  const provider = providerOf(target.snapshot.inventory, params.host);
  const findings = roleReport(target, access, publications, login, provider);
  const text = reportText(findings);
  const faults = findings.filter(({ ok }) => ok === false);
  const showDetails = 'Show Details';
  if (faults.length === 0) {
    const message = `${role.name} has what it needs to replicate from ${target.serverName}.`;
    const pressed = await vscode.window.showInformationMessage(withoutLinks(message), showDetails);
    if (pressed === showDetails) await services.notifier.details(message, text);
    return;
  }
  const plan = await planCreateReplicationRole(
    target,
    { name: role.name, password: null, publications, futureSchemas: [], existing: true },
    { access, host: params.host },
  );
  const mends = access.exists && plan.steps.length > 0;
  const showPlan = 'Show What It Lacks';
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  const message = `${role.name} can’t replicate from ${target.serverName} as it is: ${faults[0]?.text ?? ''}${more}`;
  const pressed = await vscode.window.showWarningMessage(
    withoutLinks(message),
    ...(mends ? [showPlan] : []),
    showDetails,
  );
  if (pressed === showPlan) await services.plans.preview(plan);
  if (pressed === showDetails) {
    await services.notifier.details(`${role.name} on ${target.serverName}`, text);
  }
}
