import type { TopologyNode } from '../../replication/model/topology.ts';
import type { Tone } from '../shared/streamStates.ts';
import type { DrawnEdge } from './shape.ts';
import { count, cut, edgeName, edgeState, kindText, type Live, toneOf, worstOf } from './words.ts';

/** Columns of text that a box and a label have room for. */
const room = { name: 27, line: 34, label: 27, state: 31 };

/** The lines in a box, cut to its room, and all of it for a tooltip. */
export function nodeTexts(node: TopologyNode): { readonly lines: readonly string[]; readonly full: string } {
  const [name, address, kind] = [node.name, node.address ?? '', kindText(node)];
  return {
    lines: [cut(name, room.name), ...[address, kind].filter((line) => line !== '').map((line) => cut(line, room.line))],
    full: [name, address, kind].filter((line) => line !== '').join('\n'),
  };
}

/** The two lines of a label, cut to its room, their tone, and all of it for a tooltip. */
export function edgeTexts(
  { edges }: DrawnEdge,
  live: Live,
): { readonly name: string; readonly state: string; readonly tone: Tone; readonly full: string } {
  const [first] = edges;
  if (edges.length === 1 && first) {
    const both = first.bidirectional ? '⇄ ' : '';
    const name = `${both}${edgeName(first)}`;
    const state = edgeState(first, live);
    const more = live[first.id]?.stateText;
    const full = [name, more ?? state].join('\n');
    return { name: cut(name, room.label), state: cut(state, room.state), tone: toneOf(first, live), full };
  }
  const { text, tone } = worstOf(edges, live);
  const name = count(edges.length, 'stream');
  return { name, state: cut(text, room.state), tone, full: `${name}\n${text}` };
}
