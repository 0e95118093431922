import type { SecretConninfo, SubscriptionChoice } from '../../model/choices.ts';
import type { Leftover, Plan, Problem, Step } from '../../model/plan.ts';
import { Secret } from '../../model/secret.ts';
import type { Statement } from '../../model/statement.ts';
import { quoteBody, quoteIdentifier, quoteLiteral } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import { subscriptionIs } from '../effects.ts';
import { slotNameFault, slotNameFor } from '../names.ts';
import { offers } from '../offers.ts';
import { createSlotStep, slotLeftover } from '../slot/slotSql.ts';
import { makePlan, type StepDraft } from '../steps.ts';
import type { PlanTarget, SubscriptionParties } from '../target.ts';
import { checkPublisherSlot } from './checks/checkPublisherSlot.ts';
import { checkSubscribedTables } from './checks/checkSubscribedTables.ts';
import { checkSubscriptionConnection } from './checks/checkSubscriptionConnection.ts';
import { checkSubscriptionOptions } from './checks/checkSubscriptionOptions.ts';
import { checkSubscriptionServer } from './checks/checkSubscriptionServer.ts';
import { asAsked } from './checks/onlyIfAsked.ts';
import { serverClause } from './foreignServer.ts';
import { withNewTables } from './newTables.ts';
import { isSameCluster, slotFirstTarget } from './sameCluster.ts';
import { subscriptionOptions } from './subscriptionOptions.ts';
import { alterSubscriptionSql } from './subscriptionSteps.ts';

/** No time limit at all (0 to PostgreSQL) is never wanted. */
const shortestWaitMs = 1000;

/**
 * What becomes of the slot: made by CREATE SUBSCRIPTION, made by us before it, there already, made by somebody later
 * (connect = false; the name is null where not even that is settled), or none.
 */
type SlotWay =
  | { readonly kind: 'create'; readonly name: string }
  | { readonly kind: 'first'; readonly name: string; readonly on: PlanTarget }
  | { readonly kind: 'existing'; readonly name: string }
  | { readonly kind: 'later'; readonly name: string | null }
  | { readonly kind: 'none' };

/**
 * The plan that creates a subscription: one statement, in which the subscriber makes the slot on the publisher;
 * within one cluster two, the slot first; before it the new tables. Made of whatever was chosen, also where
 * `checkSubscription` finds errors. What the subscriber's version doesn't have is left out.
 */
export function planCreateSubscription(parties: SubscriptionParties, choice: SubscriptionChoice): Plan {
  const slot = slotWay(parties, choice);
  const limitMs = Math.max(choice.waitLimitMs, shortestWaitMs);
  const steps: StepDraft[] = [];
  if (slot.kind === 'first') {
    const inventory = slot.on.snapshot.inventory;
    steps.push(
      createSlotStep(slot.on, {
        name: slot.name,
        plugin: 'pgoutput',
        // As CREATE SUBSCRIPTION does: with tables to copy, two-phase comes into force when they are ready.
        twoPhase: choice.options.twoPhase === true && !choice.copyData && offers(inventory, 'slot.twoPhase'),
        failover: choice.options.failover === true && offers(inventory, 'slot.failover'),
        waitLimitMs: limitMs,
      }),
    );
  }
  steps.push(createStep(parties, choice, slot, limitMs));
  const basis = basisOf(parties.subscriber, [{ kind: 'subscription', name: choice.name }]);
  const plan = makePlan(`Create subscription ${choice.name}`, steps, remarksOn(parties, choice, slot), basis);
  return withNewTables(parties.subscriber, choice.newTables, plan);
}

/**
 * What is wrong with a choice before it is run, seen from both ends as far as they are known. Errors are what a
 * server would refuse or what could never work; warnings what would go wrong later or silently.
 */
export function checkSubscription(parties: SubscriptionParties, chosen: SubscriptionChoice): readonly Problem[] {
  const choice = asAsked(chosen);
  return [
    ...checkSubscriptionServer(parties, choice),
    ...checkSubscriptionConnection(parties, choice),
    ...checkPublisherSlot(parties, choice),
    ...checkSubscribedTables(parties, choice),
    ...checkSubscriptionOptions(parties, choice),
  ];
}

function slotWay(parties: SubscriptionParties, choice: SubscriptionChoice): SlotWay {
  if (choice.connect === false) return { kind: 'later', name: choice.slot.mode === 'none' ? null : slotNameOf(choice) };
  if (choice.slot.mode === 'none') return { kind: 'none' };
  const name = slotNameOf(choice);
  if (choice.slot.mode === 'existing') return { kind: 'existing', name };
  const on = isSameCluster(parties) ? slotFirstTarget(parties, choice.conninfo) : null;
  return on === null ? { kind: 'create', name } : { kind: 'first', name, on };
}

/** A slot left at the subscription's own name, though no slot can have that name, gets the nearest one that works. */
function slotNameOf(choice: SubscriptionChoice): string {
  if (choice.slot.mode === 'none') return '';
  const { name } = choice.slot;
  const left = name === choice.name && (slotNameFault(name) !== null || name === 'none');
  return left ? slotNameFor(name) : name;
}

function createStep(
  parties: SubscriptionParties,
  choice: SubscriptionChoice,
  slot: SlotWay,
  limitMs: number,
): StepDraft {
  const on = parties.subscriber;
  return {
    on,
    title: `Create subscription ${choice.name}`,
    statement: createStatement(on, choice, slot),
    transactional: slot.kind !== 'create',
    ...(slot.kind === 'create' && parties.publisher ? { alsoChanges: [nameOf(parties.publisher)] } : {}),
    undo: undoOf(choice, slot),
    effect: subscriptionIs(choice.name),
    wait: { limitMs, blockersOn: slot.kind === 'create' && parties.publisher ? [parties.publisher.connectionId] : [] },
    leftovers: [
      subscriptionLeftover(on, choice.name),
      ...(slot.kind === 'create' && parties.publisher ? [slotLeftover(parties.publisher, slot.name)] : []),
    ],
  };
}

