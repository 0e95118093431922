import * as z from 'zod/mini';

import type { Capability } from '../replication/model/capability.ts';
import type { ErrorDescription } from '../replication/model/errors.ts';
import type { FailedMessage } from './messages.ts';
import type { FormServer, Refusal, RunState, ServerUnavailable } from './publication.ts';
import {
  type OfferedPublication,
  publisherAddress,
  subscriptionDraft,
  subscriptionFormRequests,
  type subscriptionOptionCapabilities,
  type SubscriptionReview,
} from './subscription.ts';

/** A subscription as it is to be. Holds no password: one that is typed travels alone and stays with the panel. */
export const subscriptionEditDraft = z.object({
  name: z.string(),
  enabled: z.boolean(),
  /** As the subscriber reaches the publisher; of no meaning where its connection string can't be read. */
  address: publisherAddress,
  /** The foreign server it connects by (19, untried); null or absent for a connection string. */
  foreignServer: z.exactOptional(z.nullable(z.string())),
  publications: z.array(z.string()),
  /** What goes with changed publications: take over their tables at once, and copy those that are new by it. */
  refresh: z.boolean(),
  copyData: z.boolean(),
  /** Create the tables that the subscriber lacks. Absent means no. */
  createTables: z.exactOptional(z.boolean()),
  /** False for slot_name = NONE. */
  hasSlot: z.boolean(),
  slotName: z.string(),
  /** Every option the server has, at its present value; absent where that can't be known. */
  options: subscriptionDraft.shape.options,
});
export type SubscriptionEditDraft = z.output<typeof subscriptionEditDraft>;

/** Which subscription of which connection is edited: the page starts with it and keeps it. */
export const subscriptionEdited = z.object({ connectionId: z.string(), subscription: z.string() });
export type SubscriptionEdited = z.output<typeof subscriptionEdited>;

/** What the page keeps over being hidden and over a reload: the draft, and what was there when it was begun. */
export const subscriptionEditKept = z.object({
  edited: subscriptionEdited,
  draft: subscriptionEditDraft,
  base: z.nullable(subscriptionEditDraft),
});
export type SubscriptionEditKept = z.output<typeof subscriptionEditKept>;

/** What the page of Edit Subscription sends. */
export const subscriptionEditRequest = z.discriminatedUnion('type', [
  ...subscriptionFormRequests(subscriptionEditDraft),
  z.object({ type: z.literal('retry') }),
]);
export type SubscriptionEditRequest = z.output<typeof subscriptionEditRequest>;

/** What the connection string holds besides its fields, or why it can't be read. */
export type StoredConnection =
  | {
      readonly readable: true;
      readonly hasPassword: boolean;
      /** Keywords of further secrets, which stay as they are. */
      readonly otherSecrets: readonly string[];
    }
  | { readonly readable: false; readonly error: ErrorDescription };

/** The capabilities that decide what can be altered. */
export type SubscriptionEditCapabilities = Readonly<
  Record<(typeof subscriptionOptionCapabilities)[number], Capability>
>;

/** The subscription as it is. Sent when the page is ready and whenever something of it changed. */
export interface SubscriptionEditModel {
  readonly type: 'model';
  readonly server: FormServer;
  /** What is there now, as a draft. */
  readonly present: SubscriptionEditDraft;
  readonly connection: StoredConnection;
  /** Foreign servers that it can connect by (19, untried); absent where there are none. */
  readonly foreignServers?: readonly string[];
  readonly capabilities: SubscriptionEditCapabilities;
  /** Options that were settled when it was created, each with the reason. */
  readonly fixed: readonly { readonly option: keyof SubscriptionEditDraft['options']; readonly reason: string }[];
  /** The known connection to its publisher, and what that publishes; null where none is known or it can't be read. */
  readonly publisher: { readonly name: string; readonly publications: readonly OfferedPublication[] } | null;
  readonly passwordTyped: boolean;
}

/** What the panel sends to the page. */
export type SubscriptionEditUpdate =
  | SubscriptionEditModel
  | ServerUnavailable
  | SubscriptionReview
  | RunState
  | Refusal
  | FailedMessage;
