import * as z from 'zod/mini';

import type { Capability, CapabilityName } from '../replication/model/capability.ts';
import type { ErrorDescription } from '../replication/model/errors.ts';
import type { Blocker } from '../replication/model/plan.ts';
import type { PublishedOperations } from '../replication/model/publication.ts';
import type { FailedMessage } from './messages.ts';
import type { DraftReview, FormServer, Refusal, RunState } from './publication.ts';

/** Where the subscriber finds the publisher, as typed; everything but the password. */
export const publisherAddress = z.object({
  host: z.string(),
  port: z.string(),
  database: z.string(),
  user: z.string(),
  /** Further keywords of the connection string: `sslmode=require`. */
  more: z.string(),
});
export type PublisherAddressDraft = z.output<typeof publisherAddress>;

/** The draft of a subscription. It never holds a password: that travels alone and stays with the panel. */
export const subscriptionDraft = z.object({
  subscriberConnectionId: z.nullable(z.string()),
  /** Whether the publisher is one of the known connections, or only its address is known. */
  publisherKind: z.enum(['known', 'typed']),
  publisherConnectionId: z.nullable(z.string()),
  name: z.string(),
  address: publisherAddress,
  /** The foreign server of the subscriber to connect by, in place of the address (19, untried); absent for the address. */
  foreignServer: z.exactOptional(z.string()),
  /** Take the password that is stored with the publisher's connection. */
  useSavedPassword: z.boolean(),
  publications: z.array(z.string()),
  /** Create the tables that the subscriber lacks, with the subscription. Absent means no. */
  createTables: z.exactOptional(z.boolean()),
  /** False: the publisher isn't asked for anything. Absent means that it is. */
  connect: z.exactOptional(z.boolean()),
  enabled: z.boolean(),
  copyData: z.boolean(),
  slotMode: z.enum(['create', 'existing', 'none']),
  /** Empty for one named as the subscription. */
  slotName: z.string(),
  /** Absent means the server's default. */
  options: z.object({
    synchronousCommit: z.exactOptional(z.string()),
    binary: z.exactOptional(z.boolean()),
    streaming: z.exactOptional(z.enum(['off', 'on', 'parallel'])),
    twoPhase: z.exactOptional(z.boolean()),
    disableOnError: z.exactOptional(z.boolean()),
    passwordRequired: z.exactOptional(z.boolean()),
    runAsOwner: z.exactOptional(z.boolean()),
    origin: z.exactOptional(z.enum(['any', 'none'])),
    failover: z.exactOptional(z.boolean()),
    retainDeadTuples: z.exactOptional(z.boolean()),
    maxRetentionDuration: z.exactOptional(z.number()),
    walReceiverTimeout: z.exactOptional(z.string()),
  }),
  /** Seconds, as typed. */
  waitSeconds: z.string(),
});
export type SubscriptionDraft = z.output<typeof subscriptionDraft>;

/** What the page keeps over being hidden and, with the window's state, over a reload. */
export const subscriptionKept = z.object({ draft: subscriptionDraft });
export type SubscriptionKept = z.output<typeof subscriptionKept>;

/** What can be done about a check that failed, `createTables` and `dontCopy` by the page itself. */
export const remedyAction = z.enum([
  'createTables',
  'truncateTables',
  'dontCopy',
  'setReplicaIdentity',
  'settings',
  'createRole',
]);
export type RemedyAction = z.output<typeof remedyAction>;

/** What the pages of both forms of a subscription send, with the schema of their draft. */
export function subscriptionFormRequests<Draft extends z.ZodMiniType>(draft: Draft) {
  return [
    /** Review this draft; a server that is newly chosen in it is opened. */
    z.object({ type: z.literal('draft'), sequence: z.number(), draft }),
    /** The publisher's password as typed so far, empty for none (or the one that is stored); the page keeps none. */
    z.object({ type: z.literal('password'), value: z.string() }),
    /** Run the plan: Create, or Save. */
    z.object({ type: z.literal('create'), draft }),
    z.object({ type: z.literal('stop') }),
    z.object({ type: z.literal('dismiss') }),
    z.object({ type: z.literal('copySql') }),
    z.object({ type: z.literal('openSql') }),
  ] as const;
}

/** What the page of the Subscription form sends. */
export const subscriptionRequest = z.discriminatedUnion('type', [
  ...subscriptionFormRequests(subscriptionDraft),
  /** Take this connection string apart; answered by `address`. */
  z.object({ type: z.literal('read'), text: z.string() }),
  /** Look at the typed publisher, to list its publications. */
  z.object({ type: z.literal('look'), draft: subscriptionDraft }),
  z.object({ type: z.literal('lookForBlockers') }),
  /** Look at both ends for everything that must be so; answered by `preflight`. */
  z.object({ type: z.literal('preflight'), draft: subscriptionDraft }),
  /** Do what helps against a failed check of the last preflight; `preview` opens its SQL instead. */
  z.object({ type: z.literal('remedy'), checkId: z.string(), action: remedyAction, preview: z.boolean() }),
  z.object({ type: z.literal('retry'), end: z.enum(['subscriber', 'publisher']) }),
]);
export type SubscriptionRequest = z.output<typeof subscriptionRequest>;

