import type { TopologyNode } from '../../replication/model/topology.ts';
import type { Layout } from './layout.ts';
import type { DrawnEdge, Shape } from './shape.ts';
import { sizes } from './sizes.ts';
import { edgeTexts, nodeTexts } from './texts.ts';
import type { Live } from './words.ts';

/** Colours by name, the same in every theme, on white. */
const style = [
  'text{font:12px system-ui,sans-serif;fill:black}',
  '.name{font-weight:600}',
  '.quiet{fill:dimgray}',
  '.box{fill:white;stroke:dimgray;stroke-width:1.2}',
  '.stranger{stroke-dasharray:5 3}',
  '.line{fill:none;stroke:dimgray;stroke-width:1.5}',
  '.physical{stroke-dasharray:2 4}',
  '.good{stroke:seagreen}',
  '.warning{stroke:darkgoldenrod}',
  '.error{stroke:firebrick}',
  '.label{paint-order:stroke;stroke:white;stroke-width:4px;stroke-linejoin:round}',
].join('');

/** What is drawn as an SVG file that needs nothing else: no font, no script, no link. Names are text in it. */
export function svgText(shape: Shape, layout: Layout, live: Live, title: string): string {
  const { height, width } = layout;
  const [w, h] = [Math.ceil(Math.max(width, 1)), Math.ceil(Math.max(height, 1))];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" aria-labelledby="title">`,
    `<title id="title">${xmlEscaped(title)}</title>`,
    `<style>${style}</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="11" markerHeight="11" orient="auto"><path d="M0 0L8 4L0 8z" fill="dimgray"/></marker></defs>',
    `<rect width="${w}" height="${h}" fill="white"/>`,
    ...shape.edges.map((edge) => lineText(edge, layout, live)),
    ...shape.edges.map((edge) => labelText(edge, layout, live)),
    ...shape.nodes.map((node) => boxText(node, layout)),
    '</svg>',
    '',
  ].join('\n');
}

function lineText(edge: DrawnEdge, layout: Layout, live: Live): string {
  const { tone } = edgeTexts(edge, live);
  const path = layout.edges.get(edge.id)?.path ?? '';
  return `<path class="line ${edge.kind} ${tone}" d="${path}" marker-end="url(#arrow)"/>`;
}

function labelText(edge: DrawnEdge, layout: Layout, live: Live): string {
  const { full, name, state } = edgeTexts(edge, live);
  const at = layout.edges.get(edge.id)?.label ?? { x: 0, y: 0 };
  return (
    `<g transform="translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})"><title>${xmlEscaped(full)}</title>` +
    `<text class="label name" text-anchor="middle" y="-6">${xmlEscaped(name)}</text>` +
    `<text class="label quiet" text-anchor="middle" y="16">${xmlEscaped(state)}</text></g>`
  );
}

function boxText(node: TopologyNode, layout: Layout): string {
  const { full, lines } = nodeTexts(node);
  const at = layout.nodes.get(node.id) ?? { x: 0, y: 0 };
  const { height, width } = sizes.node;
  const [name = '', ...more] = lines;
  const top = more.length === 1 ? -5 : -14;
  return (
    `<g transform="translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})"><title>${xmlEscaped(full)}</title>` +
    `<rect class="box ${node.kind === 'server' ? '' : 'stranger'}" x="${-width / 2}" y="${-height / 2}" width="${width}" height="${height}" rx="${node.kind === 'consumer' ? 24 : 4}"/>` +
    `<text class="name" text-anchor="middle" y="${top}">${xmlEscaped(name)}</text>` +
    more
      .map(
        (line, index) =>
          `<text class="quiet" text-anchor="middle" y="${top + 19 + index * 17}">${xmlEscaped(line)}</text>`,
      )
      .join('') +
    '</g>'
  );
}

/** Text inside XML; what XML can't hold at all becomes a replacement sign. */
export function xmlEscaped(text: string): string {
  return text
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll(/\p{Cc}|\ufffe|\uffff/gu, (sign) => ('\t\n\r'.includes(sign) ? sign : '\ufffd'))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
