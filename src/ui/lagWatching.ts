import * as vscode from 'vscode';

import type { LagScope } from '../replication/model/stream.ts';
import { leadsTo } from '../replication/topology/address.ts';
import { Paced } from './paced.ts';
import type { Services } from './services.ts';

/** How soon it is asked anew which connections to watch, milliseconds, */
const gatherMs = 100;
/** and how often at the most: it depends on what is paired, which changes seldom. */
const restMs = 500;

type WatchingServices = Pick<Services, 'service' | 'connections' | 'monitor' | 'settings'>;

/** Watches a changing set of connections at the sampling interval of the settings. */
export class LagWatch {
  readonly #services: WatchingServices;
  readonly #wanted: () => readonly string[];
  readonly #stops = new Map<string, () => void>();
  readonly #disposables: readonly (() => void)[];
  readonly #arranging = new Paced(() => this.#arrange(), { gatherMs, restMs: () => restMs });
  #on = false;

  /** `wanted`: which connections to watch now; asked again while there are samples. */
  constructor(services: WatchingServices, wanted: () => readonly string[]) {
    this.#services = services;
    this.#wanted = wanted;
    const interval = services.settings.onDidChange('sampling.intervalMs', () => this.#restart());
    this.#disposables = [
      services.monitor.onDidSample(() => {
        if (this.#on) this.#arranging.ask();
      }),
      () => interval.dispose(),
      () => this.#arranging.stop(),
    ];
  }

  /** Begins or ends sampling. */
  set on(on: boolean) {
    this.#on = on;
    this.#arranging.now();
  }

  /** Milliseconds between samples. */
  get beatMs(): number {
    return this.#services.settings.get('sampling.intervalMs');
  }

  dispose(): void {
    this.on = false;
    for (const dispose of this.#disposables) dispose();
  }

  #restart(): void {
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
    this.#arranging.now();
  }

  #arrange(): void {
    const wanted = new Set(this.#on ? this.#wanted() : []);
    for (const [id, stop] of this.#stops) {
      if (wanted.has(id)) continue;
      this.#stops.delete(id);
      stop();
    }
    for (const id of wanted) {
      // Set before the watch begins: it may tell of its first change at once.
      if (!this.#stops.has(id)) {
        this.#stops.set(id, () => {});
        this.#stops.set(id, this.#services.service.watch([id], this.beatMs));
      }
    }
  }
}

/**
 * The connections that show the streams of a scope: all; or the one asked for, the other ends of its streams, and
 * those its subscriptions' connection strings lead to.
 */
export function connectionsOfScope({ connections, monitor, service }: WatchingServices, scope: LagScope): string[] {
  const all = connections.all();
  if (scope.kind === 'all') return all.map(({ id }) => id);
  const own = all.find(({ id }) => id === scope.connectionId);
  if (!own) return [];
  const state = service.state(own.id);
  const subscriptions =
    scope.kind === 'server' && state.phase !== 'closed' ? (state.snapshot?.inventory.subscriptions ?? []) : [];
  const addresses = subscriptions.flatMap(({ publisher }) => publisher ?? []);
  const publishers = all.filter(({ target }) => addresses.some((address) => leadsTo(address, own.target, target)));
  const ends = monitor.lags(scope).flatMap(({ stream }) => [stream.publisher, stream.subscriber]);
  return [
    ...new Set([
      own.id,
      ...publishers.map(({ id }) => id),
      ...ends.flatMap((end) => (end && connections.facts(end.connectionId) ? end.connectionId : [])),
    ]),
  ];
}

/** While the setting says so, samples every connection that is open, whether or not somebody looks. */
export function watchAlways(services: WatchingServices): vscode.Disposable {
  const { settings } = services;
  const watch = new LagWatch(services, () =>
    services.connections
      .all()
      .map(({ id }) => id)
      .filter((id) => services.service.state(id).phase !== 'closed'),
  );
  const follow = () => {
    watch.on = settings.get('sampling.watchAlways');
  };
  follow();
  return vscode.Disposable.from(settings.onDidChange('sampling.watchAlways', follow), watch);
}
