import * as z from 'zod/mini';

import type { LagEventKind } from '../replication/model/lagEvent.ts';
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
  /** How far back it shows it: up to an hour, a day, or thirty days. */
  rangeSeconds: z.literal([60, 300, 900, 3600, 86_400, 2_592_000]),
  /** The part of time that is looked at instead, seconds since the epoch; null while the chart goes on with the clock. */
  zoom: z.prefault(z.nullable(z.object({ from: z.number(), to: z.number() })), null),
  /** Each stream also as it was a day before. */
  yesterday: z.prefault(z.boolean(), false),
  paused: z.boolean(),
  /** Ids of the streams in the chart; null while the person has chosen none: then the panel chooses. */
  selected: z.nullable(z.array(z.string()).check(z.maxLength(1000))),
  sort: z.object({ column: z.enum(sortColumns), descending: z.boolean() }),
  /** Words that must all be in what is shown of a stream. */
  filter: z.prefault(z.string().check(z.maxLength(1000)), ''),
  /** Streams of one publisher together. */
  grouped: z.prefault(z.boolean(), false),
  /** The figures over time as a chart, as a table, or as both. */
  twin: z.enum(['chart', 'table', 'both']),
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

/** Longest text that is taken for a file or the clipboard: a thousand streams over time. */
const longestExport = 20_000_000;

/** What the page sends, `ready` aside. */
export const lagRequest = z.discriminatedUnion('type', [
  /** The person arranged something: show it so. */
  z.object({ type: z.literal('view'), view: lagView }),
  /** Show an end of a stream in the Servers tree. */
  z.object({ type: z.literal('reveal'), streamId: z.string(), end: z.enum(['publisher', 'subscriber']) }),
  /** Keep what is shown, as comma-separated values, in a file or in the clipboard. */
  z.object({
    type: z.literal('export'),
    what: z.enum(['streams', 'figures']),
    how: z.enum(['save', 'copy']),
    text: z.string().check(z.maxLength(longestExport)),
  }),
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
  /**
   * The charted figure over the chosen range in equal steps, oldest first: a digit from 0 to 9 for each, by the greatest
   * of them, and a space where there was no sample. Empty while its past wasn't read yet.
   */
  readonly spark: string;
}

/** Something that happened to a server or a stream; a mark in the chart. */
export interface LagMark {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly kind: LagEventKind;
  /** What happened, to which object on which server. */
  readonly text: string;
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
    /** The same a day before, at the resolution that is kept; absent where it isn't compared. */
    readonly yesterday?: readonly (number | null)[];
  }[];
  /** What happened in this time, oldest first. */
  readonly marks: readonly LagMark[];
  /** Chosen streams that aren't among the series, because a chart of so many lines can't be read. */
  readonly leftOut: number;
}

/** All the page shows: what it starts with, and what it is given when it was away. */
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

/** What changed since the last state or change; sent at each beat. The view isn't among it: it is the page's own. */
export interface LagChangesMessage {
  readonly type: 'changes';
  /** New streams with all that is shown of them, others with what is different. */
  readonly rows: readonly (Partial<LagRow> & { readonly id: string })[];
  /** Ids of the streams that aren't there any more. */
  readonly gone: readonly string[];
  /** Absent where it is as it was. */
  readonly chart?: LagChart;
  readonly scopeText: string;
  readonly notices: readonly string[];
  readonly sampledAt: number | null;
}
