import type { SecretConninfo, SubscriptionChange } from '../../model/choices.ts';
import type { Plan, Problem, Step } from '../../model/plan.ts';
import type { Subscription } from '../../model/subscription.ts';
import { quoteIdentifier, quoteLiteral } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import { subscriptionHas, subscriptionIs, subscriptionReads } from '../effects.ts';
import { offers } from '../offers.ts';
import { makePlan, publisherWaitLimitMs, type StepDraft } from '../steps.ts';
import { subscriptionOf, type PlanTarget } from '../target.ts';
import { listInWords } from '../words.ts';
import { checkEditedPublications } from './checks/checkEditedPublications.ts';
import {
  checkEditedConnection,
  checkEditedOptions,
  checkEditedSlot,
  checkEditedState,
} from './checks/checkSubscriptionEdit.ts';
import { serverClause } from './foreignServer.ts';
import { withNewTables } from './newTables.ts';
import { optionsToChange, presentOptions, type OptionRule } from './subscriptionOptions.ts';
import {
  alterSubscriptionSql,
  disableAndWaitSql,
  disableAndWaitStep,
  disableStep,
  enableStep,
} from './subscriptionSteps.ts';

/** One edit, with all that decides its order. */
interface Edit {
  readonly target: PlanTarget;
  readonly publisher: PlanTarget | null;
  readonly name: string;
  readonly has: Subscription;
  readonly change: SubscriptionChange;
  readonly options: readonly OptionRule[];
  /** Undefined where the slot stays. */
  readonly slotName: string | null | undefined;
  /** Whether it is to be enabled in the end. */
  readonly enabled: boolean;
  /** Whether an enabled subscription has to be disabled for the others' sake. */
  readonly pause: boolean;
}

/**
 * The plan that changes a subscription, by the fewest statements: what must be disabled first is disabled and enabled
 * again; a new name comes last, before it is enabled; new tables come before all. No steps where nothing differs. `publisher` is the known connection to its publisher,
 * whose slot some options change too. Throws ReplicationError 'missing'.
 */
export function planAlterSubscription(
  target: PlanTarget,
  name: string,
  change: SubscriptionChange,
  publisher: PlanTarget | null = null,
): Plan {
  const edit = editOf(target, name, change, publisher);
  const { has } = edit;
  const stopping = has.enabled && (edit.pause || !edit.enabled);
  const turnsTwoPhase = edit.options.some(({ key }) => key === 'twoPhase');
  const publications = publicationsStep(edit);
  // A refresh needs it enabled, and copies only as long as two-phase commit isn't in force.
  const early = has.enabled && !(turnsTwoPhase && change.options?.twoPhase === false && edit.enabled);
  // Both are refused as long as a worker runs (retain_dead_tuples by the manual of 19, untried).
  const waits = edit.options.some(({ key }) => key === 'twoPhase' || key === 'retainDeadTuples');
  const stop = waits ? disableAndWaitStep(target, name) : disableStep(target, name);
  const starting = edit.enabled && (stopping || !has.enabled);
  const rename = renameStep(edit);
  // A worker that starts writes down that two-phase commit is in force: a rename at that moment may fail.
  const renameFirst = starting && (early || publications.length === 0);
  const named = renameFirst ? (change.name ?? name) : name;
  const stopAgain = waits ? disableAndWaitSql(named) : alterSubscriptionSql(named, 'DISABLE');
  const steps = [
    ...connectionStep(edit),
    ...(early ? publications : []),
    ...(stopping ? [stop] : []),
    ...settingSteps(edit),
    ...(renameFirst ? rename : []),
    ...(starting ? [enableStep(target, named, stopAgain)] : []),
    ...(early ? [] : publications),
    ...(renameFirst ? [] : rename),
  ];
  const plan = makePlan(
    `Change subscription ${name}`,
    steps,
    steps.length === 0 ? [] : remarksOn(edit),
    basisOf(target, [{ kind: 'subscription', name }]),
  );
  return withNewTables(target, publications.length === 0 ? undefined : change.publications?.newTables, plan);
}

