import { type Lsn, lsnDistance } from '../../replication/model/lsn.ts';
import { bytesText, secondsText } from '../../replication/model/quantity.ts';
import type { PeekedChange, PeekedChanges } from '../../replication/model/reads.ts';
import { listInWords } from '../../replication/operations/words.ts';
import { count } from '../tree/words.ts';

/** What was peeked at. */
export interface Peek {
  readonly slotName: string;
  readonly serverName: string;
  readonly database: string;
  readonly plugin: string;
  /** Those that pgoutput decoded by; empty for other plugins. */
  readonly publications: readonly string[];
  /** The slot's confirmed flush LSN, and the end of WAL, when it was looked. */
  readonly position: Lsn | null;
  readonly currentLsn: Lsn;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly peeked: PeekedChanges;
}

/** The document: what this is, then a line for each change with its LSN and transaction. */
export function peekText(peek: Peek): string {
  const { changes } = peek.peeked;
  const head = [
    `# Changes in the replication slot ${peek.slotName}`,
    '#',
    ...facts(peek).map(([label, text]) => `# ${label.padEnd(10)}${oneLine(text)}`),
    '#',
    '# Nothing was consumed: the slot stands where it stood, and its reader still gets all of this.',
    '',
  ];
  const body = changes.length === 0 ? [emptyText(peek)] : [columnHeads(changes), ...changes.map(lineOf(changes))];
  return `${[...head, ...body].join('\n')}\n`;
}

function facts(peek: Peek): readonly (readonly [label: string, text: string])[] {
  const { at, currentLsn, database, peeked, plugin, position, publications, serverName } = peek;
  const ahead = lsnDistance(currentLsn, position);
  return [
    ['Server', `${serverName}, database ${database}`],
    ['Plugin', publications.length === 0 ? plugin : `${plugin}, decoded by ${publicationWords(publications)}`],
    [
      'Position',
      `${position ?? 'unknown'} (confirmed flush LSN)${ahead === null ? '' : `; WAL ends ${bytesText(ahead)} further, at ${currentLsn}`}`,
    ],
    ['Shown', shownWords(peeked)],
    ['Read', `${new Date(at).toISOString()}, in ${secondsText(peeked.tookMs / 1000)}; all times are UTC`],
  ];
}

function publicationWords(names: readonly string[]): string {
  return `the publication${names.length === 1 ? '' : 's'} ${listInWords(names)}`;
}

function shownWords({ changes, more, upTo }: PeekedChanges): string {
  const lines = count(changes.length, 'line');
  if (upTo !== null) return `${lines}, from WAL up to ${upTo}: there was no time to look further, so there may be more`;
  return more ? `the first ${lines}; there are more` : `${lines}; there are no more`;
}

function emptyText({ peeked }: Peek): string {
  return peeked.upTo === null
    ? 'No change waits in the slot: every transaction that was committed has been read.'
    : `No change was found up to ${peeked.upTo}.`;
}

interface Widths {
  readonly lsn: number;
  readonly xid: number;
}

function widthsOf(changes: readonly PeekedChange[]): Widths {
  return changes.reduce(
    (widest, { lsn, xid }) => ({ lsn: Math.max(widest.lsn, lsn.length), xid: Math.max(widest.xid, xid.length) }),
    { lsn: 3, xid: 3 },
  );
}

function columnHeads(changes: readonly PeekedChange[]): string {
  const { lsn, xid } = widthsOf(changes);
  return `${'LSN'.padEnd(lsn)}  ${'XID'.padStart(xid)}  Change`;
}

/** Further lines of a change stand below its first. */
function lineOf(changes: readonly PeekedChange[]): (change: PeekedChange) => string {
  const { lsn, xid } = widthsOf(changes);
  const indent = `\n${' '.repeat(lsn + xid + 4)}`;
  return (change) =>
    `${change.lsn.padEnd(lsn)}  ${change.xid.padStart(xid)}  ${change.text.replaceAll(/\r?\n|\r/g, indent)}`;
}

/** Names of a server must not begin a line of their own in the head. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
