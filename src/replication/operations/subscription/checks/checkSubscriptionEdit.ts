import type { SubscriptionChange, SubscriptionChoice } from '../../../model/choices.ts';
import type { Problem } from '../../../model/plan.ts';
import { Secret } from '../../../model/secret.ts';
import type { Subscription } from '../../../model/subscription.ts';
import { checkObjectName, slotNameFault } from '../../names.ts';
import { obstacle } from '../../offers.ts';
import type { PlanTarget, SubscriptionParties } from '../../target.ts';
import { optionsToChange, optionsSet } from '../subscriptionOptions.ts';
import { checkAddress, checkSubscriptionConnection } from './checkSubscriptionConnection.ts';
import { checkSubscriptionOptions } from './checkSubscriptionOptions.ts';

/** One edit as its checks see it. */
export interface CheckedEdit {
  readonly target: PlanTarget;
  readonly publisher: PlanTarget | null;
  readonly has: Subscription;
  readonly change: SubscriptionChange;
}

/** Name, owner, and whether it can be enabled at all. */
export function checkEditedState({ target, has, change }: CheckedEdit): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (severity: Problem['severity'], message: string, field?: string): void => {
    problems.push({ severity, message, ...(field === undefined ? {} : { field }) });
  };
  if (!has.ownedByMe)
    add('error', `The subscription ${has.name} belongs to ${has.owner}; only its owner may change it.`);
  if (change.name !== undefined && change.name !== has.name) {
    const taken = target.snapshot.inventory.subscriptions.map(({ name }) => name);
    const fault = checkObjectName('subscription', change.name, taken);
    if (fault !== null) add('error', fault, 'name');
  }
  const slotName = change.slotName === undefined ? has.slotName : change.slotName;
  if (slotName === null && change.enabled === true) {
    add('error', 'Without a replication slot the subscription can’t be enabled.', 'slot');
  }
  return problems;
}

/** A new connection string: the server takes any that it can read, and tries none. */
export function checkEditedConnection(edit: CheckedEdit): readonly Problem[] {
  const { connection, foreignServer } = edit.change;
  if (foreignServer)
    return foreignServer.name === edit.has.foreignServer ? [] : checkAddress(partiesOf(edit), asChoice(edit));
  if (!connection) return [];
  const value = (conninfo: typeof connection.conninfo, keyword: string): string | undefined => {
    const found = conninfo.find(([candidate]) => candidate === keyword)?.[1];
    return found instanceof Secret ? found.reveal() : found;
  };
  const problems: Problem[] = [];
  const { before, conninfo } = connection;
  // What a service names isn't in the string.
  const named =
    value(conninfo, 'service') === undefined ? checkSubscriptionConnection(partiesOf(edit), asChoice(edit)) : [];
  problems.push(...named);
  const { superuser } = edit.target.snapshot.inventory.server.role;
  if (!superuser && edit.has.options.passwordRequired !== false && (value(conninfo, 'password') ?? '') === '') {
    problems.push({
      severity: 'error',
      field: 'connection',
      message: 'A role that isn’t a superuser must give a password for the publisher.',
    });
  }
  const address = value(conninfo, 'hostaddr');
  const moved = before !== null && value(before, 'host') !== value(conninfo, 'host');
  if (moved && address !== undefined && address === value(before, 'hostaddr')) {
    problems.push({
      severity: 'warning',
      field: 'connection',
      message: `The subscriber connects to hostaddr ${address}, whatever the host is called: change or remove hostaddr too.`,
    });
  }
  problems.push({
    severity: 'info',
    field: 'connection',
    message: 'PostgreSQL doesn’t try a new connection string. If it is wrong, replication stops until it is mended.',
  });
  return problems;
}

