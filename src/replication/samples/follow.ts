import type { Forecasts } from '../forecast/forecasts.ts';
import type { LagMonitor } from '../lag/monitor.ts';
import type { Stream, StreamLag } from '../model/stream.ts';
import type { ReplicationService } from '../service.ts';
import type { SampleStore } from './sampleStore.ts';

/** What is followed, and who is told. */
export interface FollowParts {
  readonly monitor: Pick<LagMonitor, 'streams' | 'onDidSample'>;
  readonly service: Pick<ReplicationService, 'onDidChange'>;
  readonly forecasts: Forecasts;
  readonly samples: SampleStore;
  /** Called once, when there is a first stream. */
  readonly onFirst: () => void;
}

/** Hands on each sample of streams and servers to those who keep them. Returns the way to stop. */
export function followStreams(parts: FollowParts): () => void {
  const { forecasts, monitor, onFirst, samples, service } = parts;
  let first = true;
  let known: readonly Stream[] = [];
  const take = (measured: readonly StreamLag[]): void => {
    if (first && measured.length > 0) {
      first = false;
      onFirst();
    }
    for (const lag of measured) {
      samples.record(lag);
      forecasts.take(lag);
    }
    const streams = monitor.streams();
    // The same list until streams are paired anew.
    if (streams === known) return;
    known = streams;
    forecasts.keepOnly(new Set(streams.map(({ id }) => id)));
  };
  const stops = [service.onDidChange((connectionId) => forecasts.takeServer(connectionId)), monitor.onDidSample(take)];
  return () => {
    for (const stop of stops) stop();
  };
}
