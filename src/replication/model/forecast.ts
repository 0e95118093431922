/** The samples a forecast rests on. */
export interface ForecastBasis {
  readonly samples: number;
  /** Seconds from the first of them to the last. */
  readonly spanSeconds: number;
  /** What moves: `moves` per second, bytes or rows. */
  readonly perSecond: number;
  readonly moves: Moving;
}

/**
 * What a forecast watches: the room that a slot has left shrinks, what is not applied shrinks, what slots keep grows,
 * rows or bytes are copied.
 */
export type Moving = 'room' | 'rest' | 'kept' | 'rows' | 'copied';

/** When something will happen. Seconds count from `asOf`. */
export type Forecast =
  | {
      readonly kind: 'in';
      readonly seconds: number;
      /** By the fastest pace among the samples, */
      readonly earliest: number;
      /** and by the slowest; null where it would not happen at that pace. */
      readonly latest: number | null;
      /** Null where it rests on a clock and no rate. */
      readonly basis: ForecastBasis | null;
      /** Milliseconds since the epoch, our clock. */
      readonly asOf: number;
    }
  /** It is so already, or may be at any moment; `reason` says which. */
  | { readonly kind: 'now'; readonly reason: string }
  /** It does not happen while things stay as they are. */
  | { readonly kind: 'never'; readonly reason: string }
  /** Cannot be said (yet), and why. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** When a slot is lost, and to which of the two limits. Once the limit is passed, the next checkpoint takes the slot. */
export interface SlotLoss {
  /** size: max_slot_wal_keep_size (since 13); idle: idle_replication_slot_timeout (since 18). */
  readonly by: 'size' | 'idle';
  readonly when: Forecast;
}

/** What lies ahead of one stream. */
export interface StreamForecasts {
  readonly loss: SlotLoss;
  /** Until the publisher's WAL volume is full by what slots keep. */
  readonly volumeFull: Forecast;
  readonly catchUp: Forecast;
}
