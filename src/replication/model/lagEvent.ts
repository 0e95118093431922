/** What kind of thing happened. threshold: a figure crossed a limit that somebody set. */
export type LagEventKind = 'restart' | 'enabled' | 'disabled' | 'plan' | 'threshold';

/** Something that happened to a server or a stream, which may be why its lag moved. */
export interface LagEvent {
  /** Milliseconds since the epoch, our clock. */
  readonly at: number;
  readonly kind: LagEventKind;
  /** The connections it is about: it is shown with the streams that begin or end there. */
  readonly connectionIds: readonly string[];
  /** The only stream it is about; absent where it is about all of those connections. */
  readonly streamId?: string;
  /** Tells it from others of its kind at the same place, where the text may be worded anew; the text where it is absent. */
  readonly subject?: string;
  /** What happened, to which object on which server; without secrets. */
  readonly text: string;
}

/** Whoever knows what happened. */
export interface LagEvents {
  /** What happened from `from` to `to` (milliseconds since the epoch, both included), in any order. */
  between(from: number, to: number): readonly LagEvent[];
}
