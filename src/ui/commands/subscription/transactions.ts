import { type Lsn, lsnToBytes } from '../../../replication/model/lsn.ts';
import type { PeekedChange } from '../../../replication/model/reads.ts';

/** A transaction that waits in a slot. */
export interface WaitingTransaction {
  /** Where its commit record begins: what a subscriber since 15 calls "finished at". */
  readonly commitLsn: Lsn;
  /** Where its commit record ends: what the origin is moved to before 15. */
  readonly endLsn: Lsn;
  readonly changes: number;
  /** The first change, on one line. */
  readonly first: string;
}

/** The complete transactions among changes that were peeked at by pgoutput, in their order, from `from` on. */
export function waitingTransactions(changes: readonly PeekedChange[], from: Lsn | null): readonly WaitingTransaction[] {
  const found: WaitingTransaction[] = [];
  let open: { commitLsn: Lsn; texts: string[] } | null = null;
  for (const { text } of changes) {
    const begins = /^BEGIN\b.*\bcommit LSN ([0-9A-F]+\/[0-9A-F]+)/.exec(text)?.[1];
    const ends = /^COMMIT\b.*\bend LSN ([0-9A-F]+\/[0-9A-F]+)/.exec(text)?.[1];
    if (begins !== undefined) open = { commitLsn: begins, texts: [] };
    else if (ends !== undefined) {
      if (open) {
        const { commitLsn, texts } = open;
        found.push({ commitLsn, endLsn: ends, changes: texts.length, first: oneLine(texts[0] ?? 'no changes') });
      }
      open = null;
    } else if (!/^(RELATION|TYPE|ORIGIN)\b/.test(text)) open?.texts.push(text);
  }
  return from === null ? found : found.filter(({ commitLsn }) => lsnToBytes(commitLsn) >= lsnToBytes(from));
}

/** The position in a text that somebody pasted: an LSN, or a line of the log with "finished at" in it. */
export function finishLsnIn(text: string): Lsn | null {
  const named = /finished at ([0-9A-F]{1,8}\/[0-9A-F]{1,8})/i.exec(text)?.[1];
  const plain = /^\s*([0-9A-F]{1,8}\/[0-9A-F]{1,8})\s*$/i.exec(text)?.[1];
  return (named ?? plain)?.toUpperCase() ?? null;
}

/**
 * Why a transaction that finishes there can't be the one that fails; null where it can. `end` is where the publisher's
 * WAL ends: before 15 all up to a position is skipped, what is yet to come too.
 */
export function skipFault(text: string, applied: Lsn | null, end: Lsn | null = null): string | null {
  const lsn = finishLsnIn(text);
  if (lsn === null) return 'Give a position in the WAL, like 0/19B4DB0, or the line of the log that has it.';
  if (lsnToBytes(lsn) === 0n) return 'Nothing finishes at 0/0.';
  if (applied !== null && lsnToBytes(lsn) < lsnToBytes(applied)) {
    return `What finishes at ${lsn} was applied already: the subscription has come to ${applied}.`;
  }
  if (end !== null && lsnToBytes(lsn) > lsnToBytes(end)) {
    return `${lsn} lies beyond the end of the publisher’s WAL (${end}): all that is written up to there would be skipped too.`;
  }
  return null;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 120);
}
