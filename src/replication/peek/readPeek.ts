import { ReplicationError } from '../model/errors.ts';
import { bytesToLsn, type Lsn, lsnToBytes } from '../model/lsn.ts';
import type { PeekedChange, PeekedChanges, PeekRequest } from '../model/reads.ts';
import { quoteIdentifier } from '../postgres/quote.ts';
import type { Session } from '../postgres/session.ts';
import { decodePgoutput } from './decodePgoutput.ts';
import { type PeekedSlot, readSlotToPeek } from './slotToPeek.ts';

/** How much work a peek may be. */
export interface PeekBounds {
  /** For everything together, in milliseconds. */
  readonly limitMs: number;
  /** Bytes of WAL that are looked through first; four times as many each time that didn't suffice. */
  readonly windowBytes: number;
}

/** Half a minute, and 64 MB of WAL at first. */
const usualBounds: PeekBounds = { limitMs: 30_000, windowBytes: 64 * 1024 * 1024 };

/** Of one change no more than this is read: bytes of a message of pgoutput, characters of another plugin's text. */
const longestMessage = 128 * 1024;
const longestText = 32 * 1024;
/** A server that is silent for this much longer than the limit is taken for lost, milliseconds. */
const silenceMs = 10_000;

/** One row of the peek functions. */
interface Row {
  readonly lsn: Lsn;
  readonly xid: string;
  /** Text, or bytes in hexadecimal; null where it is longer than `longestMessage`. */
  readonly data: string | null;
  readonly length: string;
}

/**
 * See OnDemandReads.peek. The functions look at their limit of changes only between transactions, and LIMIT doesn't
 * stop them, so what they look through is bounded by a position too: a window of WAL, widened until there are enough
 * changes, WAL ends or the time is over. Sets the session's statement_timeout: to be given a session of its own.
 * PostgreSQL 10 to 18. Rejects with ReplicationError: 'missing', 'unsupported' (a physical slot), 'invalidInput'
 * (another database, no publication), 'inUse' (with who holds it), 'slotLost', 'privilege', 'timeout'.
 */
export async function readPeek(
  session: Session,
  request: PeekRequest,
  bounds: PeekBounds = usualBounds,
): Promise<PeekedChanges> {
  const startedAt = performance.now();
  const left = (): number => Math.round(bounds.limitMs - (performance.now() - startedAt));
  const slot = await readSlotToPeek(session, request.slotName);
  if (slot.plugin === 'pgoutput' && request.publications.length === 0) {
    throw new ReplicationError(
      'invalidInput',
      `The changes of the replication slot ${slot.name} can be decoded only by a publication, and none was given.`,
      { advice: 'Choose the publications that its reader subscribes to.' },
    );
  }
  const result = async (rows: readonly Row[], upTo: Lsn | null): Promise<PeekedChanges> => ({
    changes: await toChanges(session, slot, rows.slice(0, request.limit)),
    more: rows.length > request.limit || upTo !== null,
    upTo,
    tookMs: Math.round(performance.now() - startedAt),
  });
  let found: { readonly rows: readonly Row[]; readonly upTo: Lsn } | undefined;
  for (let window = bounds.windowBytes; ; window *= 4) {
    const upTo = endOfWindow(slot, window);
    let rows: readonly Row[];
    try {
      rows = await readRows(session, slot, request, upTo, left());
    } catch (error) {
      if (found && ReplicationError.is(error, 'timeout')) return result(found.rows, found.upTo);
      throw explained(error, slot, request, bounds);
    }
    // Enough changes were found before the window's end, so it isn't known how far they reach.
    if (rows.length > request.limit) return result(rows, null);
    if (upTo === null) return result(rows, null);
    found = { rows, upTo };
  }
}

/** Null where the window reaches the end of WAL. */
function endOfWindow({ currentLsn, position }: PeekedSlot, windowBytes: number): Lsn | null {
  const end = lsnToBytes(position) + BigInt(windowBytes);
  return end >= lsnToBytes(currentLsn) ? null : bytesToLsn(end);
}

