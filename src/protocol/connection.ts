import * as z from 'zod/mini';

import { sslModes } from '../replication/model/connect.ts';
import type { ErrorDescription } from '../replication/model/errors.ts';
import type { Problem } from '../replication/model/plan.ts';
import type { FailedMessage } from './messages.ts';

/** The fields of the Connection form as they are typed. The password is none of them: it travels alone. */
export const connectionFields = z.object({
  /** Empty: a name is made of the target. */
  name: z.string(),
  host: z.string(),
  port: z.string(),
  /** Empty: the database named as the user. */
  database: z.string(),
  user: z.string(),
  sslMode: z.enum(sslModes),
  sslRootCert: z.string(),
  sslCert: z.string(),
  sslKey: z.string(),
  /** Seconds. */
  connectTimeout: z.string(),
  /** Seconds; 0 for none. */
  statementTimeout: z.string(),
  applicationName: z.string(),
  /** How large the volume of pg_wal is, "200 GB"; empty: not known. */
  walVolume: z.string(),
  /** Empty: in none. */
  folder: z.string(),
  /** A theme colour id (`charts.red`); empty for none. */
  color: z.string(),
  production: z.boolean(),
  readOnly: z.boolean(),
  /** An empty password field keeps the stored password, unless this is set. */
  forgetPassword: z.boolean(),
});
export type ConnectionFields = z.output<typeof connectionFields>;

export const fileFields = ['sslRootCert', 'sslCert', 'sslKey'] as const;
export type FileField = (typeof fileFields)[number];

/** What the form is for: a new connection, an existing one, or a new one like an existing one. */
export const connectionFormPurpose = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('add') }),
  z.object({ mode: z.enum(['edit', 'duplicate']), connectionId: z.string() }),
]);
export type ConnectionFormPurpose = z.output<typeof connectionFormPurpose>;

/** What the page keeps with the window's state, over a reload. Never the password. */
export const connectionKept = z.object({ purpose: connectionFormPurpose, fields: connectionFields });
export type ConnectionKept = z.output<typeof connectionKept>;

/** What the page of the Connection form sends. */
export const connectionRequest = z.discriminatedUnion('type', [
  /** Review these fields. */
  z.object({ type: z.literal('draft'), sequence: z.number(), fields: connectionFields }),
  /** The password field holds this now. The panel keeps it, as a hidden page forgets everything. */
  z.object({ type: z.literal('password'), value: z.string() }),
  /** Fill the fields from a connection string. */
  z.object({ type: z.literal('paste'), text: z.string(), fields: connectionFields }),
  z.object({ type: z.literal('test'), fields: connectionFields }),
  /** Save it, after it was tried unless `untested`. */
  z.object({ type: z.literal('save'), fields: connectionFields, untested: z.boolean() }),
  /** Stop trying. */
  z.object({ type: z.literal('stop') }),
  /** Choose a file for this field. */
  z.object({ type: z.literal('browse'), field: z.enum(fileFields) }),
  /** Close the panel. */
  z.object({ type: z.literal('dismiss') }),
]);
export type ConnectionRequest = z.output<typeof connectionRequest>;

/** All the page starts with. Sent whenever it is ready. */
export interface ConnectionModel {
  readonly type: 'model';
  readonly purpose: ConnectionFormPurpose;
  readonly fields: ConnectionFields;
  /** A password is stored, which an empty password field keeps. */
  readonly storedPassword: boolean;
  /** A password was typed or pasted before the page was hidden; it is kept and not shown. */
  readonly typedPassword: boolean;
  /** Folders in use. */
  readonly folders: readonly string[];
}

/** The fields after a connection string was read; its password, if it had one, is kept and not shown. */
export interface ConnectionFilled {
  readonly type: 'filled';
  readonly fields: ConnectionFields;
  readonly typedPassword: boolean;
  /** What of it couldn't be taken over, in sentences. */
  readonly remarks: readonly string[];
}

/** What is to be said about the fields. `field` of a problem is a key of ConnectionFields. */
export interface ConnectionReview {
  readonly type: 'review';
  readonly sequence: number;
  readonly problems: readonly Problem[];
  /** What it is called where no name is typed. */
  readonly suggestedName: string;
}

/** Something a role can or can't do on the server that was tried. */
export interface Ability {
  /** "Create publications" */
  readonly what: string;
  readonly can: boolean;
  /** Why it can't. */
  readonly reason: string | null;
}

/** A server that let us in. */
export interface TriedServer {
  /** "18.4" */
  readonly version: string;
  readonly database: string;
  readonly role: string;
  readonly superuser: boolean;
  readonly inRecovery: boolean;
  /** Milliseconds for one round trip that reads everything. */
  readonly tookMs: number;
  readonly abilities: readonly Ability[];
}

/** How trying the connection stands. */
export type ConnectionAttempt =
  | { readonly type: 'attempt'; readonly state: 'none' }
  | { readonly type: 'attempt'; readonly state: 'running'; readonly place: string }
  | { readonly type: 'attempt'; readonly state: 'worked'; readonly server: TriedServer }
  | { readonly type: 'attempt'; readonly state: 'failed'; readonly error: ErrorDescription };

/** What the panel sends to the page. */
export type ConnectionUpdate =
  | ConnectionModel
  | ConnectionFilled
  | { readonly type: 'pasteRefused'; readonly text: string; readonly error: ErrorDescription }
  | ConnectionReview
  | ConnectionAttempt
  | { readonly type: 'chosen'; readonly field: FileField; readonly path: string }
  | FailedMessage;
