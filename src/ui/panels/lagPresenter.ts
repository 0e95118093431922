import type { LagEnd, LagFigure, LagRow, LagStateMessage, LagView } from '../../protocol/lag.ts';
import { fitsFilter } from '../../protocol/lagRows.ts';
import type { Copies } from '../../replication/copy/copies.ts';
import { subscriptionCopyWords } from '../../replication/copy/words.ts';
import type { Forecasts } from '../../replication/forecast/forecasts.ts';
import { forecastWords } from '../../replication/forecast/words.ts';
import type { ConnectionSource } from '../../replication/model/connect.ts';
import { slownessText } from '../../replication/model/serverState.ts';
import type { LagScope, StreamLag } from '../../replication/model/stream.ts';
import { mostStreams } from '../../replication/samples/sampleStore.ts';
import type { ReplicationService } from '../../replication/service.ts';
import { streamNotes } from '../streamNotes.ts';
import { type LagChartSources, LagCharts } from './lagChart.ts';
import { LagSparks } from './lagSparks.ts';

/** What the panel starts with. */
export const firstView: LagView = {
  metric: 'secondsBehind',
  rangeSeconds: 300,
  zoom: null,
  yesterday: false,
  paused: false,
  selected: null,
  sort: { column: 'secondsBehind', descending: true },
  filter: '',
  grouped: false,
  twin: 'chart',
};

/** How many streams the chart shows while the person has chosen none. */
const shownUnasked = 6;
/** The most it shows: of more, the lines and their names can't be told apart. */
export const mostCharted = 12;

/** What the panel shows is made from these. */
export interface LagSources extends LagChartSources {
  readonly service: Pick<ReplicationService, 'state'>;
  readonly connections: Pick<ConnectionSource, 'all' | 'facts'>;
  /** What lies ahead; nothing is said of it where they are absent. */
  readonly forecasts?: Pick<Forecasts, 'ofStream'>;
  readonly copies?: Pick<Copies, 'ofSubscription'>;
}

/** The streams of a scope at one moment; what a paused panel keeps showing. */
interface LagMoment {
  /** The connections at the ends of each stream. */
  readonly endsOf: ReadonlyMap<string, readonly string[]>;
  readonly rows: readonly LagRow[];
  readonly notices: readonly string[];
  readonly sampledAt: number | null;
}

/** What the streams of a scope look like now. */
function lagMoment(sources: LagSources, scope: LagScope, rowOf: (lag: StreamLag) => LagRow): LagMoment {
  const lags = sources.monitor.lags(scope);
  return {
    endsOf: new Map(
      lags.map(({ stream: { id, publisher, subscriber } }) => [
        id,
        [publisher, subscriber].flatMap((end) => (end ? [end.connectionId] : [])),
      ]),
    ),
    rows: lags.map(rowOf),
    notices: [...notices(sources, scope), ...unkept(sources, lags)],
    sampledAt: lags.length === 0 ? null : Math.max(...lags.map(({ sampledAt }) => sampledAt)),
  };
}

/** What one panel shows: all streams of a scope as they are, or, while paused, as they were. */
export class LagPresenter {
  readonly #sources: LagSources;
  readonly #scope: LagScope;
  readonly #sparks: LagSparks;
  readonly #charts: LagCharts;
  #view: LagView;
  #pausedAt: LagMoment | null = null;
  /** The rows as they were made last. */
  #drawn: ReadonlyMap<string, DrawnRow> = new Map();
  /** What the chart shows while the person has chosen nothing; kept so that lines don't come and go. */
  #unasked: readonly string[] = [];

  constructor(sources: LagSources, scope: LagScope, view: LagView = firstView) {
    this.#sources = sources;
    this.#scope = scope;
    this.#view = view;
    this.#sparks = new LagSparks(sources);
    this.#charts = new LagCharts(sources);
  }

  get view(): LagView {
    return this.#view;
  }

