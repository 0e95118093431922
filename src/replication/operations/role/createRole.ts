import { ReplicationError } from '../../model/errors.ts';
import type { Plan, Problem } from '../../model/plan.ts';
import type { RoleAccess } from '../../model/reads.ts';
import type { Secret } from '../../model/secret.ts';
import type { StatementPart } from '../../model/statement.ts';
import { quoteIdentifier, quoteLiteral } from '../../postgres/quote.ts';
import { scramVerifier } from '../../postgres/scram.ts';
import type { Provider } from '../../providers/provider.ts';
import { providerOf } from '../../providers/recognise.ts';
import { basisOf } from '../basis.ts';
import { checkRoleName } from '../names.ts';
import { makePlan, type StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { listInWords, tableLabel } from '../words.ts';
import { grantsFor, roleHas } from './roleGrants.ts';
import { roleNeeds, tablesToRead, whatIsLacking } from './roleNeeds.ts';

/** A login role for replication. */
export interface RoleChoice {
  readonly name: string;
  /** Sent as a SCRAM verifier made on our side, so that no server log can hold it; null for a role without a password. */
  readonly password: Secret | null;
  /** The publications whose tables it must read for the initial copy; SELECT on their tables and USAGE on the schemas. */
  readonly publications: readonly string[];
  /** Schemas whose future tables it may read too (ALTER DEFAULT PRIVILEGES). */
  readonly futureSchemas: readonly string[];
  /** The role is there already: only what it lacks is granted. */
  readonly existing: boolean;
}

/** What is known besides the snapshot. */
export interface RoleKnowledge {
  /** What the role may do now (OnDemandReads.roleAccess, for the tables of `tablesToRead`); null where nobody looked. */
  readonly access?: RoleAccess | null;
  /** The host of the connection, to tell the provider by. */
  readonly host?: string;
}

/**
 * The plan that creates a replication role with its grants, in the way of this server's provider; of one that is there,
 * only what it lacks. Rejects with ReplicationError: 'missing' for a publication that isn't there, 'invalidInput' for
 * a password that can't be set.
 */
export async function planCreateReplicationRole(
  target: PlanTarget,
  choice: RoleChoice,
  { access = null, host = '' }: RoleKnowledge = {},
): Promise<Plan> {
  const { name } = choice;
  const provider = providerOf(target.snapshot.inventory, host);
  const lacking = whatIsLacking(target, roleNeeds(target, choice), access);
  const grants = grantsFor(target, name, lacking, access);
  const verifier = choice.password === null ? null : await scramVerifier(choice.password);
  const own = choice.existing
    ? changeSteps(target, name, verifier, access, provider)
    : creationSteps(target, name, verifier, provider);
  const title = choice.existing ? `Let role ${name} replicate` : `Create replication role ${name}`;
  const basis = basisOf(
    target,
    choice.publications.map((publication) => ({ kind: 'publication', name: publication })),
  );
  return makePlan(title, [...own, ...grants.steps], [...remarksOn(choice, provider), ...grants.remarks], basis);
}

/** The whole password clause, with a blank in front; nothing where none is to be set. */
function passwordClause(name: string, verifier: Secret | null): readonly StatementPart[] {
  return verifier === null ? [] : [' PASSWORD ', { literal: verifier, label: `the password of ${name}` }];
}

function creationSteps(
  target: PlanTarget,
  name: string,
  verifier: Secret | null,
  provider: Provider,
): readonly StepDraft[] {
  const role = quoteIdentifier(name);
  const { right } = provider;
  const atOnce = right.kind === 'attribute' && !right.separately;
  const inRole = right.kind === 'attribute' ? right.inRole : null;
  const create: StepDraft = {
    on: target,
    title: `Create role ${name}`,
    statement: [
      `CREATE ROLE ${role} WITH LOGIN${atOnce ? ' REPLICATION' : ''}`,
      ...passwordClause(name, verifier),
      ...(inRole === null ? [] : [` IN ROLE ${quoteIdentifier(inRole)}`]),
    ],
    undo: { title: `Drop role ${name}`, statement: [`DROP ROLE ${role}`] },
    effect: roleHas(name, 'true'),
  };
  return [create, ...(atOnce ? [] : [rightStep(target, name, provider, false)])];
}

/** The right to replicate and to log in, and a new password, of a role that is there. */
function changeSteps(
  target: PlanTarget,
  name: string,
  verifier: Secret | null,
  access: RoleAccess | null,
  provider: Provider,
): readonly StepDraft[] {
  const steps: StepDraft[] = [];
  const logsIn = access?.login !== false;
  const role = quoteIdentifier(name);
  if (access === null || !mayReplicate(access)) steps.push(rightStep(target, name, provider, !logsIn));
  else if (!logsIn) {
    steps.push({
      on: target,
      title: `Let role ${name} log in`,
      statement: [`ALTER ROLE ${role} WITH LOGIN`],
      undo: { title: `Let role ${name} not log in any more`, statement: [`ALTER ROLE ${role} WITH NOLOGIN`] },
      effect: roleHas(name, 'r.rolcanlogin'),
    });
  }
  if (verifier !== null) {
    steps.push({
      on: target,
      title: `Set the password of role ${name}`,
      statement: [`ALTER ROLE ${role} WITH`, ...passwordClause(name, verifier)],
      risk: 'lossy',
      consequence: `The password that ${name} has now stops working. Whoever logs in with it needs the new one: subscriptions have it in their connection string.`,
      noUndo: 'The server keeps only a hash of the present password, and it isn’t read.',
      // Nothing that an ordinary role may read tells the password.
      repeatable: true,
    });
  }
  return steps;
}

/** Superusers may too, and on Amazon members of a role. */
export function mayReplicate(access: RoleAccess): boolean {
  return access.replication || access.superuser || access.memberOf.includes('rds_replication');
}

function rightStep(target: PlanTarget, name: string, { right }: Provider, login: boolean): StepDraft {
  const role = quoteIdentifier(name);
  if (right.kind === 'membership') {
    const given = quoteIdentifier(right.role);
    const member = `EXISTS (SELECT FROM pg_catalog.pg_roles g WHERE g.rolname = ${quoteLiteral(right.role)} AND pg_catalog.pg_has_role(r.oid, g.oid, 'member'))`;
    return {
      on: target,
      title: `Make ${name} a member of ${right.role}`,
      statement: [`GRANT ${given} TO ${role}`],
      undo: { title: `Take ${right.role} from ${name}`, statement: [`REVOKE ${given} FROM ${role}`] },
      effect: roleHas(name, member),
    };
  }
  return {
    on: target,
    title: `Give role ${name} the REPLICATION attribute`,
    statement: [`ALTER ROLE ${role} WITH${login ? ' LOGIN' : ''} REPLICATION`],
    undo: {
      title: `Take the REPLICATION attribute from role ${name}`,
      statement: [`ALTER ROLE ${role} WITH${login ? ' NOLOGIN' : ''} NOREPLICATION`],
    },
    effect: roleHas(name, `r.rolreplication${login ? ' AND r.rolcanlogin' : ''}`),
  };
}

function remarksOn(choice: RoleChoice, provider: Provider): readonly string[] {
  const remarks: string[] = [];
  if (choice.password === null && !choice.existing) {
    remarks.push(
      `${choice.name} has no password: it can only log in by another way (a certificate, peer, trust) until it gets one.`,
    );
  }
  if (!choice.existing && provider.right.kind === 'attribute' && provider.right.inRole !== null) {
    remarks.push(
      `As the documentation of ${provider.name} has it, ${choice.name} becomes a member of ${provider.right.inRole}, which may do more than replicate.`,
    );
  }
  return [
    ...remarks,
    'Who may replicate can read every change of every table in the databases it may connect to, through a slot; SELECT is needed only for the initial copy.',
  ];
}

/**
 * What is wrong with a choice, and what the role will still lack. Errors are what the server would refuse, or what
 * would not replicate.
 */
export function checkReplicationRole(
  target: PlanTarget,
  choice: RoleChoice,
  { access = null, host = '' }: RoleKnowledge = {},
): readonly Problem[] {
  const { server, publications } = target.snapshot.inventory;
  const problems: Problem[] = [];
  const say = (severity: Problem['severity'], field: string, message: string): void =>
    void problems.push({ severity, message, field });
  const fault = choice.existing ? null : checkRoleName(choice.name);
  if (fault !== null) say('error', 'name', fault);
  if (access !== null && access.exists !== choice.existing) {
    say('error', 'name', `${target.serverName} has ${access.exists ? 'already a' : 'no'} role ${choice.name}.`);
  }
  if (server.inRecovery) {
    say('error', 'name', 'This server is a standby: it takes no changes. Create the role on its primary.');
  }
  const needsRight = !choice.existing || access === null || !mayReplicate(access);
  const obstacle =
    access === null || !needsRight ? null : providerOf(target.snapshot.inventory, host).obstacle(access.giver);
  if (obstacle !== null) say('error', 'name', obstacle);
  const unknown = choice.publications.filter((name) => !publications.some((publication) => publication.name === name));
  if (unknown.length > 0) say('error', 'publications', `There is no publication ${listInWords(unknown)}.`);
  else if (access !== null) problems.push(...rowSecurityProblems(target, choice, access));
  return problems;
}

/** The initial copy silently leaves out what a policy hides from the role. */
function rowSecurityProblems(target: PlanTarget, choice: RoleChoice, access: RoleAccess): readonly Problem[] {
  const hidden = access.tables.filter(({ rowSecurity }) => rowSecurity);
  const needed = new Set(tablesToRead(target, choice.publications).map(({ schema, name }) => tableLabel(schema, name)));
  const labels = hidden.map(({ schema, name }) => tableLabel(schema, name)).filter((label) => needed.has(label));
  if (labels.length === 0) return [];
  return [
    {
      severity: 'warning',
      field: 'publications',
      message: `Row-level security applies to ${listInWords(labels)}: the initial copy would silently leave out the rows that ${choice.name} may not see. It needs BYPASSRLS, or a policy that shows it all rows.`,
    },
  ];
}

/** The role as a subject of checks. Throws ReplicationError 'invalidInput' with the first error there is. */
export function refuseRoleProblems(problems: readonly Problem[]): void {
  const error = problems.find(({ severity }) => severity === 'error');
  if (error) throw new ReplicationError('invalidInput', error.message);
}
