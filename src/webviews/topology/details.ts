import { html, nothing, type TemplateResult } from 'lit';

import type { TopologyRequest } from '../../protocol/topology.ts';
import { bytesText } from '../../replication/model/quantity.ts';
import type { TopologyEdge, TopologyNode, TopologyRemark } from '../../replication/model/topology.ts';
import { nameIn } from './drawing.ts';
import type { DrawnEdge, Shape } from './shape.ts';
import { behindText, count, edgeName, edgeState, kindText, type Live, stateWord } from './words.ts';

/** What the details show and tell. */
export interface Details {
  readonly shape: Shape;
  readonly live: Live;
  readonly remarks: readonly TopologyRemark[];
  readonly onSelect: (id: string) => void;
  readonly onAsk: (request: TopologyRequest) => void;
}

/** Tables that are listed one by one. */
const listedTables = 20;

/** All that is known of a box. */
export function nodeDetails(parts: Details, node: TopologyNode): TemplateResult {
  const { onAsk, onSelect, shape } = parts;
  const [first] = node.members;
  const lines = shape.edges.filter(({ from, to }) => from === node.id || to === node.id);
  return html`${heading(node.name, kindText(node))} ${remarkList(parts, node.id)}
    <dl>
      ${fact('Address', node.address)}
      ${fact(
        'Connections',
        node.members.length === 0
          ? null
          : node.members.map(({ database, name }) => `${name} (database ${database})`).join(', '),
      )}
      ${fact('Streams', streamsOf(node, shape))} ${fact('Read', node.kind === 'server' ? readingText(node) : null)}
    </dl>
    ${
      first
        ? html`<div class="buttons">
            <button
              class="button"
              @click=${() => onAsk({ type: 'reveal', kind: 'connection', connectionId: first.connectionId, name: '' })}
            >
              Show in Servers View
            </button>
          </div>`
        : nothing
    }
    ${
      lines.length === 0
        ? nothing
        : html`<h3>Streams</h3>
            <ul class="streams">
              ${lines.map((line) => streamItem(parts, line, onSelect))}
            </ul>`
    }`;
}

function streamItem(
  { live, shape }: Details,
  { edges, from, id, to }: DrawnEdge,
  onSelect: (id: string) => void,
): TemplateResult {
  const [first] = edges;
  const name = edges.length > 1 || !first ? count(edges.length, 'stream') : edgeName(first);
  return html`<li>
    <button class="link" @click=${() => onSelect(id)}>${name}</button>
    <span class="quiet"
      >${nameIn(shape, from)} →
      ${nameIn(shape, to)}${edges.length === 1 && first ? ` · ${edgeState(first, live)}` : ''}</span
    >
  </li>`;
}

/** All that is known of a line: one stream, or those it stands for. */
export function edgeDetails(parts: Details, drawn: DrawnEdge, selected: string): TemplateResult {
  const { live, onSelect, shape } = parts;
  const [first] = drawn.edges;
  const one = drawn.edges.find(({ id }) => id === selected) ?? (drawn.edges.length === 1 ? first : undefined);
  if (one) return streamDetails(parts, one);
  return html`${heading(count(drawn.edges.length, 'stream'), `${nameIn(shape, drawn.from)} → ${nameIn(shape, drawn.to)}`)}
    <ul class="streams">
      ${drawn.edges.map(
        (edge) =>
          html`<li>
            <button class="link" @click=${() => onSelect(edge.id)}>${edgeName(edge)}</button>
            <span class="quiet">${edgeState(edge, live)}</span>
          </li>`,
      )}
    </ul>`;
}

function streamDetails(parts: Details, edge: TopologyEdge): TemplateResult {
  const { live, shape } = parts;
  const { sender, slot, subscription } = edge;
  const now = live[edge.id];
  const retained = now?.retainedBytes ?? null;
  return html`${heading(edgeName(edge), `${nameIn(shape, edge.from)} → ${nameIn(shape, edge.to)}`)}
    ${remarkList(parts, edge.id)}
    <dl>
      ${fact('State', now?.stateText ?? stateWord(edge, live))} ${fact('Behind', behindText(edge, live))}
      ${fact('Retained WAL', retained === null ? null : bytesText(retained))}
      ${fact('Slot', slot && [slot.name, slot.plugin, slot.active ? 'active' : 'inactive'].filter(Boolean).join(', '))}
      ${fact('Database', [slot?.database, subscription?.database].filter(Boolean).join(' → '))}
      ${fact('WAL sender', sender && senderText(edge))} ${fact('Doubt', edge.doubt)}
      ${
        subscription
          ? html`${fact('Subscription', `${subscription.name}, ${subscription.enabled ? 'enabled' : 'disabled'}`)}
            ${fact('Publications', subscription.publications.join(', '))} ${fact('Origin', subscription.origin)}
            ${fact('Workers', workersText(edge))} ${fact('Tables', tablesText(edge))}`
          : nothing
      }
      ${fact('Table synchronization slots', edge.syncSlots.join(', '))}
      ${fact('Direction', edge.bidirectional ? 'There is a stream the other way too.' : null)}
    </dl>
    ${buttons(parts, edge)}`;
}

