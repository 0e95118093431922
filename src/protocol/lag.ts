import * as z from 'zod/mini';

import type { LagMetric, LagScope, StreamState } from '../replication/model/stream.ts';

/** Columns of the streams by which they can be sorted. */
const sortColumns = [
  'state',
  'publisher',
  'subscriber',
  'notSentBytes',
  'inFlightBytes',
  'notAppliedBytes',
  'retainedBytes',
  'secondsBehind',
  'appliedBytesPerSecond',
] as const;
export type LagSortColumn = (typeof sortColumns)[number];

const metrics = [
  'secondsBehind',
  'notAppliedBytes',
  'retainedBytes',
  'appliedBytesPerSecond',
] as const satisfies readonly LagMetric[];

/** What the person arranged in the panel. */
export const lagView = z.object({
  /** What the chart shows. */
  metric: z.enum(metrics),
  /** How far back it shows it. */
  rangeSeconds: z.literal([60, 300, 900, 3600]),
  paused: z.boolean(),
  /** Ids of the streams in the chart; null while the person has chosen none: then the panel chooses. */
  selected: z.nullable(z.array(z.string()).check(z.maxLength(1000))),
  sort: z.object({ column: z.enum(sortColumns), descending: z.boolean() }),
  /** The figures over time as a chart or as a table. */
  twin: z.enum(['chart', 'table']),
});
export type LagView = z.output<typeof lagView>;
export type LagRange = LagView['rangeSeconds'];

export const lagScope = z.union([
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('server'), connectionId: z.string() }),
  z.object({ kind: z.literal('slot'), connectionId: z.string(), slotName: z.string() }),
]) satisfies z.ZodMiniType<LagScope>;

/** What the page keeps, and the panel finds again after the window was reloaded. */
export const lagKept = z.object({ scope: lagScope, view: lagView });
export type LagKept = z.output<typeof lagKept>;

/** What the page sends, `ready` aside. */
export const lagRequest = z.discriminatedUnion('type', [
  /** The person arranged something: show it so. */
  z.object({ type: z.literal('view'), view: lagView }),
  /** Show an end of a stream in the Servers tree. */
  z.object({ type: z.literal('reveal'), streamId: z.string(), end: z.enum(['publisher', 'subscriber']) }),
]);
export type LagRequest = z.output<typeof lagRequest>;

/** The figures of a row. */
export type LagFigure =
  | 'notSentBytes'
  | 'inFlightBytes'
  | 'notAppliedBytes'
  | 'retainedBytes'
  | 'secondsBehind'
  | 'appliedBytesPerSecond';

/** An end of a stream for display: the connection's name, and the slot's or subscription's. */
export interface LagEnd {
  readonly server: string;
  readonly object: string;
}

/** One stream as the page shows it. */
export interface LagRow {
  readonly id: string;
  readonly state: StreamState;
  /** The state in words with its reason. */
  readonly stateText: string;
  readonly publisher: LagEnd | null;
  readonly subscriber: LagEnd | null;
  /** Who reads where the subscriber isn't known. */
  readonly consumer: string;
  /** Bytes, seconds, bytes per second; null where unknown. */
  readonly figures: Readonly<Record<LagFigure, number | null>>;
  /** Why a figure is unknown. */
  readonly unknown: Readonly<Partial<Record<LagFigure, string>>>;
  readonly secondsBehindIsMinimum: boolean;
  /** Bytes that may still be written before the slot is lost; null when unlimited or unknown. */
  readonly headroomBytes: number | null;
  readonly writtenBytesPerSecond: number | null;
  /** What lies ahead, in words, worst first: "⚠ lost in ≈ 2 h", "caught up in ≈ 4 min"; and how far its initial copy is. */
  readonly outlook?: readonly string[];
}

/** Streams over time, worst value of each step. */
export interface LagChart {
  readonly metric: LagMetric;
  /** Seconds since the epoch, in equal steps, oldest first. */
  readonly times: readonly number[];
  readonly stepSeconds: number;
  readonly series: readonly {
    readonly id: string;
    readonly label: string;
    /** Null: no sample, or unknown. */
    readonly values: readonly (number | null)[];
  }[];
}

/** All the page shows, at each beat. */
export interface LagStateMessage {
  readonly type: 'state';
  /** Whose streams they are: "all servers", "shop-primary". */
  readonly scopeText: string;
  readonly view: LagView;
  readonly rows: readonly LagRow[];
  readonly chart: LagChart;
  /** Servers that show nothing, with why. */
  readonly notices: readonly string[];
  /** Milliseconds since the epoch: the newest sample; null before the first. */
  readonly sampledAt: number | null;
}
