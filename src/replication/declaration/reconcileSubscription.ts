import type { SecretConninfo, SubscriptionChange, SubscriptionChoice } from '../model/choices.ts';
import { ReplicationError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import { Secret } from '../model/secret.ts';
import type { Subscription } from '../model/subscription.ts';
import { planAlterSubscription } from '../operations/subscription/alterSubscription.ts';
import { checkChosenSlot } from '../operations/subscription/checks/checkPublisherSlot.ts';
import { planCreateSubscription } from '../operations/subscription/createSubscription.ts';
import { foreignServerPairs } from '../operations/subscription/foreignServer.ts';
import type { PlanTarget } from '../operations/target.ts';
import { connectionIn } from './describe.ts';
import type { SubscriptionFacts } from './reconcile.ts';
import type { Declaration, DeclaredOptions, DeclaredSubscription } from './shape.ts';

/**
 * The plan that makes a declared subscription; its slot is taken where the publisher has it already. Throws
 * ReplicationError 'inUse' where that one can't be taken: somebody reads it, or it is none of pgoutput.
 */
export function planNewSubscription(
  target: PlanTarget,
  declaration: Declaration,
  declared: DeclaredSubscription,
  { publisher, password }: SubscriptionFacts,
  waitLimitMs: number,
  remarks: string[],
): Plan {
  const { name, publications, enabled = true, copyData = true, slot = name, connection = {} } = declared;
  const choice: SubscriptionChoice = {
    name,
    publisherConnectionId: publisher?.connectionId ?? null,
    conninfo: declared.foreignServer === undefined ? textPairs(connection) : pairsOf(target, declared.foreignServer),
    password: declared.foreignServer === undefined ? password : null,
    ...(declared.foreignServer === undefined ? {} : { foreignServer: declared.foreignServer }),
    publications,
    enabled: slot !== null && enabled,
    copyData,
    slot:
      slot === null
        ? { mode: 'none' }
        : { mode: slotIsThere(target, declaration, publisher, slot) ? 'existing' : 'create', name: slot },
    options: optionsChoice(declared.options),
    waitLimitMs,
  };
  const parties = { subscriber: target, publisher, publisherInventory: null };
  if (publisher?.snapshot.pulse.slots.some((each) => each.name === slot)) {
    const fault = checkChosenSlot(parties, choice).find(({ severity }) => severity === 'error');
    if (fault) {
      throw new ReplicationError('inUse', `The subscription ${name} can’t take it: ${fault.message} Nothing was run.`, {
        advice: 'Give it another “slot” in the file, or drop that one first where nobody needs it.',
      });
    }
    remarks.push(
      `The subscription ${name} takes over the replication slot ${slot ?? ''}, which ${publisher.serverName} has already, from where it stands. Make sure that no other subscription is to read it: that one would miss what this one reads.`,
    );
  }
  return planCreateSubscription(parties, choice);
}

/** The plan that leads from a subscription to what is declared of it. */
export function planAlteredSubscription(
  target: PlanTarget,
  there: Subscription,
  declared: DeclaredSubscription,
  facts: SubscriptionFacts,
  remarks: string[],
): Plan {
  const { name, enabled, publications, slot } = declared;
  const change: SubscriptionChange = {
    publications: {
      names: publications,
      refresh: there.enabled || enabled === true,
      copyData: declared.copyData ?? true,
    },
    options: optionsChoice(declared.options),
    ...(enabled === undefined ? {} : { enabled }),
    ...(slot === undefined ? {} : { slotName: slot }),
    ...connectionChange(target, there, declared, facts, remarks),
  };
  return planAlterSubscription(target, name, change, facts.publisher);
}

/**
 * Whether a password has to be asked for: for a subscription that isn't there yet (or has no connection string, because it
 * connects by a foreign server), and for one that is to connect
 * otherwise and has no password that it could keep. `conninfo` is the present connection string, null where none is known.
 */
export function needsPassword(
  there: boolean,
  conninfo: SecretConninfo | null,
  { connection, foreignServer }: DeclaredSubscription,
): boolean {
  if (foreignServer !== undefined) return false;
  if (!there) return true;
  if (conninfo === null || connection === undefined) return false;
  return connectsOtherwise(conninfo, connection) && !conninfo.some(([, value]) => value instanceof Secret);
}

/** What the file says of the connection string, with the secrets that it has now, or of the foreign server. */
function connectionChange(
  target: PlanTarget,
  there: Subscription,
  { name, connection, foreignServer }: DeclaredSubscription,
  { conninfo, password }: SubscriptionFacts,
  remarks: string[],
): Pick<SubscriptionChange, 'connection' | 'foreignServer'> {
  if (foreignServer !== undefined) return { foreignServer: { name: foreignServer, before: conninfo } };
  if (connection === undefined) return {};
  if (there.foreignServer !== undefined) {
    const secrets: SecretConninfo = password === null ? [] : [['password', password]];
    return { connection: { conninfo: [...textPairs(connection), ...secrets], before: null } };
  }
  if (conninfo === null) {
    remarks.push(
      `Where the subscription ${name} connects to was not compared: its connection string may not be read on ${target.serverName}.`,
    );
    return {};
  }
  if (!connectsOtherwise(conninfo, connection)) return {};
  const kept = conninfo.filter(([, value]) => value instanceof Secret);
  const secrets: SecretConninfo = kept.length === 0 && password !== null ? [['password', password]] : kept;
  return { connection: { conninfo: [...textPairs(connection), ...secrets], before: conninfo } };
}

/** Whether the file's keywords, in whatever order, aren't those that the connection string has. */
function connectsOtherwise(
  conninfo: SecretConninfo,
  connection: NonNullable<DeclaredSubscription['connection']>,
): boolean {
  const now = sorted(textPairs(connectionIn(conninfo)));
  return JSON.stringify(now) !== JSON.stringify(sorted(textPairs(connection)));
}

/** What is known of where a foreign server leads. */
function pairsOf({ snapshot }: PlanTarget, foreignServer: string): readonly (readonly [string, string])[] {
  const found = snapshot.inventory.server.foreignServers?.find(({ name }) => name === foreignServer);
  return found ? foreignServerPairs(found) : [];
}

function textPairs(connection: Readonly<Record<string, string | number>>): readonly (readonly [string, string])[] {
  return Object.entries(connection).map(([keyword, value]) => [keyword, String(value)] as const);
}

function sorted(pairs: SecretConninfo): SecretConninfo {
  return pairs.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function optionsChoice(options: DeclaredOptions = {}): SubscriptionChoice['options'] {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** On the publisher now, or made before by the same plan, where publisher and subscriber are one database. */
function slotIsThere(
  target: PlanTarget,
  declaration: Declaration,
  publisher: PlanTarget | null,
  slot: string,
): boolean {
  if (publisher === null) return false;
  const made =
    publisher.connectionId === target.connectionId && (declaration.slots ?? []).some(({ name }) => name === slot);
  const { inventory, pulse } = publisher.snapshot;
  const there = pulse.slots.some(({ name, database }) => name === slot && database === inventory.server.database);
  return made || there;
}