/** Options that this server can't change, and what the publisher makes of them. */
export function checkEditedOptions(edit: CheckedEdit): readonly Problem[] {
  const { target, has, change, publisher } = edit;
  const wanted = change.options ?? {};
  const { inventory } = target.snapshot;
  const problems: Problem[] = [...checkSubscriptionOptions(partiesOf(edit), asChoice(edit))];
  const add = (severity: Problem['severity'], message: string): void => {
    problems.push({ severity, message, field: 'options' });
  };
  for (const rule of optionsSet(wanted)) {
    const alterable = rule.alterNeeds === undefined ? null : obstacle(inventory, rule.alterNeeds);
    const needed = rule.needs(wanted);
    const present = rule.key === 'twoPhase' ? (has.options.twoPhase ?? 'disabled') !== 'disabled' : undefined;
    if (alterable === null || (needed !== null && obstacle(inventory, needed) !== null) || wanted[rule.key] === present)
      continue;
    add('error', `${rule.label} can be set here only when the subscription is created. To change it: ${alterable}`);
  }
  const { role } = inventory.server;
  if (wanted.passwordRequired === false && !role.superuser)
    add('error', 'Only a superuser may set password_required to false.');
  const changing = optionsToChange(inventory, has.options, wanted).map(({ key }) => key);
  const slotName = change.slotName === undefined || change.slotName === null ? has.slotName : change.slotName;
  const altersSlot = changing.includes('failover') || (changing.includes('twoPhase') && wanted.twoPhase === false);
  if (altersSlot && slotName === null) {
    add('error', 'Without a replication slot, failover and two_phase can’t be changed: they are the slot’s too.');
  } else if (altersSlot && publisher && !publisher.snapshot.pulse.slots.some(({ name }) => name === slotName)) {
    add(
      'error',
      `${publisher.serverName} has no replication slot ${slotName ?? ''}, which failover and two_phase would change too.`,
    );
  }
  return problems;
}

/** Another slot, or none. The server takes any name, and finds out later. */
export function checkEditedSlot({ publisher, has, change }: CheckedEdit): readonly Problem[] {
  const { slotName } = change;
  if (slotName === undefined || slotName === has.slotName || slotName === null) return [];
  const refuse = (message: string): readonly Problem[] => [{ severity: 'error', field: 'slot', message }];
  const fault =
    slotName === 'none'
      ? 'As the slot of a subscription, "none" means that there is no slot.'
      : slotNameFault(slotName);
  if (fault !== null) return refuse(fault);
  if (!publisher) {
    const message = `PostgreSQL doesn’t look whether the publisher has a replication slot ${slotName}. Make sure that it has: otherwise replication stops.`;
    return [{ severity: 'warning', field: 'slot', message }];
  }
  const { snapshot, serverName } = publisher;
  const there = snapshot.pulse.slots.find(({ name }) => name === slotName);
  if (!there) {
    return refuse(
      `${serverName} has no replication slot ${slotName}: replication would stop, and the subscription couldn’t be dropped with its slot.`,
    );
  }
  if (there.type !== 'logical' || there.plugin !== 'pgoutput') {
    return refuse(`The replication slot ${slotName} isn’t one of pgoutput, which subscriptions need.`);
  }
  if (there.lost)
    return refuse(`The replication slot ${slotName} is lost: ${there.lostReason ?? 'the WAL it needs is gone'}.`);
  if (there.active) return refuse(`The replication slot ${slotName} is in use already.`);
  const { database } = snapshot.inventory.server;
  if (there.database !== database)
    return refuse(`The replication slot ${slotName} belongs to the database ${there.database ?? ''}.`);
  return [
    {
      severity: 'warning',
      field: 'slot',
      message: `The subscription goes on from where ${slotName} stands: what is between that and where it had come to is missing, or comes again.`,
    },
  ];
}

/** Both ends as the checks of a creation want them; the publisher is of no use to judge another address by. */
export function partiesOf({ target, publisher, change }: CheckedEdit): SubscriptionParties {
  const moved = change.connection !== undefined || change.foreignServer !== undefined;
  return { subscriber: target, publisher: moved ? null : publisher, publisherInventory: null };
}

/** The edited subscription as the choice that would make it. */
export function asChoice({ has, change }: CheckedEdit): SubscriptionChoice {
  const slotName = change.slotName === undefined ? has.slotName : change.slotName;
  const pairs = (change.connection?.conninfo ?? []).flatMap(([keyword, value]) =>
    typeof value === 'string' ? [[keyword, value] as const] : [],
  );
  const password = change.connection?.conninfo.find(([keyword]) => keyword === 'password')?.[1];
  return {
    name: change.name ?? has.name,
    publisherConnectionId: null,
    conninfo: pairs,
    ...(change.foreignServer ? { foreignServer: change.foreignServer.name } : {}),
    password: password instanceof Secret ? password : null,
    publications: change.publications?.names ?? has.publications,
    ...(change.publications?.newTables ? { newTables: change.publications.newTables } : {}),
    enabled: change.enabled ?? has.enabled,
    copyData: change.publications?.copyData ?? false,
    slot: slotName === null ? { mode: 'none' } : { mode: 'existing', name: slotName },
    options: change.options ?? {},
    waitLimitMs: 0,
  };
}
