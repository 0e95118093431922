import * as vscode from 'vscode';

import type { CommandId } from '../contributions.ts';
import { type ActiveAlert, alertKinds, alertSeverity } from '../replication/alerts/alert.ts';
import type { AlertSubject } from '../replication/alerts/subject.ts';
import type { LagMonitor } from '../replication/lag/monitor.ts';
import type { StreamLag, StreamState } from '../replication/model/stream.ts';
import { alertIcon, alertsFirst, rowAlertWords } from './alerts/alertWords.ts';
import { Paced } from './paced.ts';
import type { Services } from './services.ts';
import { escapeMarkdown } from './tree/markdown.ts';
import { spoken } from './tree/row.ts';
import { asOf, shortState, streamIcon, streamName, worstFirst } from './worstStream.ts';

/** Streams the tooltip lists. */
const listed = 8;
/** A name longer than this is cut in the status bar. */
const longestName = 24;
/** How often it is looked whether what is shown has grown old, milliseconds. */
const lookMs = 10_000;
/** Several servers beat within this time; one update is enough, milliseconds, */
const gatherMs = 200;
/** and so is one for a beat of many. */
const restMs = 1000;

/**
 * The status bar item with the worst stream, physical slot or standby; hidden while there is none. While nobody looks nothing
 * is sampled: then it says of when it is. A click opens the lag panel, or the topology where it is about something physical.
 */
export function createStatusBar(services: Services, monitor: LagMonitor): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('pgReplication.lag', vscode.StatusBarAlignment.Left, 0);
  item.name = 'PostgreSQL Replication Lag';
  let shown = '';
  const updating = new Paced(() => update(), { gatherMs, restMs: () => restMs });
  const update = () => {
    const entries = worstEntries(services, monitor);
    const [worst] = entries;
    // Twice missed: the Servers view reads at the slowest.
    const staleMs = 2.5 * 1000 * Math.max(lookMs / 1000, services.settings.get('tree.refreshSeconds'));
    const age = worst ? asOf(worst, Date.now(), staleMs) : null;
    // What didn't change isn't set again: it would redraw the status bar at every beat.
    const key = JSON.stringify([
      age,
      entries.length,
      entries.slice(0, listed).map(({ alerts, line, state }) => [line, state, alertIcon(alerts)]),
    ]);
    if (key === shown) return;
    shown = key;
    if (worst) show(item, worst, age, tooltip(entries, age));
    else item.hide();
  };
  update();
  const stops = [monitor.onDidSample(() => updating.ask()), services.alerts.onDidChange(() => updating.askSoon())];
  const look = setInterval(update, lookMs);
  return vscode.Disposable.from(item, {
    dispose: () => {
      updating.stop();
      clearInterval(look);
      for (const stop of stops) stop();
    },
  });
}

/** A stream, or something physical that has alerts. */
interface Entry {
  readonly name: string;
  /** Its state in a few words, with the alerts that it doesn't say. */
  readonly words: string;
  /** Its name with its servers, and its state. */
  readonly line: string;
  readonly icon: string;
  readonly state: StreamState;
  readonly sampledAt: number;
  /** Worst first. */
  readonly alerts: readonly ActiveAlert[];
  /** A background is for what can't heal by itself. */
  readonly severe: boolean;
  /** The connection whose topology shows it; null for a stream, which the lag panel shows. */
  readonly topologyOf: string | null;
}

/** What has alerts before the streams that have none, the worst first. */
function worstEntries(services: Services, monitor: LagMonitor): readonly Entry[] {
  const streams = alertsFirst(services.alerts, worstFirst(monitor.lags())).map((lag) => streamEntry(services, lag));
  const physical = services.alerts.subjects().flatMap((subject) => physicalEntry(services, subject) ?? []);
  if (physical.length === 0) return streams;
  const rank = ({ alerts: [first] }: Entry) => (first ? alertKinds.indexOf(first.kind) : alertKinds.length);
  return [...streams, ...physical].toSorted((a, b) => rank(a) - rank(b));
}

function streamEntry({ alerts: center, connections }: Services, lag: StreamLag): Entry {
  const { sampledAt, state, stream } = lag;
  const { alerts, mutedUntil } = center.ofStream(stream);
  const said = rowAlertWords(alerts);
  const words = said === null ? shortState(lag) : `${shortState(lag)}, ${said}`;
  const names = [stream.publisher, stream.subscriber].flatMap(
    (end) => (end && connections.facts(end.connectionId)?.name) ?? [],
  );
  return {
    name: streamName(stream),
    words,
    line: `${streamName(stream)} (${names.join(' → ')}): ${words}`,
    icon: alertIcon(alerts)?.id ?? streamIcon(lag),
    state,
    sampledAt,
    alerts,
    severe: isSevere(alerts) || (state === 'lost' && mutedUntil === null),
    topologyOf: null,
  };
}

/** Null for streams, and for what has no alert: the status bar is about streams otherwise. */
function physicalEntry({ alerts: center, connections }: Services, subject: AlertSubject): Entry | null {
  if (subject.kind === 'stream') return null;
  const { alerts } = center.of(subject);
  const [first] = alerts;
  const [connectionId] = subject.connectionIds;
  if (!first || connectionId === undefined) return null;
  const words = alerts.map(({ short }) => `⚠ ${short}`).join(', ');
  const server = connections.facts(connectionId)?.name ?? '';
  const what = subject.kind === 'standby' ? `standby of ${server}` : `physical slot on ${server}`;
  return {
    name: subject.name,
    words,
    line: `${subject.name} (${what}): ${words}`,
    icon: alertIcon(alerts)?.id ?? 'warning',
    state: 'unknown',
    sampledAt: first.asOf,
    alerts,
    severe: isSevere(alerts),
    topologyOf: connectionId,
  };
}

function isSevere(alerts: readonly ActiveAlert[]): boolean {
  return alerts.some(({ kind }) => alertSeverity(kind) === 'error');
}

function show(item: vscode.StatusBarItem, worst: Entry, age: string | null, text: vscode.MarkdownString): void {
  const suffix = age === null ? '' : `, ${age}`;
  item.text = `$(${age === null ? worst.icon : 'history'}) ${plain(worst.name)} ${worst.words}${suffix}`;
  item.accessibilityInformation = { label: spoken('Replication lag', `${worst.line}${suffix}`) };
  item.tooltip = text;
  item.backgroundColor = worst.severe ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
  item.command =
    worst.topologyOf === null
      ? ('pgReplication.lag.open' satisfies CommandId)
      : {
          command: 'pgReplication.topology.open' satisfies CommandId,
          title: 'Open Topology',
          arguments: [{ connectionId: worst.topologyOf }],
        };
  item.show();
}

function tooltip(entries: readonly Entry[], age: string | null): vscode.MarkdownString {
  const lines = entries.slice(0, listed).map(({ line }) => `- ${escapeMarkdown(line)}`);
  const more = entries.length > listed ? [`- and ${entries.length - listed} more`] : [];
  const heading = `**Replication, worst first${age === null ? '' : escapeMarkdown(`, ${age}`)}**`;
  const why =
    age === null
      ? []
      : ['', 'Nothing is sampled while nobody looks. A click opens the lag panel, which samples every stream again.'];
  return new vscode.MarkdownString([heading, '', ...lines, ...more, ...why].join('\n'));
}

/** A server's name for an object as text of the status bar: no icons, not too long. */
function plain(name: string): string {
  const safe = name.replaceAll('$(', '$ (').replaceAll(/\s+/g, ' ');
  return safe.length > longestName ? `${safe.slice(0, longestName - 1)}…` : safe;
}
