import * as z from 'zod/mini';

import type { Capability, CapabilityName } from '../replication/model/capability.ts';
import type { ErrorDescription } from '../replication/model/errors.ts';
import type { Blocker, Problem } from '../replication/model/plan.ts';
import type { Table, TableDetails } from '../replication/model/table.ts';
import type { FailedMessage } from './messages.ts';

/** The draft of a publication: what will be handed to `planCreatePublication` (a `PublicationChoice`). */
export const publicationDraft = z.object({
  name: z.string(),
  scope: z.enum(['allTables', 'chosen']),
  schemas: z.array(z.string()),
  tables: z.array(
    z.object({
      schema: z.string(),
      name: z.string(),
      columns: z.nullable(z.array(z.string())),
      filter: z.nullable(z.string()),
    }),
  ),
  operations: z.object({ insert: z.boolean(), update: z.boolean(), delete: z.boolean(), truncate: z.boolean() }),
  viaRoot: z.boolean(),
  generatedColumns: z.enum(['none', 'stored']),
});
export type PublicationDraft = z.output<typeof publicationDraft>;

/** What the page keeps over being hidden and, with the window's state, over a reload. */
export const publicationKept = z.object({ connectionId: z.string(), draft: publicationDraft });
export type PublicationKept = z.output<typeof publicationKept>;

/** What the page of the Publication form sends. */
export const publicationRequest = z.discriminatedUnion('type', [
  /** Review this draft. */
  z.object({ type: z.literal('draft'), sequence: z.number(), draft: publicationDraft }),
  /** Columns of these tables, please. */
  z.object({ type: z.literal('describe'), tables: z.array(z.number()) }),
  z.object({ type: z.literal('create'), draft: publicationDraft }),
  /** Stop what runs. */
  z.object({ type: z.literal('stop') }),
  /** Close the panel. */
  z.object({ type: z.literal('dismiss') }),
  z.object({ type: z.literal('copySql') }),
  z.object({ type: z.literal('openSql') }),
  /** Connect again and read the server anew. */
  z.object({ type: z.literal('retry') }),
]);
export type PublicationRequest = z.output<typeof publicationRequest>;

/** A table to choose. */
export type ChoosableTable = Pick<
  Table,
  'oid' | 'schema' | 'name' | 'partitioned' | 'isPartition' | 'unlogged' | 'owner' | 'ownedByMe' | 'identityUsable'
> & {
  /** As a person reads it, and as Problem.object names it: `public.orders`, `public."a.b"`. */
  readonly label: string;
};

/** The server a form is about. */
export interface FormServer {
  readonly name: string;
  readonly database: string;
  /** "18.4" */
  readonly version: string;
  readonly role: string;
  readonly production: boolean;
  readonly readOnly: boolean;
}

/** The capabilities the Publication form asks for. */
export const publicationFormCapabilities = [
  'publication.create',
  'publication.allTables',
  'publication.schemas',
  'publication.columnLists',
  'publication.rowFilters',
  'publication.truncate',
  'publication.viaRoot',
  'publication.partitionedTables',
  'publication.generatedColumns',
] as const satisfies readonly CapabilityName[];
export type PublicationFormCapabilities = Readonly<Record<(typeof publicationFormCapabilities)[number], Capability>>;

/** All the page needs to know of the server. Sent when it is ready and when the server's inventory changed. */
export interface PublicationModel {
  readonly type: 'model';
  readonly server: FormServer;
  readonly capabilities: PublicationFormCapabilities;
  readonly schemas: readonly string[];
  readonly tables: readonly ChoosableTable[];
  /** Where the page kept none of its own. */
  readonly draft: PublicationDraft;
}

/** The server can't be reached, or isn't yet (`error` null). */
export interface ServerUnavailable {
  readonly type: 'unavailable';
  readonly serverName: string;
  readonly error: ErrorDescription | null;
}

/** What the panel has to say about a draft. */
export interface DraftReview {
  readonly type: 'review';
  readonly sequence: number;
  /** The SQL as it may be shown, cut after so many lines. */
  readonly sql: string;
  readonly linesLeftOut: number;
  readonly problems: readonly Problem[];
}

/** The state of a run. */
export interface RunState {
  readonly type: 'run';
  readonly running: boolean;
  /** While a step waits for other transactions. */
  readonly waiting: { readonly blockers: readonly Blocker[]; readonly remainingMs: number } | null;
  /** The title of the step that runs. */
  readonly step: string | null;
}

/** The server, or we ourselves, refused; `field` and `object` say what caused it, where that can be told. */
export interface Refusal {
  readonly type: 'refused';
  readonly error: ErrorDescription;
  readonly field: string | null;
  readonly object: string | null;
  /** What had been done before it failed; empty where nothing was changed. */
  readonly done: readonly string[];
}

/** What the panel sends to the page. */
export type PublicationUpdate =
  | PublicationModel
  | ServerUnavailable
  | DraftReview
  | { readonly type: 'details'; readonly details: readonly TableDetails[] }
  | RunState
  | Refusal
  | FailedMessage;
