import type { LagChart, LagEnd, LagFigure, LagRange, LagRow, LagStateMessage, LagView } from '../../protocol/lag.ts';
import type { Copies } from '../../replication/copy/copies.ts';
import { subscriptionCopyWords } from '../../replication/copy/words.ts';
import type { Forecasts } from '../../replication/forecast/forecasts.ts';
import { forecastWords } from '../../replication/forecast/words.ts';
import type { LagMonitor } from '../../replication/lag/monitor.ts';
import { joinSparse } from '../../replication/lag/sparse.ts';
import type { ConnectionSource } from '../../replication/model/connect.ts';
import { slownessText } from '../../replication/model/serverState.ts';
import type { LagScope, StreamLag } from '../../replication/model/stream.ts';
import type { SampleStore } from '../../replication/samples/sampleStore.ts';
import type { ReplicationService } from '../../replication/service.ts';
import { streamNotes } from '../streamNotes.ts';

/** What the panel starts with. */
export const firstView: LagView = {
  metric: 'secondsBehind',
  rangeSeconds: 300,
  paused: false,
  selected: null,
  sort: { column: 'secondsBehind', descending: true },
  twin: 'chart',
};

/** How many streams the chart shows while the person has chosen none. */
const shownUnasked = 6;
const stepSeconds: Readonly<Record<LagRange, number>> = { 60: 1, 300: 1, 900: 3, 3600: 10 };

export interface LagSources {
  readonly monitor: Pick<LagMonitor, 'lags' | 'series'>;
  readonly service: Pick<ReplicationService, 'state'>;
  readonly connections: Pick<ConnectionSource, 'all' | 'facts'>;
  /** What was sampled before, also by earlier windows; the monitor's own hour where it is absent. */
  readonly samples?: Pick<SampleStore, 'of'>;
  /** What lies ahead; nothing is said of it where they are absent. */
  readonly forecasts?: Pick<Forecasts, 'ofStream'>;
  readonly copies?: Pick<Copies, 'ofSubscription'>;
}

/** The streams of a scope at one moment; what a paused panel keeps showing. */
interface LagMoment {
  readonly rows: readonly LagRow[];
  readonly notices: readonly string[];
  readonly sampledAt: number | null;
}

/** What the streams of a scope look like now. */
function lagMoment(sources: LagSources, scope: LagScope): LagMoment {
  const lags = sources.monitor.lags(scope);
  return {
    rows: lags.map((lag) => lagRow(lag, sources)),
    notices: notices(sources, scope),
    sampledAt: lags.length === 0 ? null : Math.max(...lags.map(({ sampledAt }) => sampledAt)),
  };
}

/** What one panel shows: all streams of a scope as they are, or, while paused, as they were. */
export class LagPresenter {
  readonly #sources: LagSources;
  readonly #scope: LagScope;
  #view: LagView;
  #pausedAt: LagMoment | null = null;
  /** What the chart shows while the person has chosen nothing; kept so that lines don't come and go. */
  #unasked: readonly string[] = [];

  constructor(sources: LagSources, scope: LagScope, view: LagView = firstView) {
    this.#sources = sources;
    this.#scope = scope;
    this.#view = view;
  }

  get view(): LagView {
    return this.#view;
  }

  /** Arranges what is shown as the person wants it. Pausing keeps the moment; the samples go on. */
  arrange(view: LagView): void {
    this.#view = view;
    if (!view.paused) this.#pausedAt = null;
  }

