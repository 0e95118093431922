import * as vscode from 'vscode';

import type { CommandId } from '../contributions.ts';
import type { LagMonitor } from '../replication/lag/monitor.ts';
import type { StreamLag } from '../replication/model/stream.ts';
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
    const lags = worstFirst(monitor.lags());
    const [worst] = lags;
    // Twice missed: the Servers view reads at the slowest.
    const staleMs = 2.5 * 1000 * Math.max(lookMs / 1000, services.settings.get('tree.refreshSeconds'));
    const age = worst ? asOf(worst, Date.now(), staleMs) : null;
    // What didn't change isn't set again: it would redraw the status bar at every beat.
    const key = JSON.stringify([
      age,
      lags.length,
      lags.slice(0, listed).map((lag) => [line(services, lag), lag.state]),
    ]);
    if (key === shown) return;
    shown = key;
    if (worst) show(item, { worst, age, line: line(services, worst) }, tooltip(services, lags, age));
    else item.hide();
  };
  update();
  const stop = monitor.onDidSample(() => {
    timer ??= setTimeout(update, gatherMs);
  });
  const look = setInterval(update, lookMs);
  return vscode.Disposable.from(item, {
    dispose: () => {
      clearTimeout(timer);
      clearInterval(look);
      stop();
    },
  });
}

interface Shown {
  readonly worst: StreamLag;
  /** "as of 14:02"; null while it is fresh. */
  readonly age: string | null;
  /** The stream with both servers and its state. */
  readonly line: string;
}

function show(item: vscode.StatusBarItem, shown: Shown, text: vscode.MarkdownString): void {
  const { age, worst } = shown;
  const name = plain(streamName(worst.stream));
  const suffix = age === null ? '' : `, ${age}`;
  item.text = `$(${age === null ? streamIcon(worst) : 'history'}) ${name} ${shortState(worst)}${suffix}`;
  item.accessibilityInformation = { label: spoken('Replication lag', `${shown.line}${suffix}`) };
  item.tooltip = text;
  // A background is for what can't heal by itself.
  item.backgroundColor = worst.state === 'lost' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
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

function line({ connections }: Services, lag: StreamLag): string {
  const { publisher, subscriber } = lag.stream;
  const names = [publisher, subscriber].flatMap((end) => (end && connections.facts(end.connectionId)?.name) ?? []);
  return `${streamName(lag.stream)} (${names.join(' → ')}): ${shortState(lag)}`;
}

/** A server's name for an object as text of the status bar: no icons, not too long. */
function plain(name: string): string {
  const safe = name.replaceAll('$(', '$ (').replaceAll(/\s+/g, ' ');
  return safe.length > longestName ? `${safe.slice(0, longestName - 1)}…` : safe;
}