async function readRows(
  session: Session,
  slot: PeekedSlot,
  { limit, publications }: PeekRequest,
  upTo: Lsn | null,
  limitMs: number,
): Promise<readonly Row[]> {
  // One more than is wanted: it tells whether there are more.
  const wanted = limit + 1;
  const doing = `peek at the changes of the replication slot ${slot.name}`;
  const limits = { doing, deadlineMs: Math.max(1, limitMs) + silenceMs };
  await session.execute(`SET statement_timeout = ${Math.max(1, limitMs)}`, limits);
  if (slot.plugin !== 'pgoutput') {
    return session.query<Row>(
      `SELECT lsn::text, xid::text, pg_catalog.left(data, ${longestText}) AS data, pg_catalog.length(data)::text AS length
         FROM pg_catalog.pg_logical_slot_peek_changes($1, $2, $3) LIMIT ${wanted}`,
      [slot.name, upTo, wanted],
      limits,
    );
  }
  return session.query<Row>(
    `SELECT lsn::text, xid::text, CASE WHEN pg_catalog.octet_length(data) <= ${longestMessage} THEN pg_catalog.encode(data, 'hex') END AS data,
            pg_catalog.octet_length(data)::text AS length
       FROM pg_catalog.pg_logical_slot_peek_binary_changes($1, $2, $3, VARIADIC $4::text[]) LIMIT ${wanted}`,
    [slot.name, upTo, wanted, pgoutputOptions(slot, publications)],
    limits,
  );
}

/**
 * Version 1 of the protocol, which every version from 10 speaks: only from 2 on a transaction comes in pieces while it
 * still runs. Messages of pg_logical_emit_message are sent since 14.
 */
function pgoutputOptions({ sendsMessages }: PeekedSlot, publications: readonly string[]): readonly string[] {
  return [
    'proto_version',
    '1',
    'publication_names',
    publications.map(quoteIdentifier).join(','),
    ...(sendsMessages ? ['messages', 'true'] : []),
  ];
}

async function toChanges(session: Session, slot: PeekedSlot, rows: readonly Row[]): Promise<readonly PeekedChange[]> {
  if (slot.plugin === 'pgoutput') {
    const messages = rows.map(({ data, length }) =>
      data === null ? { tooLong: Number(length) } : Buffer.from(data, 'hex'),
    );
    const texts = await decodePgoutput(session, messages);
    return rows.map(({ lsn, xid }, index) => ({ lsn, xid, text: texts[index] ?? '' }));
  }
  return rows.map(({ data, length, lsn, xid }) => {
    const cut = Number(length) - longestText;
    return { lsn, xid, text: `${data ?? ''}${cut > 0 ? ` … (${cut} characters more)` : ''}` };
  });
}

/** A refusal in words that say what peeking has to do with it. */
function explained(error: unknown, slot: PeekedSlot, request: PeekRequest, bounds: PeekBounds): unknown {
  if (!ReplicationError.is(error) || error.server === undefined) return error;
  const more = { server: error.server, ...(error.advice === undefined ? {} : { advice: error.advice }) };
  if (error.kind === 'timeout') {
    const seconds = Math.round(bounds.limitMs / 1000);
    return new ReplicationError(
      'timeout',
      `The changes of the replication slot ${slot.name} weren’t decoded within ${seconds} s. It retains much WAL, or holds a very large transaction. Nothing was consumed.`,
      {
        ...more,
        advice: 'Try again when the server has less to do; decoding begins at the slot’s restart LSN each time.',
      },
    );
  }
  if (error.kind === 'missing' && /publication "/.test(error.server.message)) {
    return new ReplicationError(
      'missing',
      `A publication of ${request.publications.join(', ')} isn’t known where the changes of the replication slot ${slot.name} begin: changes are decoded with the publications of the time they were made.`,
      {
        ...more,
        advice:
          'Choose publications that were there already when the slot’s oldest change was made, or advance the slot beyond it.',
      },
    );
  }
  if (error.kind === 'inUse') {
    return new ReplicationError(
      'inUse',
      `The replication slot ${slot.name} is being read, so nobody else can look at its changes: ${error.server.message}.`,
      {
        ...more,
        advice: 'Disable the subscription that reads it, or stop its consumer; or copy the slot and peek at the copy.',
      },
    );
  }
  return error;
}