/** What a server would refuse of a change, what it would copy again, and what would go wrong later. */
export function checkAlterSubscription(
  target: PlanTarget,
  name: string,
  change: SubscriptionChange,
  publisher: PlanTarget | null = null,
): readonly Problem[] {
  const edit = { target, publisher, has: subscriptionOf(target, name), change };
  return [
    ...checkEditedState(edit),
    ...checkEditedConnection(edit),
    ...checkEditedPublications(edit),
    ...checkEditedSlot(edit),
    ...checkEditedOptions(edit),
  ];
}

function editOf(target: PlanTarget, name: string, change: SubscriptionChange, publisher: PlanTarget | null): Edit {
  const has = subscriptionOf(target, name);
  const options = optionsToChange(target.snapshot.inventory, has.options, change.options ?? {});
  const slotName = change.slotName === has.slotName ? undefined : change.slotName;
  const enabled = slotName === null ? false : (change.enabled ?? has.enabled);
  const pause = slotName === null || options.some(({ key }) => onlyDisabled.includes(key));
  return { target, publisher, name, has, change, options, slotName, enabled, pause };
}

/** Options that can be altered only while the subscription is disabled. */
const onlyDisabled: readonly OptionRule['key'][] = ['twoPhase', 'failover', 'retainDeadTuples'];

function connectionStep(edit: Edit): readonly StepDraft[] {
  const { target, name, has, change } = edit;
  if (change.foreignServer) return foreignServerStep(edit, change.foreignServer);
  const { connection } = change;
  if (!connection || sameConninfo(connection.conninfo, connection.before)) return [];
  const to = (conninfo: SecretConninfo): Step['statement'] => [alterSubscriptionSql(name, 'CONNECTION '), { conninfo }];
  if (has.foreignServer !== undefined) {
    const undo = { title: `Let subscription ${name} connect as before`, statement: byServer(name, has.foreignServer) };
    const title = `Let subscription ${name} connect by a connection string instead of the foreign server ${has.foreignServer}`;
    return [{ on: target, title, statement: to(connection.conninfo), undo, repeatable: true }];
  }
  return [
    {
      on: target,
      title: `Change where subscription ${name} connects to`,
      statement: to(connection.conninfo),
      undo:
        connection.before === null
          ? null
          : { title: `Let subscription ${name} connect as before`, statement: to(connection.before) },
      ...(connection.before === null
        ? { noUndo: 'This role may not read the present connection string, so nobody could put it back.' }
        : {}),
      // A comparison would need the password, or a hash of it, in what is kept of the plan.
      repeatable: true,
    },
  ];
}

function byServer(name: string, server: string): Step['statement'] {
  return [alterSubscriptionSql(name, serverClause(server))];
}

/** To connect by a foreign server from then on: 19 as documented, untried. */
function foreignServerStep(
  { target, name, has }: Edit,
  { before, name: server }: NonNullable<SubscriptionChange['foreignServer']>,
): readonly StepDraft[] {
  if (has.foreignServer === server || !offers(target.snapshot.inventory, 'subscription.foreignServer')) return [];
  const back: Step['statement'] | null =
    has.foreignServer === undefined
      ? before && [alterSubscriptionSql(name, 'CONNECTION '), { conninfo: before }]
      : byServer(name, has.foreignServer);
  return [
    {
      on: target,
      title: `Let subscription ${name} connect by the foreign server ${server}`,
      statement: byServer(name, server),
      undo: back && { title: `Let subscription ${name} connect as before`, statement: back },
      ...(back ? {} : { noUndo: 'This role may not read the present connection string, so nobody could put it back.' }),
      effect: subscriptionHas(
        name,
        `subserver = (SELECT f.oid FROM pg_catalog.pg_foreign_server f WHERE f.srvname = ${quoteLiteral(server)})`,
      ),
    },
  ];
}