/** DROP SUBSCRIPTION takes the slot along: right for one that this plan made, not for one that was there before. */
function undoOf({ name }: SubscriptionChoice, slot: SlotWay): Step['undo'] {
  if (slot.kind === 'existing' || (slot.kind === 'later' && slot.name !== null)) {
    const statements = ['DISABLE', 'SET (slot_name = NONE)'].map((what) => alterSubscriptionSql(name, what));
    return {
      title: `Drop subscription ${name}, and leave ${slot.kind === 'later' ? 'the publisher alone' : `the replication slot ${slot.name} where it stands`}`,
      statement: [
        `DO ${quoteBody(`\nBEGIN\n  ${[...statements, `DROP SUBSCRIPTION ${quoteIdentifier(name)}`].join(';\n  ')};\nEND\n`)}`,
      ],
    };
  }
  const title =
    slot.kind === 'none' || slot.kind === 'later'
      ? `Drop subscription ${name}`
      : `Drop subscription ${name} and its replication slot ${slot.name}`;
  return { title, statement: [`DROP SUBSCRIPTION ${quoteIdentifier(name)}`] };
}

function nameOf({ connectionId, serverName }: PlanTarget): Pick<PlanTarget, 'connectionId' | 'serverName'> {
  return { connectionId, serverName };
}

function createStatement(on: PlanTarget, choice: SubscriptionChoice, slot: SlotWay): Statement {
  const options = [...slotOptions(choice, slot), ...subscriptionOptions(on.snapshot.inventory, choice)];
  return [
    `CREATE SUBSCRIPTION ${quoteIdentifier(choice.name)}\n  `,
    ...connectionClause(on, choice),
    `\n  PUBLICATION ${choice.publications.map(quoteIdentifier).join(', ')}`,
    ...(options.length > 0 ? [`\n  WITH (${options.join(', ')})`] : []),
  ];
}

/** By a foreign server, where one is chosen and the subscriber's version has that (19, untried), or by the connection string. */
function connectionClause({ snapshot }: PlanTarget, choice: SubscriptionChoice): Statement {
  const { foreignServer } = choice;
  if (foreignServer !== undefined && offers(snapshot.inventory, 'subscription.foreignServer')) {
    return [serverClause(foreignServer)];
  }
  return ['CONNECTION ', { conninfo: secretConninfo(choice) }];
}

/** The connection string of a choice, with the password in it as a secret. */
export function secretConninfo({
  conninfo,
  password,
}: Pick<SubscriptionChoice, 'conninfo' | 'password'>): SecretConninfo {
  const pairs = conninfo.map(
    // A password has no business among the pairs; if it got there it still isn't shown.
    ([keyword, value]) => [keyword, /password|secret/i.test(keyword) ? new Secret(value) : value] as const,
  );
  return [...pairs, ...(password === null ? [] : [['password', password] as const])];
}

/** Only what differs from PostgreSQL's defaults: a slot is created, named as the subscription, enabled, data copied. */
function slotOptions(choice: SubscriptionChoice, slot: SlotWay): readonly string[] {
  const copy = choice.copyData ? [] : ['copy_data = false'];
  if (slot.kind === 'later') {
    if (slot.name === choice.name) return ['connect = false'];
    return ['connect = false', `slot_name = ${slot.name === null ? 'NONE' : quoteLiteral(slot.name)}`];
  }
  if (slot.kind === 'none') return ['slot_name = NONE', 'create_slot = false', 'enabled = false', ...copy];
  return [
    ...(slot.kind === 'create' ? [] : ['create_slot = false']),
    ...(slot.name === choice.name ? [] : [`slot_name = ${quoteLiteral(slot.name)}`]),
    ...(choice.enabled ? [] : ['enabled = false']),
    ...copy,
  ];
}

function subscriptionLeftover(on: PlanTarget, name: string): Leftover {
  return {
    connectionId: on.connectionId,
    what: `the subscription ${name} on ${on.serverName}`,
    probe: subscriptionIs(name),
    release: null,
  };
}

function remarksOn(parties: SubscriptionParties, choice: SubscriptionChoice, slot: SlotWay): readonly string[] {
  const remarks: string[] = [];
  if (slot.kind === 'create' && parties.publisher === null) {
    remarks.push(
      `If it is cancelled or runs out of time, the publisher may keep the half-made replication slot ${slot.name} until the transactions it waits for have ended. Only on a known connection can that be looked after.`,
    );
  }
  if (slot.kind === 'first') {
    remarks.push(
      'Publisher and subscriber are one server: the slot is created first, because CREATE SUBSCRIPTION would wait for itself.',
    );
  }
  if (slot.kind === 'later') {
    const named = slot.name === null ? '' : ` called ${slot.name}`;
    const failover = choice.options.failover === true ? ' with failover' : '';
    const set = slot.name === null ? 'SET (slot_name = …), ' : '';
    remarks.push(
      `The publisher isn’t asked for anything: the subscription is disabled and knows no tables. To start: create a replication slot${named}${failover} on the publisher, then ${set}ENABLE and REFRESH PUBLICATION.`,
    );
  } else if (slot.kind === 'none') {
    remarks.push(
      'Without a replication slot nothing is replicated. To start: create a slot on the publisher, then SET (slot_name = …) and ENABLE.',
    );
  } else if (!choice.enabled) {
    remarks.push(
      `Until the subscription is enabled, the publisher keeps all WAL for the replication slot ${slot.name}.`,
    );
  }
  return remarks;
}