  /** The whole state of the page. `beatMs`: the interval of sampling. */
  state(beatMs: number): LagStateMessage {
    const moment = this.#pausedAt ?? lagMoment(this.#sources, this.#scope);
    // A panel that comes back paused after a reload has nothing to keep yet.
    if (this.#view.paused && moment.rows.length > 0) this.#pausedAt = moment;
    const { notices: shownNotices, rows, sampledAt } = moment;
    const charted = this.#charted(rows);
    return {
      type: 'state',
      scopeText: scopeText(this.#sources, this.#scope),
      view: this.#view,
      rows,
      chart: lagChart(this.#sources, this.#view, charted, sampledAt, beatMs),
      notices: shownNotices,
      sampledAt,
    };
  }

  #charted(rows: readonly LagRow[]): readonly LagRow[] {
    const { metric, selected } = this.#view;
    if (selected !== null) return rows.filter(({ id }) => selected.includes(id));
    if (rows.length <= shownUnasked) return rows;
    const stillThere = this.#unasked.filter((id) => rows.some((row) => row.id === id));
    if (stillThere.length < shownUnasked) {
      const worstFirst = rows.toSorted((a, b) => (b.figures[metric] ?? -1) - (a.figures[metric] ?? -1));
      this.#unasked = worstFirst.slice(0, shownUnasked).map(({ id }) => id);
    }
    return rows.filter(({ id }) => this.#unasked.includes(id));
  }
}

/** Whose streams are shown, in words. */
export function scopeText({ connections }: Pick<LagSources, 'connections'>, scope: LagScope): string {
  if (scope.kind === 'all') return 'all servers';
  const name = connections.facts(scope.connectionId)?.name ?? 'a server that was removed';
  return scope.kind === 'server' ? name : `${scope.slotName} on ${name}`;
}

function lagRow(lag: StreamLag, sources: LagSources): LagRow {
  const { connections } = sources;
  const { publisher, subscriber } = lag.stream;
  const end = (connectionId: string, object: string): LagEnd => ({
    server: connections.facts(connectionId)?.name ?? 'unknown',
    object,
  });
  const { appliedBytesPerSecond, inFlightBytes, notAppliedBytes, notSentBytes, retainedBytes, secondsBehind } = lag;
  const figures = {
    notSentBytes,
    inFlightBytes,
    notAppliedBytes,
    retainedBytes,
    secondsBehind,
    appliedBytesPerSecond,
  };
  const missing = (Object.keys(figures) as LagFigure[]).filter((figure) => figures[figure] === null);
  return {
    id: lag.stream.id,
    state: lag.state,
    stateText: lag.stateText,
    publisher: publisher && end(publisher.connectionId, publisher.slotName),
    subscriber: subscriber && end(subscriber.connectionId, subscriber.subscriptionName),
    consumer: lag.stream.consumer,
    figures,
    unknown: Object.fromEntries(missing.map((figure) => [figure, whyUnknown(lag, figure)])),
    secondsBehindIsMinimum: lag.secondsBehindIsMinimum,
    headroomBytes: lag.headroomBytes,
    writtenBytesPerSecond: lag.writtenBytesPerSecond,
    outlook: [...outlook(lag, sources), ...streamNotes(lag)],
  };
}

/** What lies ahead of a stream, in words; and how far its initial copy is. */
function outlook(lag: StreamLag, { copies, forecasts }: LagSources): readonly string[] {
  const { subscriber } = lag.stream;
  const copy = subscriber && copies?.ofSubscription(subscriber.connectionId, subscriber.subscriptionName);
  const copied = copy ? subscriptionCopyWords(copy) : null;
  const ahead = forecasts && lag.state !== 'lost' ? forecastWords(forecasts.ofStream(lag)) : [];
  return copied === null ? ahead : [...ahead, copied];
}

function whyUnknown({ retainedBytes, state, stream }: StreamLag, figure: LagFigure): string {
  if (state === 'lost') return 'Unknown: the slot is lost, so there is no distance any more.';
  if (state === 'unreachable') return 'Unknown while the server does not answer.';
  if (stream.publisher === null) return 'Unknown: its publisher is not among the connections.';
  if (state === 'slotMissing') return 'Unknown: there is no replication slot to measure.';
  if (state === 'starting' && retainedBytes === null) return 'Unknown until the publisher is read again.';
  if (figure === 'secondsBehind') return 'Unknown until a few samples were taken.';
  if (figure === 'appliedBytesPerSecond') return 'Unknown until two samples can be compared.';
  if (figure === 'retainedBytes') return 'Unknown: the slot names no position it keeps WAL from.';
  if (figure === 'notAppliedBytes') return 'Unknown: the slot names no confirmed position.';
  return 'Unknown: this role may not see positions of WAL senders; membership in pg_monitor shows them.';
}

/** Connections of the scope that show nothing, because they aren't open and never were, or that answer slowly. */
function notices({ connections, service }: LagSources, scope: LagScope): string[] {
  return connections
    .all()
    .filter(({ id }) => scope.kind === 'all' || scope.connectionId === id)
    .flatMap(({ id, name }) => {
      const state = service.state(id);
      if (state.phase === 'connecting' && state.snapshot === null) return [`Connecting to ${name}…`];
      if (state.phase === 'failed' && state.snapshot === null) return [`${name}: ${state.error.message}`];
      const slowness = slownessText(state);
      if (slowness !== null) return [`${name} ${slowness}`];
      return [];
    });
}

function lagChart(
  { monitor, samples }: LagSources,
  view: LagView,
  charted: readonly LagRow[],
  sampledAt: number | null,
  beatMs: number,
): LagChart {
  const step = stepSeconds[view.rangeSeconds];
  const count = view.rangeSeconds / step;
  const widthMs = step * 1000;
  // On a grid of whole steps, so that points stay where they are from beat to beat.
  const from = (Math.floor((sampledAt ?? 0) / widthMs) - count + 1) * widthMs;
  const buckets = { from, count, widthMs, joinMs: Math.max(3000, beatMs * 2.5) };
  return {
    metric: view.metric,
    stepSeconds: step,
    times: Array.from({ length: sampledAt === null ? 0 : count }, (_, index) => (from + index * widthMs) / 1000),
    series: charted.map((row) => ({
      id: row.id,
      label: labelOf(row),
      values:
        sampledAt === null
          ? []
          : joinSparse((samples?.of(row.id) ?? monitor.series(row.id))?.buckets(view.metric, buckets) ?? [], step),
    })),
  };
}

function labelOf({ consumer, publisher, subscriber }: LagRow): string {
  const to = subscriber ? `${subscriber.server} / ${subscriber.object}` : (publisher?.object ?? consumer);
  return publisher ? `${publisher.server} → ${to}` : to;
}
