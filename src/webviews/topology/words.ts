import type { TopologyLive } from '../../protocol/topology.ts';
import { bytesText, secondsText } from '../../replication/model/quantity.ts';
import { streamStates } from '../../replication/model/stream.ts';
import type { TopologyEdge, TopologyNode } from '../../replication/model/topology.ts';
import { states, type Tone } from '../shared/streamStates.ts';

/** How streams stand now, by their ids. */
export type Live = Readonly<Record<string, TopologyLive>>;

/** What a box is: "primary", "physical standby", "a consumer". */
export function kindText(node: TopologyNode): string {
  switch (node.kind) {
    case 'server':
      if (node.reading === 'never') return 'not read yet';
      return `${node.inRecovery ? 'physical standby' : 'PostgreSQL'}${node.version === null ? '' : ` ${node.version}`}`;
    case 'publisher':
      return 'publisher, not among the connections';
    case 'standby':
      return 'physical standby, not among the connections';
    case 'consumer':
      if (node.guess) return `probably, ${node.guess.because}`;
      return node.nobody ? 'no reader is known' : 'consumer, not among the connections';
  }
}

/** The state of a stream in one word; a physical one has the state of its sender, or of the slot that nobody reads. */
export function stateWord(edge: TopologyEdge, live: Live): string {
  if (edge.kind === 'physical' && edge.sender) return edge.sender.state ?? 'streaming';
  if (edge.kind === 'physical') return edge.slot ? states[unreadState(edge.slot)].word : 'no sender';
  const state = live[edge.id]?.state;
  return state === undefined ? 'Not read yet' : states[state].word;
}

/** What becomes of WAL that no sender reads. */
function unreadState(slot: TopologyEdge['slot']): 'lost' | 'inactive' {
  return slot?.lost ? 'lost' : 'inactive';
}

/** The codicon of a state. */
export function stateIcon(edge: TopologyEdge, live: Live): string {
  if (edge.kind === 'physical') return edge.sender ? 'pass' : states[unreadState(edge.slot)].icon;
  const state = live[edge.id]?.state;
  return state === undefined ? 'question' : states[state].icon;
}

/** How the state of a stream is coloured; its word says it without. */
export function toneOf(edge: TopologyEdge, live: Live): Tone {
  if (edge.kind === 'physical') return edge.sender ? 'good' : states[unreadState(edge.slot)].tone;
  const state = live[edge.id]?.state;
  return state === undefined ? 'quiet' : states[state].tone;
}

/** How far behind a stream is: "0.4 s, 12 MB behind"; empty where nothing is known. */
export function behindText(edge: TopologyEdge, live: Live): string {
  const one = live[edge.id];
  if (!one || one.state === 'lost') return '';
  const seconds =
    one.secondsBehind === null ? [] : [`${one.secondsBehindIsMinimum ? '≥ ' : ''}${secondsText(one.secondsBehind)}`];
  const bytes = one.notAppliedBytes === null ? [] : [bytesText(one.notAppliedBytes)];
  return [...seconds, ...bytes].join(', ');
}

/** What a stream is called: its subscription, else its slot, else its standby. */
export function edgeName({ kind, sender, slot, subscription }: TopologyEdge): string {
  return subscription?.name ?? slot?.name ?? (kind === 'physical' ? (sender?.applicationName ?? 'physical') : '');
}

/** The line below a stream's name: "Streaming · 0.4 s, 12 MB". */
export function edgeState(edge: TopologyEdge, live: Live): string {
  const behind = behindText(edge, live);
  const state = stateWord(edge, live);
  return behind === '' ? state : `${state} · ${behind}`;
}

/** The worst state among streams, and how many are in it. */
export function worstOf(edges: readonly TopologyEdge[], live: Live): { readonly text: string; readonly tone: Tone } {
  const physical = edges.filter(({ kind }) => kind === 'physical');
  const rank = ({ sender, slot }: TopologyEdge) => (slot?.lost ? 0 : sender ? 2 : 1);
  const [first] = physical.toSorted((a, b) => rank(a) - rank(b));
  if (first) {
    const word = stateWord(first, live);
    const amount = physical.filter((edge) => stateWord(edge, live) === word).length;
    return { text: amount === physical.length ? `${word} ${amount}` : `${word}: ${amount}`, tone: toneOf(first, live) };
  }
  for (const state of streamStates) {
    const amount = edges.filter(({ id }) => live[id]?.state === state).length;
    if (amount === edges.length) return { text: states[state].word, tone: states[state].tone };
    if (amount > 0) return { text: `${states[state].word}: ${amount}`, tone: states[state].tone };
  }
  return { text: 'Not read yet', tone: 'quiet' };
}

/** All there is, counted: "3 servers, 5 streams: 1 stopped, 4 streaming". */
export function summaryText(nodes: readonly TopologyNode[], edges: readonly TopologyEdge[], live: Live): string {
  const streams = edges.filter(({ kind }) => kind === 'logical');
  const counts = streamStates.flatMap((state) => {
    const amount = streams.filter(({ id }) => live[id]?.state === state).length;
    return amount === 0 ? [] : [`${amount} ${states[state].word.toLowerCase()}`];
  });
  const servers = nodes.filter(({ kind }) => kind === 'server').length;
  // A slot that nobody reads has no consumer to count.
  const others = nodes.filter(({ kind, nobody = false }) => kind !== 'server' && !nobody).length;
  const head = [
    count(servers, 'server'),
    ...(others === 0 ? [] : [`${others} not among the connections`]),
    count(streams.length, 'stream'),
  ].join(', ');
  return counts.length === 0 ? head : `${head}: ${counts.join(', ')}`;
}

/** What to read aloud: which streams changed their state; empty where none did. */
export function changesText(edges: readonly TopologyEdge[], before: Live, after: Live): string {
  const changed = edges.filter(({ id }) => {
    const [old, now] = [before[id]?.state, after[id]?.state];
    return old !== undefined && now !== undefined && old !== now;
  });
  if (changed.length > 3) return `${changed.length} streams changed their state`;
  return changed.map((edge) => `${edgeName(edge)}: ${stateWord(edge, after).toLowerCase()}`).join('; ');
}

/** "1 stream", "3 streams" */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** The text cut to `most` columns of a fixed font; wide letters of East Asia take two. */
export function cut(text: string, most: number): string {
  let columns = 0;
  let kept = '';
  for (const letter of text.replaceAll(/\s+/g, ' ')) {
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(
        letter,
      )
        ? 2
        : 1;
    if (columns > most) return `${kept.trimEnd()}…`;
    kept += letter;
  }
  return kept;
}
