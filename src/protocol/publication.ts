import * as z from 'zod/mini';

import type { Capability, CapabilityName } from '../replication/model/capability.ts';
import type { ErrorDescription } from '../replication/model/errors.ts';
import type { Blocker, Problem } from '../replication/model/plan.ts';
import type { EffectiveTable, MemberVerdict, RowCount } from '../replication/model/reads.ts';
import type { Table, TableDetails } from '../replication/model/table.ts';
import type { FailedMessage } from './messages.ts';

/** What becomes of a subscription that reads the publication once its tables have changed. */
const readerRefresh = z.object({
  connectionId: z.string(),
  subscription: z.string(),
  copyData: z.boolean(),
});
export type ReaderRefresh = z.output<typeof readerRefresh>;

/**
 * The draft of a publication: what will be handed to `planCreatePublication` or `planAlterPublication` (a
 * `PublicationChoice`), and, of an edit, which of the known subscriptions are to be refreshed afterwards.
 */
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
      /** Without the tables that inherit from it. */
      only: z.exactOptional(z.boolean()),
    }),
  ),
  operations: z.object({ insert: z.boolean(), update: z.boolean(), delete: z.boolean(), truncate: z.boolean() }),
  viaRoot: z.boolean(),
  generatedColumns: z.enum(['none', 'stored']),
  /** What all tables leave out (19, untried); absent for nothing. */
  exceptTables: z.exactOptional(
    z.array(z.object({ schema: z.string(), name: z.string(), only: z.exactOptional(z.boolean()) })),
  ),
  /** All sequences, beside all tables or alone (19, untried); absent for not. */
  allSequences: z.exactOptional(z.boolean()),
  refresh: z.exactOptional(z.array(readerRefresh)),
});
export type PublicationDraft = z.output<typeof publicationDraft>;

/**
 * What the page keeps over being hidden and, with the window's state, over a reload. `edit`: the publication that is
 * edited, and what it was when it was loaded.
 */
export const publicationKept = z.object({
  connectionId: z.string(),
  draft: publicationDraft,
  edit: z.exactOptional(z.object({ publication: z.string(), base: publicationDraft })),
});
export type PublicationKept = z.output<typeof publicationKept>;

const tableName = z.object({ schema: z.string(), name: z.string() });

/** What the page of the Publication form sends. */
export const publicationRequest = z.discriminatedUnion('type', [
  /** Review this draft. */
  z.object({ type: z.literal('draft'), sequence: z.number(), draft: publicationDraft }),
  /** Columns of these tables, please. */
  z.object({ type: z.literal('describe'), tables: z.array(z.number()) }),
  /** Create it, or save the edit. */
  z.object({ type: z.literal('create'), draft: publicationDraft }),
  /** Have the server judge columns and filters now, and those of this table in any case. */
  z.object({ type: z.literal('try'), draft: publicationDraft, table: z.nullable(tableName) }),
  /** Count the rows that pass this filter now. */
  z.object({ type: z.literal('count'), table: tableName, filter: z.nullable(z.string()) }),
  /** Open all that is really published, in an editor. */
  z.object({ type: z.literal('showTables') }),
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
  /** The tables that inherit from it, at any depth, by their labels; absent where there are none. */
  readonly heirs?: readonly string[];
};

/** A known subscription that reads the publication. */
export interface FormReader {
  readonly connectionId: string;
  readonly serverName: string;
  readonly subscription: string;
  readonly production: boolean;
  readonly readOnly: boolean;
}

/** The publication that is edited. */
export interface EditedPublication {
  readonly publication: string;
  /** As it is on the server; null where there is no such publication any more. */
  readonly present: PublicationDraft | null;
  /** What it is now was made by this form's own run: there is nothing to be told about it. */
  readonly byUs: boolean;
  readonly readers: readonly FormReader[];
}

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
  'publication.exceptTables',
  'publication.allSequences',
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
  /** Absent for a new publication. */
  readonly edit?: EditedPublication;
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
  /** What is said in place of the SQL where there is none. */
  readonly hint?: string;
}

/** What the panel has to say about the draft of a publication. */
export interface PublicationReview extends DraftReview {
  /** What the server said of tables as they are in this draft, where it was asked. */
  readonly verdicts: readonly MemberVerdict[];
  /** Tables that subscribers are told of only by this edit, and those they no longer are; the first of many. */
  readonly reach: TableReach;
  /** An edit that changes nothing. */
  readonly nothing: boolean;
}

/** How an edit changes what subscribers receive, by the labels of tables. */
export interface TableReach {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** All sequences come to it, or go from it (19, untried); absent where not. */
  readonly sequences?: true;
}

/** Whether the server is being asked to judge the draft; `error` where it could not. */
export interface TrialState {
  readonly type: 'trial';
  readonly running: boolean;
  readonly error: ErrorDescription | null;
}

/** Rows of a table that pass a filter, counted or (with `error`) not. While it counts both are null. */
export interface CountedRows {
  readonly type: 'counted';
  readonly table: { readonly schema: string; readonly name: string };
  readonly filter: string | null;
  readonly count: RowCount | null;
  readonly error: ErrorDescription | null;
}

/** What the edited publication really sends, as the server says: the first of `total`. */
export interface EffectiveTables {
  readonly type: 'effective';
  readonly tables: readonly (EffectiveTable & { readonly label: string })[];
  readonly total: number;
  readonly error: ErrorDescription | null;
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
  | PublicationReview
  | TrialState
  | CountedRows
  | EffectiveTables
  | { readonly type: 'openTable'; readonly schema: string; readonly name: string }
  | { readonly type: 'details'; readonly details: readonly TableDetails[] }
  | RunState
  | Refusal
  | FailedMessage;
