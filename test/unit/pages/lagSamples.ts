import type { LagFigure, LagRow, LagStateMessage, LagView } from '../../../src/protocol/lag.ts';

/** What the lag panel shows in the tests of its page: every kind of row, hostile names among them. */

export const lagView: LagView = {
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

const noFigures: Readonly<Record<LagFigure, number | null>> = {
  notSentBytes: null,
  inFlightBytes: null,
  notAppliedBytes: null,
  retainedBytes: null,
  secondsBehind: null,
  appliedBytesPerSecond: null,
};

export function lagRow(id: string, more: Partial<LagRow> = {}): LagRow {
  return {
    id,
    state: 'streaming',
    stateText: 'streaming',
    publisher: { server: 'shop-primary', object: id },
    subscriber: { server: 'warehouse', object: id },
    consumer: id,
    figures: {
      notSentBytes: 0,
      inFlightBytes: 2048,
      notAppliedBytes: 4096,
      retainedBytes: 2_500_000,
      secondsBehind: 0.2,
      appliedBytesPerSecond: 1_300_000,
    },
    unknown: {},
    secondsBehindIsMinimum: false,
    headroomBytes: null,
    writtenBytesPerSecond: 1_400_000,
    spark: '001122  3344556677889987654321',
    ...more,
  };
}

export const everyKind: readonly LagRow[] = [
  lagRow('orders_sub'),
  lagRow('events_sub', {
    state: 'catchingUp',
    stateText: 'not moving: nothing was confirmed for 41 s, 12 MB to go',
    figures: {
      notSentBytes: 11_000_000,
      inFlightBytes: 120_000,
      notAppliedBytes: 12_582_912,
      retainedBytes: 88_000_000,
      secondsBehind: 42,
      appliedBytesPerSecond: 0,
    },
    secondsBehindIsMinimum: true,
  }),
  lagRow('reports_sub', { state: 'copying', stateText: 'copying: 3 of 15 tables to go' }),
  lagRow('audit', {
    state: 'lost',
    stateText:
      "lost: shop-primary can't send from this slot any more, the WAL it needs was removed, because it kept more than max_slot_wal_keep_size",
    subscriber: null,
    consumer: 'wal2json',
    figures: noFigures,
    unknown: { notSentBytes: 'Unknown: the slot is lost, so there is no distance any more.' },
  }),
  lagRow('debezium', {
    state: 'inactive',
    stateText: 'inactive: nobody reads it since 03:12:44',
    subscriber: null,
    consumer: '<img src=x onerror=alert(1)> at 10.0.0.9',
    figures: {
      ...noFigures,
      notSentBytes: 4.5e9,
      inFlightBytes: 0,
      notAppliedBytes: 4.5e9,
      retainedBytes: 4.6e9,
      secondsBehind: 11_400,
    },
    headroomBytes: 1_200_000_000,
    outlook: ['⚠ lost in ≈ 14 min'],
  }),
  lagRow('legacy_sub', {
    state: 'unreachable',
    stateText: 'unreachable: no answer from the publisher legacy since 12:00:05: connection refused',
    publisher: { server: 'legacy', object: 'legacy_sub' },
    figures: noFigures,
    unknown: Object.fromEntries(
      Object.keys(noFigures).map((figure) => [figure, 'Unknown while the server does not answer.']),
    ),
  }),
  lagRow('mine', {
    publisher: null,
    state: 'disabled',
    stateText: 'disabled',
    figures: noFigures,
    unknown: Object.fromEntries(
      Object.keys(noFigures).map((figure) => [figure, 'Unknown: its publisher is not among the connections.']),
    ),
  }),
];

/** The state with these rows, a chart of the first three, and a gap in it. */
export function lagStateMessage(more: Partial<LagStateMessage> = {}): LagStateMessage {
  const rows = more.rows ?? everyKind;
  const newest = Date.UTC(2026, 10, 21, 2, 14, 5);
  const times = Array.from({ length: 300 }, (_, index) => newest / 1000 - 299 + index);
  const wave = (size: number, shift: number) =>
    times.map((_, index) =>
      index > 180 && index < 210 ? null : size * (1 + Math.sin((index + shift) / 25)) + (index % 7) / 10,
    );
  return {
    type: 'state',
    scopeText: 'all servers',
    view: lagView,
    rows,
    chart: {
      metric: 'secondsBehind',
      times,
      stepSeconds: 1,
      series: rows.slice(0, 3).map(({ consumer, id }, index) => ({
        id,
        label: `shop-primary → ${consumer}`,
        values: wave(4 + index * 6, index * 30),
      })),
      marks: [],
      leftOut: 0,
    },
    notices: [],
    sampledAt: newest,
    ...more,
  };
}
