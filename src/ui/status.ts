import * as vscode from 'vscode';

import type { CommandId } from '../contributions.ts';
import { type ActiveAlert, alertSeverity } from '../replication/alerts/alert.ts';
import type { LagMonitor } from '../replication/lag/monitor.ts';
import type { StreamLag } from '../replication/model/stream.ts';
import { alertIcon, alertsFirst, rowAlertWords } from './alerts/alertWords.ts';
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
/** Several servers beat within this time; one update is enough, milliseconds. */
const gatherMs = 200;

/**
 * The status bar item with the worst stream; hidden while there is none. While nobody looks nothing is sampled: then
 * it says of when it is. A click opens the lag panel.
 */
export function createStatusBar(services: Services, monitor: LagMonitor): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('pgReplication.lag', vscode.StatusBarAlignment.Left, 0);
  item.name = 'PostgreSQL Replication Lag';
  item.command = 'pgReplication.lag.open' satisfies CommandId;
  let shown = '';
  let timer: NodeJS.Timeout | undefined;
  const update = () => {
    timer = undefined;
    const lags = alertsFirst(services.alerts, worstFirst(monitor.lags()));
    const [worst] = lags;
    // Twice missed: the Servers view reads at the slowest.
    const staleMs = 2.5 * 1000 * Math.max(lookMs / 1000, services.settings.get('tree.refreshSeconds'));
    const age = worst ? asOf(worst, Date.now(), staleMs) : null;
    // What didn't change isn't set again: it would redraw the status bar at every beat.
    const key = JSON.stringify([
      age,
      lags.length,
      lags.slice(0, listed).map((lag) => [line(services, lag), lag.state, alertIcon(alertsOf(services, lag))]),
    ]);
    if (key === shown) return;
    shown = key;
    if (worst) {
      const { alerts, mutedUntil } = services.alerts.of(worst.stream);
      const muted = mutedUntil !== null;
      show(item, { worst, alerts, muted, age, line: line(services, worst) }, tooltip(services, lags, age));
    } else item.hide();
  };
  update();
  const soon = () => {
    timer ??= setTimeout(update, gatherMs);
  };
  const stops = [monitor.onDidSample(soon), services.alerts.onDidChange(soon)];
  const look = setInterval(update, lookMs);
  return vscode.Disposable.from(item, {
    dispose: () => {
      clearTimeout(timer);
      clearInterval(look);
      for (const stop of stops) stop();
    },
  });
}

interface Shown {
  readonly worst: StreamLag;
  /** Its alerts, worst first. */
  readonly alerts: readonly ActiveAlert[];
  /** The person doesn't want to hear of it. */
  readonly muted: boolean;
  /** "as of 14:02"; null while it is fresh. */
  readonly age: string | null;
  /** The stream with both servers and its state. */
  readonly line: string;
}

function show(item: vscode.StatusBarItem, shown: Shown, text: vscode.MarkdownString): void {
  const { age, alerts, worst } = shown;
  const name = plain(streamName(worst.stream));
  const suffix = age === null ? '' : `, ${age}`;
  const icon = alertIcon(alerts)?.id ?? streamIcon(worst);
  item.text = `$(${age === null ? icon : 'history'}) ${name} ${stateAndAlerts(worst, alerts)}${suffix}`;
  item.accessibilityInformation = { label: spoken('Replication lag', `${shown.line}${suffix}`) };
  item.tooltip = text;
  // A background is for what can't heal by itself.
  const severe = alerts.some(({ kind }) => alertSeverity(kind) === 'error');
  item.backgroundColor =
    severe || (worst.state === 'lost' && !shown.muted)
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
  item.show();
}

function tooltip(services: Services, lags: readonly StreamLag[], age: string | null): vscode.MarkdownString {
  const lines = lags.slice(0, listed).map((lag) => `- ${escapeMarkdown(line(services, lag))}`);
  const more = lags.length > listed ? [`- and ${lags.length - listed} more`] : [];
  const heading = `**Replication streams, worst first${age === null ? '' : escapeMarkdown(`, ${age}`)}**`;
  const why =
    age === null
      ? []
      : ['', 'Nothing is sampled while nobody looks. A click opens the lag panel, which samples every stream again.'];
  return new vscode.MarkdownString([heading, '', ...lines, ...more, ...why].join('\n'));
}

function line(services: Services, lag: StreamLag): string {
  const { connections } = services;
  const { publisher, subscriber } = lag.stream;
  const names = [publisher, subscriber].flatMap((end) => (end && connections.facts(end.connectionId)?.name) ?? []);
  return `${streamName(lag.stream)} (${names.join(' → ')}): ${stateAndAlerts(lag, alertsOf(services, lag))}`;
}

function alertsOf({ alerts }: Services, { stream }: StreamLag): readonly ActiveAlert[] {
  return alerts.of(stream).alerts;
}

/** "inactive, ⚠ retains too much": the alerts that the state doesn't say. */
function stateAndAlerts(lag: StreamLag, alerts: readonly ActiveAlert[]): string {
  const words = rowAlertWords(alerts);
  return words === null ? shortState(lag) : `${shortState(lag)}, ${words}`;
}

/** A server's name for an object as text of the status bar: no icons, not too long. */
function plain(name: string): string {
  const safe = name.replaceAll('$(', '$ (').replaceAll(/\s+/g, ' ');
  return safe.length > longestName ? `${safe.slice(0, longestName - 1)}…` : safe;
}