function sameConninfo(one: SecretConninfo, other: SecretConninfo | null): boolean {
  const plain = (conninfo: SecretConninfo): string =>
    JSON.stringify(
      conninfo.map(([keyword, value]) => [keyword, typeof value === 'string' ? value : ['secret', value.reveal()]]),
    );
  return other !== null && plain(one) === plain(other);
}

/** ADD or DROP where the server has them (14+) and that is all there is to do; SET otherwise. Always one statement. */
function publicationsStep(edit: Edit): readonly StepDraft[] {
  const { target, name, has, change } = edit;
  if (!change.publications) return [];
  const { names, copyData } = change.publications;
  const added = names.filter((each) => !has.publications.includes(each));
  const dropped = has.publications.filter((each) => !names.includes(each));
  if (added.length === 0 && dropped.length === 0) return [];
  const refresh = change.publications.refresh && (has.enabled || edit.enabled);
  const single = offers(target.snapshot.inventory, 'subscription.binary');
  const what =
    single && dropped.length === 0
      ? `ADD PUBLICATION ${list(added)}`
      : single && added.length === 0
        ? `DROP PUBLICATION ${list(dropped)}`
        : `SET PUBLICATION ${list(names)}`;
  return [
    {
      on: target,
      title: publicationsTitle(name, added, dropped),
      statement: [alterSubscriptionSql(name, `${what}${refreshClause(refresh, copyData)}`)],
      // With a refresh, in a transaction block only up to 13.
      transactional: !refresh,
      undo: {
        // What was dropped isn't sent until it is read again.
        title: `Let subscription ${name} read ${listInWords(has.publications)} as before, without copying again${dropped.length > 0 ? `: what was written to the tables of ${listInWords(dropped)} meanwhile stays missing` : ''}`,
        statement: [
          alterSubscriptionSql(name, `SET PUBLICATION ${list(has.publications)}${refreshClause(refresh, false)}`),
        ],
      },
      wait: refresh ? { limitMs: publisherWaitLimitMs, blockersOn: [] } : null,
      effect: subscriptionReads(name, names),
    },
  ];
}

function list(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(', ');
}

function refreshClause(refresh: boolean, copyData: boolean): string {
  if (!refresh) return ' WITH (refresh = false)';
  return copyData ? '' : ' WITH (copy_data = false)';
}

function publicationsTitle(name: string, added: readonly string[], dropped: readonly string[]): string {
  const gains = added.length > 0 ? `read ${listInWords(added)} too` : null;
  const loses = dropped.length > 0 ? `read ${listInWords(dropped)} no more` : null;
  return `Let subscription ${name} ${[gains, loses].filter((part) => part !== null).join(', and ')}`;
}

/**
 * `SET (…)`: all at once, but for a slot that comes with options that change the slot. With another slot the server
 * would change the old one (failover), or refuses both at once (two_phase); with none, taking it back would fail.
 */
function settingSteps(edit: Edit): readonly StepDraft[] {
  const { slotName, options } = edit;
  const onSlot = options.filter(({ key }) => key === 'twoPhase' || key === 'failover');
  if (slotName === undefined || onSlot.length === 0) return setStep(edit, options, slotName);
  const others = options.filter((rule) => !onSlot.includes(rule));
  const slotFirst = setStep(edit, others, slotName);
  const thenOptions = setStep(edit, onSlot, undefined);
  return slotName === null ? [...thenOptions, ...slotFirst] : [...slotFirst, ...thenOptions];
}

