import type { SecretConninfo } from '../model/choices.ts';
import { ReplicationError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { Secret } from '../model/secret.ts';
import { joinPlans } from '../operations/joinPlans.ts';
import { planChangeOwner, planSetComment, type NamedKind } from '../operations/nameAndOwner.ts';
import { planCreatePublication } from '../operations/publication/createPublication.ts';
import { planDropPublications, type PublicationReader } from '../operations/publication/dropPublication.ts';
import type { KnownReaders, KnownSlots } from '../operations/publication/publicationReaders.ts';
import { publicationDefaults } from '../operations/publication/publicationSql.ts';
import { planCreateSlot } from '../operations/slot/createSlot.ts';
import { planDropSlots } from '../operations/slot/dropSlot.ts';
import { planDropSubscription } from '../operations/subscription/dropSubscription.ts';
import { planSetReplicaIdentity } from '../operations/table/replicaIdentity.ts';
import type { PlanTarget } from '../operations/target.ts';
import { declarableSlots } from './describe.ts';
import { planAlteredPublication, publicationChoice } from './reconcilePublication.ts';
import { planAlteredSubscription, planNewSubscription } from './reconcileSubscription.ts';
import type { Declaration, DeclaredIdentity, DeclaredSlot } from './shape.ts';

/** What is known of a subscription beside its server's snapshot. */
export interface SubscriptionFacts {
  /** The present connection string, where the subscription is there and it may be read. */
  readonly conninfo: SecretConninfo | null;
  /** The known connection to the publisher that the file names. */
  readonly publisher: PlanTarget | null;
  /** For one that is made, or gets another connection string and has none to keep. */
  readonly password: Secret | null;
}

/** What a plan that reconciles is made from, beside the server and the file. */
export interface ReconcileFacts {
  /** By the name of the subscription. */
  readonly subscriptions: ReadonlyMap<string, SubscriptionFacts>;
  /** Subscriptions that are known, from their own servers, to read publications of this one. */
  readonly readers: readonly PublicationReader[];
  /** What those tell of this server's slots, by publication; absent where nothing is known. */
  readonly slots?: ReadonlyMap<string, KnownSlots>;
  /** How long a slot's creation may wait for transactions, milliseconds. */
  readonly waitLimitMs: number;
}

/**
 * The plan that brings a server to what a declaration says; no steps where it is so already. What the server has and the
 * declaration doesn't name is dropped only where it says so (`prune`). In an order that holds: replica identities,
 * publications, slots, subscriptions, and only then what is dropped. What can't be changed is said in a remark. Throws
 * ReplicationError: 'missing' for tables that the server doesn't have, 'inUse' for a slot that a new subscription can't take.
 */
export function planReconcile(target: PlanTarget, declaration: Declaration, facts: ReconcileFacts): Plan {
  const { publications = [], subscriptions = [], slots = [], replicaIdentities = [], prune = {} } = declaration;
  const { inventory } = target.snapshot;
  const remarks: string[] = [];
  const plans: Plan[] = [
    ...identityPlans(target, replicaIdentities, prune.replicaIdentities === true),
    ...publications.flatMap((wanted) => {
      const there = inventory.publications.find(({ name }) => name === wanted.name);
      const made = there
        ? planAlteredPublication(target, there, wanted, knownReadersOf(facts, wanted.name))
        : planCreatePublication(target, publicationChoice(inventory, wanted));
      return [made, ...namingPlans(target, 'publication', wanted, there)];
    }),
    ...slots.flatMap((slot) => slotPlans(target, slot, facts.waitLimitMs, remarks)),
    ...subscriptions.flatMap((wanted) => {
      const there = inventory.subscriptions.find(({ name }) => name === wanted.name);
      const known = facts.subscriptions.get(wanted.name) ?? { conninfo: null, publisher: null, password: null };
      const made = there
        ? planAlteredSubscription(target, there, wanted, known, remarks)
        : planNewSubscription(target, declaration, wanted, known, facts.waitLimitMs, remarks);
      return [made, ...namingPlans(target, 'subscription', wanted, there)];
    }),
    ...prunePlans(target, declaration, facts, remarks),
  ];
  const used = plans.filter((plan) => plan.steps.length > 0);
  return joinPlans(`Apply the file to ${target.serverName}`, used, remarks);
}

function knownReadersOf({ readers, slots }: ReconcileFacts, name: string): KnownReaders {
  const known = slots?.get(name);
  return { readers: readers.filter(({ publication }) => publication === name), ...(known ? { slots: known } : {}) };
}

/** One plan for all tables that get the same identity. */
function identityPlans(target: PlanTarget, wanted: readonly DeclaredIdentity[], prune: boolean): readonly Plan[] {
  const { tables } = target.snapshot.inventory;
  const declared = new Map(wanted.map((entry) => [JSON.stringify([entry.schema, entry.name]), entry]));
  const differing = wanted.filter((entry) => {
    const table = tables.find(({ schema, name }) => schema === entry.schema && name === entry.name);
    return table?.replicaIdentity !== entry.identity || table.identityIndex !== entry.index;
  });
  const undeclared = prune
    ? tables.filter(
        ({ schema, name, replicaIdentity }) =>
          replicaIdentity !== 'default' && !declared.has(JSON.stringify([schema, name])),
      )
    : [];
  return [
    ...differing.map(({ schema, name, identity, index }) =>
      planSetReplicaIdentity(target, { tables: [{ schema, name }], identity, index: index ?? null }),
    ),
    ...(undeclared.length === 0
      ? []
      : [planSetReplicaIdentity(target, { tables: undeclared, identity: 'default', index: null })]),
  ];
}

/** Comment and owner, where the file gives them; of a new object too. */
function namingPlans(
  target: PlanTarget,
  kind: NamedKind,
  wanted: { readonly name: string; readonly owner?: string | undefined; readonly comment?: string | null | undefined },
  there: { readonly owner: string; readonly comment: string | null } | undefined,
): readonly Plan[] {
  const { name, owner } = wanted;
  // The server keeps no empty comment.
  const comment = wanted.comment === '' ? null : wanted.comment;
  const now = there ?? { owner: target.snapshot.inventory.server.role.name, comment: null };
  const subject = there ? target : withNew(target, kind, name);
  return [
    ...(comment === undefined || comment === now.comment ? [] : [planSetComment(subject, kind, name, comment)]),
    ...(owner === undefined || owner === now.owner ? [] : [planChangeOwner(subject, kind, name, owner)]),
  ].map((plan) => (there ? plan : withoutBasis(plan)));
}

/** The server as if the object that an earlier step makes were there. */
function withNew(target: PlanTarget, kind: NamedKind, name: string): PlanTarget {
  const { inventory } = target.snapshot;
  const owned = { name, owner: inventory.server.role.name, ownedByMe: true, comment: null };
  const publication = {
    ...owned,
    oid: 0,
    allTables: false,
    ...publicationDefaults,
    tables: [],
    schemas: [],
  } as const;
  const subscription = {
    ...owned,
    oid: null,
    enabled: false,
    publisher: null,
    slotName: null,
    publications: [],
    options: {
      binary: null,
      streaming: null,
      twoPhase: null,
      disableOnError: null,
      passwordRequired: null,
      runAsOwner: null,
      origin: null,
      failover: null,
      synchronousCommit: null,
    },
    skipLsn: null,
    tables: [],
  } as const;
  const added =
    kind === 'publication'
      ? { ...inventory, publications: [...inventory.publications, publication] }
      : { ...inventory, subscriptions: [...inventory.subscriptions, subscription] };
  return { ...target, snapshot: { ...target.snapshot, inventory: added } };
}

/** What is made by an earlier step isn't there yet when the plan is compared with the server. */
function withoutBasis({ id, title, steps, remarks }: Plan): Plan {
  return { id, title, steps, remarks };
}

function slotPlans(target: PlanTarget, wanted: DeclaredSlot, waitLimitMs: number, remarks: string[]): readonly Plan[] {
  const there = target.snapshot.pulse.slots.find(({ name }) => name === wanted.name);
  const { name, plugin, twoPhase = false, failover = false } = wanted;
  if (!there) return [planCreateSlot(target, { name, plugin, twoPhase, failover, waitLimitMs })];
  const differs = [
    ...(there.plugin === plugin ? [] : [`plugin ${there.plugin ?? 'none'}`]),
    ...(there.database === target.snapshot.inventory.server.database ? [] : [`database ${there.database ?? 'none'}`]),
    ...(wanted.twoPhase === undefined || (there.twoPhase ?? false) === twoPhase ? [] : ['two_phase']),
    ...(wanted.failover === undefined || (there.failover ?? false) === failover ? [] : ['failover']),
  ];
  if (differs.length > 0) {
    remarks.push(
      `The replication slot ${name} on ${target.serverName} differs from the file (${differs.join(', ')}) and stays as it is: a slot can only be dropped and made again, and then its reader needs a new copy of the data.`,
    );
  }
  return [];
}

/** Subscriptions first, then publications, and slots when nothing of this server reads them any more. */
function prunePlans(
  target: PlanTarget,
  declaration: Declaration,
  facts: ReconcileFacts,
  remarks: string[],
): readonly Plan[] {
  const { inventory } = target.snapshot;
  const { prune = {}, publications = [], subscriptions = [], slots = [] } = declaration;
  const unnamed = <Named extends { readonly name: string }>(
    wanted: boolean | undefined,
    present: readonly Named[],
    declared: readonly { readonly name: string }[],
  ): readonly Named[] =>
    wanted === true ? present.filter(({ name }) => !declared.some((entry) => entry.name === name)) : [];

  const gone = unnamed(prune.subscriptions, inventory.subscriptions, subscriptions);
  const dropped = unnamed(prune.publications, inventory.publications, publications).map(({ name }) => name);
  const taken = new Set(gone.flatMap(({ slotName }) => slotName ?? []));
  return [
    ...gone.map(({ name, slotName }) => {
      const publisher = facts.subscriptions.get(name)?.publisher ?? null;
      return planDropSubscription(target, name, slotName === null ? 'leaveSlot' : 'dropSlotToo', publisher);
    }),
    ...(dropped.length === 0 ? [] : [planDropPublications(target, dropped, facts.readers, facts.slots)]),
    ...unnamed(prune.slots, declarableSlots(target.snapshot), slots)
      .filter(({ name }) => !taken.has(name))
      .flatMap(({ name }) => dropSlotUnlessUsed(target, name, remarks)),
  ];
}

function dropSlotUnlessUsed(target: PlanTarget, name: string, remarks: string[]): readonly Plan[] {
  try {
    return [planDropSlots(target, [name])];
  } catch (error) {
    if (!ReplicationError.is(error, 'inUse')) throw error;
    remarks.push(`${error.message} It is not in the file, and stays.`);
    return [];
  }
}