/** The capabilities that decide which options a subscription can have. */
export const subscriptionOptionCapabilities = [
  'subscription.binary',
  'subscription.streaming',
  'subscription.parallelStreaming',
  'subscription.twoPhase',
  'subscription.disableOnError',
  'subscription.passwordRequired',
  'subscription.runAsOwner',
  'subscription.origin',
  'subscription.failover',
  'subscription.retainDeadTuples',
  'subscription.maxRetentionDuration',
  'subscription.walReceiverTimeout',
] as const satisfies readonly CapabilityName[];

/** The capabilities of the subscriber that the form asks for. */
export const subscriptionFormCapabilities = ['subscription.create', ...subscriptionOptionCapabilities] as const;
export type SubscriptionFormCapabilities = Readonly<Record<(typeof subscriptionFormCapabilities)[number], Capability>>;

/** How one end stands. */
export type EndState<Known> =
  | { readonly phase: 'none' }
  | { readonly phase: 'opening'; readonly name: string }
  | { readonly phase: 'failed'; readonly name: string; readonly error: ErrorDescription }
  | ({ readonly phase: 'open' } & Known);

export type SubscriberState = EndState<{
  readonly server: FormServer;
  readonly superuser: boolean;
  readonly capabilities: SubscriptionFormCapabilities;
  /** Foreign servers that a subscription can connect by (19, untried); absent where there are none. */
  readonly foreignServers?: readonly string[];
}>;

/** A publication that can be subscribed to. */
export interface OfferedPublication {
  readonly name: string;
  readonly allTables: boolean;
  /** How many tables all tables leave out, and whether all sequences are published (19, untried); absent where not. */
  readonly leftOut?: number;
  readonly allSequences?: true;
  readonly tables: number;
  readonly schemas: readonly string[];
  readonly operations: PublishedOperations;
}

export type PublisherState = EndState<{
  readonly server: FormServer;
  readonly publications: readonly OfferedPublication[];
  /** Logical slots of its database that nobody reads; empty where they aren't known. */
  readonly freeSlots: readonly string[];
  /** A password is stored with its connection. */
  readonly savedPassword: boolean;
  /** Both ends are databases of one cluster. */
  readonly sameCluster: boolean;
}>;

/** A connection to choose. */
export interface ChoosableConnection {
  readonly id: string;
  readonly name: string;
  /** `host:port/database` */
  readonly place: string;
}

/** Both ends as they stand. Sent whenever one of them changes. */
export interface SubscriptionModel {
  readonly type: 'model';
  readonly connections: readonly ChoosableConnection[];
  readonly subscriber: SubscriberState;
  readonly publisher: PublisherState;
  /** Subscriptions of the subscriber and slots of the publisher: a name that is suggested is none of these. */
  readonly takenNames: readonly string[];
  /** A password was typed, and the panel has it. */
  readonly passwordTyped: boolean;
  /** Where the page kept none of its own. */
  readonly draft: SubscriptionDraft;
}

/** One thing that was looked at, with what helps where it isn't as it must be. */
export interface ShownCheck {
  readonly id: string;
  readonly title: string;
  readonly state: 'passed' | 'warning' | 'failed' | 'unknown';
  readonly message: string;
  readonly remedies: readonly {
    readonly action: RemedyAction;
    readonly label: string;
    /** Its SQL can be looked at before. */
    readonly preview: boolean;
  }[];
}

/** What the last look at both ends found, worst first. */
export interface PreflightState {
  readonly type: 'preflight';
  readonly running: boolean;
  readonly checks: readonly ShownCheck[];
  /** The draft it was made for: what differs from it wasn't looked at. Null before the first. */
  readonly draft: SubscriptionDraft | null;
}

/** What the panel has to say about the draft of a subscription, new or edited. */
export interface SubscriptionReview extends DraftReview {
  /** Tables that the subscriber lacks and that can be created with it, as a person reads them; absent for none. */
  readonly missingTables?: readonly string[];
}

/** What the panel sends to the page. */
export type SubscriptionUpdate =
  | SubscriptionModel
  /** The address to fill in: of a connection that was chosen, or of a connection string that was read. */
  | {
      readonly type: 'address';
      readonly address: PublisherAddressDraft;
      readonly useSavedPassword: boolean;
      readonly passwordTyped: boolean;
      /** Why the connection string can't be read; then the address is as before. */
      readonly error: ErrorDescription | null;
    }
  /** Transactions on the publisher that the creation of a slot would wait for. */
  | { readonly type: 'blockers'; readonly blockers: readonly Blocker[] }
  | PreflightState
  | SubscriptionReview
  | RunState
  | Refusal
  | FailedMessage;