function setStep(
  edit: Edit,
  options: readonly OptionRule[],
  slotName: string | null | undefined,
): readonly StepDraft[] {
  const { target, publisher, name, has, change } = edit;
  if (options.length === 0 && slotName === undefined) return [];
  const wanted = change.options ?? {};
  const before = presentOptions(has.options);
  const parts = [...slotPart(slotName), ...options.map((rule) => rule.sql(wanted))];
  const undone = [
    ...slotPart(slotName === undefined ? undefined : has.slotName),
    ...options.map((rule) => rule.sql(before)),
  ];
  const known = options.every(({ key }) => before[key] !== undefined);
  const touchesSlot = options.some(
    ({ key }) => key === 'failover' || (key === 'twoPhase' && wanted.twoPhase === false),
  );
  return [
    {
      on: target,
      title: `Set ${listInWords([...(slotName === undefined ? [] : ['slot_name']), ...options.map(({ label }) => label)])} of subscription ${name}`,
      statement: [alterSubscriptionSql(name, `SET (${parts.join(', ')})`)],
      transactional: !touchesSlot,
      undo: known
        ? {
            title: `Set ${listInWords(parts.map((part) => part.split(' ')[0] ?? ''))} of subscription ${name} back`,
            statement: [alterSubscriptionSql(name, `SET (${undone.join(', ')})`)],
          }
        : null,
      ...(known ? {} : { noUndo: 'This role may not read what it is set to now.' }),
      effect: subscriptionHas(
        name,
        [...slotCondition(slotName), ...options.map((rule) => rule.holds(wanted))].join(' AND '),
      ),
      ...(touchesSlot || wanted.retainDeadTuples === true
        ? { wait: { limitMs: publisherWaitLimitMs, blockersOn: [] } }
        : {}),
      ...(touchesSlot && publisher
        ? { alsoChanges: [{ connectionId: publisher.connectionId, serverName: publisher.serverName }] }
        : {}),
    },
  ];
}

function slotPart(slotName: string | null | undefined): readonly string[] {
  if (slotName === undefined) return [];
  return [`slot_name = ${slotName === null ? 'NONE' : quoteLiteral(slotName)}`];
}

function slotCondition(slotName: string | null | undefined): readonly string[] {
  if (slotName === undefined) return [];
  return [slotName === null ? 'subslotname IS NULL' : `subslotname = ${quoteLiteral(slotName)}`];
}

function renameStep({ target, name, change }: Edit): readonly StepDraft[] {
  const { name: to = name } = change;
  if (to === name) return [];
  return [
    {
      on: target,
      title: `Rename subscription ${name} to ${to}`,
      statement: [alterSubscriptionSql(name, `RENAME TO ${quoteIdentifier(to)}`)],
      undo: {
        title: `Rename subscription ${to} back to ${name}`,
        statement: [alterSubscriptionSql(to, `RENAME TO ${quoteIdentifier(name)}`)],
      },
      effect: subscriptionIs(to),
    },
  ];
}

function remarksOn(edit: Edit): readonly string[] {
  const { has, change, slotName, options } = edit;
  const remarks: string[] = [];
  if (has.enabled && edit.enabled && edit.pause) {
    remarks.push('It is disabled for a moment and enabled again: what is written meanwhile follows afterwards.');
  }
  if (has.enabled && !edit.enabled && slotName === undefined) {
    remarks.push(`While it is disabled, the publisher keeps all WAL for the replication slot ${has.slotName ?? ''}.`);
  }
  if (slotName !== undefined && has.slotName !== null) {
    remarks.push(
      `The replication slot ${has.slotName} stays on the publisher and keeps WAL there. Drop it there if nothing else reads it.`,
    );
  }
  if (slotName === null) {
    remarks.push('Without a replication slot nothing is replicated: the subscription stays disabled.');
  }
  if (change.publications?.refresh === true && !has.enabled && !edit.enabled) {
    remarks.push('A disabled subscription can’t be refreshed: enable and refresh it, then it takes over the tables.');
  }
  if (change.name !== undefined && change.name !== edit.name && has.slotName !== null) {
    remarks.push(`The replication slot keeps its name ${slotName ?? has.slotName}.`);
  }
  if (options.some(({ key }) => key === 'twoPhase') && change.options?.twoPhase === true) {
    remarks.push('Two-phase commit comes into force when all tables are ready.');
  }
  return remarks;
}
