/** The closed set of ways things fail. A kind decides the sentence and the next step that are offered. */
export const errorKinds = [
  // reaching a server
  'unknownHost',
  'refused',
  'unreachable',
  'timeout',
  'tls',
  'authentication',
  'noSuchDatabase',
  'hbaRejected',
  'tooManyConnections',
  'serverStarting',
  'connectionLost',
  'invalidConnection',
  // what a server answers
  'privilege',
  'duplicate',
  'missing',
  'inUse',
  'invalidInput',
  'limit',
  'walLevel',
  'slotLost',
  'readOnlyServer',
  'transactionBlock',
  'publisherUnreachable',
  'publisherRefused',
  'unsupported',
  'server',
  // our own doing
  'cancelled',
  'readOnlyConnection',
  'notConfirmed',
  'stalePlan',
  'unknownConnection',
  'internal',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** What a server said, word for word (PostgreSQL, "Error and Notice Message Fields"). */
export interface ServerWords {
  readonly severity?: string;
  /** SQLSTATE. */
  readonly code?: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
  /** 1-based character of the statement. */
  readonly position?: number;
}

/**
 * The one error type of the service. `message` is our sentence, fit to be shown; `server` holds the
 * server's own words; `advice` is what can be done next. None of them ever holds a secret.
 */
export class ReplicationError extends Error {
  readonly kind: ErrorKind;
  readonly server?: ServerWords;
  readonly advice?: string;

  constructor(kind: ErrorKind, message: string, more: { server?: ServerWords; advice?: string; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'ReplicationError';
    this.kind = kind;
    if (more.server) this.server = more.server;
    if (more.advice) this.advice = more.advice;
  }

  /** Whether `error` is of this type and, where kinds are given, of one of them. */
  static is(error: unknown, ...kinds: readonly ErrorKind[]): error is ReplicationError {
    return error instanceof ReplicationError && (kinds.length === 0 || kinds.includes(error.kind));
  }
}

/** An error as plain data, to cross to a page or into the history. */
export interface ErrorDescription {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly advice?: string;
  readonly server?: ServerWords;
}

/** Any thrown thing as plain data. */
export function describeError(error: unknown): ErrorDescription {
  if (!ReplicationError.is(error)) {
    return { kind: 'internal', message: error instanceof Error ? error.message : String(error) };
  }
  return {
    kind: error.kind,
    message: error.message,
    ...(error.advice === undefined ? {} : { advice: error.advice }),
    ...(error.server === undefined ? {} : { server: error.server }),
  };
}

/** Joins what is said of an error. The server's own words, which a sentence may end with, come without a full stop. */
export function asSentences(...parts: readonly (string | undefined)[]): string {
  const said = parts.flatMap((part) => (part === undefined || part === '' ? [] : [part]));
  return said
    .map((part, index) => (index === said.length - 1 || /[.!?:;…]["”)]?$/.test(part) ? part : `${part}.`))
    .join(' ');
}
