import type { TopologyNode } from '../../replication/model/topology.ts';
import type { Shape } from './shape.ts';
import { count, edgeName, edgeState, kindText, type Live, worstOf } from './words.ts';

/** Ways to write a box, by what it is: a server, a stranger, a consumer. */
const brackets: Readonly<Record<TopologyNode['kind'], readonly [string, string]>> = {
  server: ['[', ']'],
  publisher: ['[', ']'],
  standby: ['[(', ')]'],
  consumer: ['([', '])'],
};

/** What is drawn as a Mermaid flowchart. Names are text in it, whatever they hold. */
export function mermaidText({ edges, nodes }: Shape, live: Live): string {
  const idOf = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const boxes = nodes.map((node) => {
    const [open, close] = brackets[node.kind];
    const lines = [node.name, node.address, kindText(node)].filter((line) => line !== null && line !== '');
    return `  ${idOf.get(node.id)}${open}"${lines.map((line) => mermaidEscaped(line ?? '')).join('<br/>')}"${close}`;
  });
  const lines = edges.map((drawn) => {
    const [first] = drawn.edges;
    const label =
      drawn.edges.length === 1 && first
        ? [edgeName(first), edgeState(first, live)]
        : [count(drawn.edges.length, 'stream'), worstOf(drawn.edges, live).text];
    const arrow = drawn.kind === 'physical' ? '-.->' : '-->';
    return `  ${idOf.get(drawn.from)} ${arrow}|"${label.map(mermaidEscaped).join('<br/>')}"| ${idOf.get(drawn.to)}`;
  });
  const strangers = nodes.filter(({ kind }) => kind !== 'server').map(({ id }) => idOf.get(id));
  const look =
    strangers.length === 0
      ? []
      : ['  classDef stranger stroke-dasharray: 4 3', `  class ${strangers.join(',')} stranger`];
  return `${['flowchart LR', ...boxes, ...lines, ...look].join('\n')}\n`;
}

/** Letters, digits and a few harmless signs as they are, everything else by its number (`#35;` is #). */
export function mermaidEscaped(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\p{L}\p{N} .,:/_()=+-]/gu, (letter) => `#${letter.codePointAt(0)};`);
}