  /** Arranges what is shown as the person wants it. Pausing keeps the moment; the samples go on. */
  arrange(view: LagView): void {
    if (view.filter !== this.#view.filter) this.#unasked = [];
    this.#view = view;
    if (!view.paused) this.#pausedAt = null;
  }

  /** The whole state of the page. `beatMs`: the interval of sampling. */
  state(beatMs: number): LagStateMessage {
    const moment = this.#pausedAt ?? this.#now(beatMs);
    // A panel that comes back paused after a reload has nothing to keep yet.
    if (this.#view.paused && moment.rows.length > 0) this.#pausedAt = moment;
    const { endsOf, notices: shownNotices, rows, sampledAt } = moment;
    const chosen = this.#chosen(rows);
    const charted = chosen.slice(0, mostCharted);
    return {
      type: 'state',
      scopeText: scopeText(this.#sources, this.#scope),
      view: this.#view,
      rows,
      chart: this.#charts.chart(this.#view, {
        streams: charted.map((row) => ({ id: row.id, label: labelOf(row), ends: endsOf.get(row.id) ?? [] })),
        leftOut: chosen.length - charted.length,
        sampledAt,
        beatMs,
      }),
      notices: shownNotices,
      sampledAt,
    };
  }

  #now(beatMs: number): LagMoment {
    const spark = this.#sparks.begin(this.#view, beatMs);
    const before = this.#drawn;
    const drawn = new Map<string, DrawnRow>();
    this.#drawn = drawn;
    return lagMoment(this.#sources, this.#scope, (lag) => {
      const { id } = lag.stream;
      const known = before.get(id);
      const row = drawRow(lag, this.#sources, spark(lag), known);
      drawn.set(id, row === known?.row ? known : { lag, row });
      return row;
    });
  }

  #chosen(all: readonly LagRow[]): readonly LagRow[] {
    const { filter, metric, selected } = this.#view;
    if (selected !== null) {
      // In the order in which they were chosen: where they are too many, the first stay.
      const rowOf = new Map(all.map((row) => [row.id, row]));
      return selected.flatMap((id) => rowOf.get(id) ?? []);
    }
    const rows = all.filter((row) => fitsFilter(row, filter));
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

/** A row, and what it was made from. */
interface DrawnRow {
  readonly lag: StreamLag;
  readonly row: LagRow;
}

/** The row of a stream: the very one that was made before where nothing was measured since, so that it isn't looked into again. */
function drawRow(lag: StreamLag, sources: LagSources, spark: string, before: DrawnRow | undefined): LagRow {
  const { publisher, subscriber } = endsOfRow(lag, sources);
  if (before?.lag === lag) {
    const { row } = before;
    const sameNames = row.publisher?.server === publisher?.server && row.subscriber?.server === subscriber?.server;
    if (sameNames && row.spark === spark) return row;
  }
  return lagRow(lag, sources, spark);
}

function endsOfRow({ stream }: StreamLag, { connections }: LagSources): Pick<LagRow, 'publisher' | 'subscriber'> {
  const { publisher, subscriber } = stream;
  const end = (connectionId: string, object: string): LagEnd => ({
    server: connections.facts(connectionId)?.name ?? 'unknown',
    object,
  });
  return {
    publisher: publisher && end(publisher.connectionId, publisher.slotName),
    subscriber: subscriber && end(subscriber.connectionId, subscriber.subscriptionName),
  };
}

function lagRow(lag: StreamLag, sources: LagSources, spark: string): LagRow {
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
    ...endsOfRow(lag, sources),
    consumer: lag.stream.consumer,
    figures,
    unknown: Object.fromEntries(missing.map((figure) => [figure, whyUnknown(lag, figure)])),
    secondsBehindIsMinimum: lag.secondsBehindIsMinimum,
    headroomBytes: lag.headroomBytes,
    writtenBytesPerSecond: lag.writtenBytesPerSecond,
    outlook: [...outlook(lag, sources), ...streamNotes(lag)],
    spark,
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

/** That more streams are sampled than there is room for: those beyond have no past to be drawn. */
function unkept({ samples }: LagSources, lags: readonly StreamLag[]): string[] {
  const without = lags.filter(({ stream }) => samples.of(stream.id) === undefined).length;
  if (without === 0) return [];
  const streams = without === 1 ? '1 of these streams' : `${without} of these streams`;
  return [
    `No history is kept of ${streams}: there is room for ${mostStreams} at a time, and as many others are sampled`,
  ];
}

function labelOf({ consumer, publisher, subscriber }: LagRow): string {
  const to = subscriber ? `${subscriber.server} / ${subscriber.object}` : (publisher?.object ?? consumer);
  return publisher ? `${publisher.server} → ${to}` : to;
}
