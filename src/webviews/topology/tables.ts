import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

import { bytesText } from '../../replication/model/quantity.ts';
import type { Topology, TopologyEdge, TopologyNode, TopologyRemark } from '../../replication/model/topology.ts';
import { nameIn } from './drawing.ts';
import { behindText, edgeName, kindText, type Live, stateIcon, stateWord, toneOf } from './words.ts';

/** What the tables show and tell. */
export interface Tables {
  readonly topology: Topology;
  readonly live: Live;
  readonly selected: string | null;
  readonly onSelect: (id: string) => void;
}

/** The drawing's twin: the same streams and servers in two tables. */
export function tables(parts: Tables): TemplateResult {
  const { edges, nodes } = parts.topology;
  return html`<section aria-labelledby="streams-heading">
      <h2 id="streams-heading">Streams</h2>
      <div class="scroll">
        <table class="streams">
          <thead>
            <tr>
              <th scope="col">Stream</th>
              <th scope="col">State</th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col" class="number">Behind</th>
              <th scope="col" class="number">Retained</th>
              <th scope="col">Publications</th>
              <th scope="col">Remarks</th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              edges,
              ({ id }) => id,
              (edge) => streamRow(parts, edge),
            )}
          </tbody>
        </table>
      </div>
    </section>
    <section aria-labelledby="servers-heading">
      <h2 id="servers-heading">Servers and Consumers</h2>
      <div class="scroll">
        <table class="servers">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">What it is</th>
              <th scope="col">Address</th>
              <th scope="col" class="number">Receives</th>
              <th scope="col" class="number">Sends</th>
              <th scope="col">Remarks</th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              nodes,
              ({ id }) => id,
              (node) => nodeRow(parts, node),
            )}
          </tbody>
        </table>
      </div>
    </section>`;
}

function streamRow(parts: Tables, edge: TopologyEdge): TemplateResult {
  const { live, topology } = parts;
  const { slot, subscription } = edge;
  const retained = live[edge.id]?.retainedBytes ?? null;
  const from = [slot?.database, slot?.name].filter(Boolean).join(' / ');
  const to = [subscription?.database, subscription?.name].filter(Boolean).join(' / ');
  return html`<tr class=${edge.id === parts.selected ? 'selected' : ''}>
    <th scope="row">${selectButton(parts, edge.id, edgeName(edge))}</th>
    <td class="word tone-${toneOf(edge, live)}">
      <span class="codicon codicon-${stateIcon(edge, live)}" aria-hidden="true"></span> ${stateWord(edge, live)}
    </td>
    <td>
      <span class="name">${nameIn(topology, edge.from)}</span>
      ${from === '' ? nothing : html`<span class="name quiet">${from}</span>`}
    </td>
    <td>
      <span class="name">${nameIn(topology, edge.to)}</span>
      ${to === '' ? nothing : html`<span class="name quiet">${to}</span>`}
    </td>
    <td class="number">${known(behindText(edge, live))}</td>
    <td class="number">${known(retained === null ? '' : bytesText(retained))}</td>
    <td>${known(subscription?.publications.join(', ') ?? '')}</td>
    <td>${remarksOf(topology.remarks, edge.id)}</td>
  </tr>`;
}

function nodeRow(parts: Tables, node: TopologyNode): TemplateResult {
  return html`<tr class=${node.id === parts.selected ? 'selected' : ''}>
    <th scope="row">${selectButton(parts, node.id, node.name)}</th>
    <td>${kindText(node)}</td>
    <td>${known(node.address ?? '')}</td>
    <td class="number">${node.receives}</td>
    <td class="number">${node.sends}</td>
    <td>${remarksOf(parts.topology.remarks, node.id)}</td>
  </tr>`;
}

function selectButton({ onSelect, selected }: Tables, id: string, name: string): TemplateResult {
  return html`<button class="link name" data-item=${id} aria-pressed=${id === selected} @click=${() => onSelect(id)}>
    ${name}
  </button>`;
}

function remarksOf(remarks: readonly TopologyRemark[], about: string): TemplateResult {
  const own = remarks.filter((remark) => remark.about === about);
  return html`${own.map(({ text }) => html`<span class="name">${text}</span>`)}`;
}

function known(text: string): TemplateResult {
  return text === ''
    ? html`<span aria-hidden="true">—</span><span class="sr-only">unknown</span>`
    : html`<span class="name">${text}</span>`;
}