function buttons({ onAsk }: Details, { id, slot, streamId, subscription }: TopologyEdge): TemplateResult {
  const reveal = (kind: 'slot' | 'subscription', connectionId: string, name: string) =>
    html`<button class="button" @click=${() => onAsk({ type: 'reveal', kind, connectionId, name })}>
      Show ${kind === 'slot' ? 'Slot' : 'Subscription'}
    </button>`;
  return html`<div class="buttons">
    ${slot ? reveal('slot', slot.connectionId, slot.name) : nothing}
    ${subscription ? reveal('subscription', subscription.connectionId, subscription.name) : nothing}
    ${
      streamId === null
        ? nothing
        : html`<button class="button" @click=${() => onAsk({ type: 'lag', streamId: id })}>Open Lag</button>`
    }
  </div>`;
}

/** The remarks about one thing, each with a way to the slot it names. */
function remarkList({ onAsk, remarks }: Details, about: string): TemplateResult | typeof nothing {
  const own = remarks.filter((remark) => remark.about === about);
  if (own.length === 0) return nothing;
  return html`<ul class="remarks">
    ${own.map(({ severity, slot, text }) => {
      const show =
        slot && (() => onAsk({ type: 'reveal', kind: 'slot', connectionId: slot.connectionId, name: slot.name }));
      return html`<li>
        ${severityIcon(severity)} ${text}
        ${show ? html`<button class="link" @click=${show}>Show slot</button>` : nothing}
      </li>`;
    })}
  </ul>`;
}

/** The sign of how bad something is, with its word for who doesn't see it. */
export function severityIcon(severity: TopologyRemark['severity']): TemplateResult {
  return html`<span class="codicon codicon-${severity} icon-${severity}" aria-hidden="true"></span
    ><span class="sr-only">${severity}:</span>`;
}

function heading(name: string, below: string): TemplateResult {
  return html`<h2 id="details-heading" tabindex="-1">${name}</h2>
    <p class="quiet">${below}</p>`;
}

function fact(name: string, value: string | null | undefined): TemplateResult | typeof nothing {
  if (value === null || value === undefined || value === '') return nothing;
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function streamsOf({ id, receives, sends }: TopologyNode, { edges }: Shape): string {
  const parts = [...(receives > 0 ? [`receives ${receives}`] : []), ...(sends > 0 ? [`sends ${sends}`] : [])];
  if (parts.length === 0) return 'none';
  const sources = edges.filter(({ to }) => to === id).map(({ from }) => from);
  const targets = edges.filter(({ from }) => from === id).map(({ to }) => to);
  const cascades = sources.some((source) => source !== id && targets.some((to) => to !== id && to !== source));
  return `${parts.join(', ')}${cascades ? ' (a cascade goes through it)' : ''}`;
}

function readingText({ reading }: TopologyNode): string {
  if (reading === 'open') return 'now';
  return reading === 'past' ? 'not any more: the connection is down' : 'never: the connection is not open';
}

function senderText({ sender }: TopologyEdge): string {
  if (!sender) return '';
  const name = sender.applicationName === '' ? 'without an application name' : sender.applicationName;
  const parts = [
    name,
    ...(sender.clientAddress === null ? [] : [`at ${sender.clientAddress}`]),
    ...(sender.user === null ? [] : [`as ${sender.user}`]),
  ];
  return `${parts.join(' ')}, process ${sender.pid}`;
}

const workerNames = {
  apply: 'apply',
  parallelApply: 'parallel apply',
  tableSynchronization: 'synchronization',
  sequenceSynchronization: 'sequence synchronization',
} as const;

function workersText({ subscription }: TopologyEdge): string {
  const workers = subscription?.workers ?? [];
  if (workers.length === 0) return 'none runs';
  return workers
    .map(({ kind, pid, table }) => `${workerNames[kind]}${table === null ? '' : ` of ${table}`}, process ${pid}`)
    .join('; ');
}

function tablesText({ subscription }: TopologyEdge): string {
  if (!subscription) return '';
  const { tableCount, tables } = subscription;
  if (tableCount === 0) return 'none';
  const named = tables
    .slice(0, listedTables)
    .map(({ name, state }) => (state === 'ready' || state === null ? name : `${name} (${state})`));
  const more = tableCount - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
