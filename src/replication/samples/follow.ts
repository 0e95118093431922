import type { Forecasts } from '../forecast/forecasts.ts';
import type { LagMonitor } from '../lag/monitor.ts';
import type { ReplicationService } from '../service.ts';
import type { SampleStore } from './sampleStore.ts';

/** What is followed, and who is told. */
export interface FollowParts {
  readonly monitor: Pick<LagMonitor, 'lags' | 'streams' | 'onDidSample'>;
  readonly service: Pick<ReplicationService, 'onDidChange'>;
  readonly forecasts: Forecasts;
  readonly samples: SampleStore;
  /** Called once, when there is a first stream. */
  readonly onFirst: () => void;
  /** Beats of many servers come within this time and are taken together, milliseconds; 0 takes each at once. */
  readonly gatherMs?: number;
}

/** Hands on what streams and servers show to those who keep it. Returns the way to stop. */
export function followStreams(parts: FollowParts): () => void {
  const { forecasts, gatherMs = 100, monitor, onFirst, samples, service } = parts;
  let timer: NodeJS.Timeout | undefined;
  let first = true;
  const take = (): void => {
    timer = undefined;
    const lags = monitor.lags();
    if (lags.length === 0) return;
    if (first) onFirst();
    first = false;
    for (const lag of lags) {
      samples.record(lag);
      forecasts.take(lag);
    }
    forecasts.keepOnly(new Set(monitor.streams().map(({ id }) => id)));
  };
  const stops = [
    service.onDidChange((connectionId) => forecasts.takeServer(connectionId)),
    monitor.onDidSample(() => {
      if (gatherMs === 0) take();
      else timer ??= setTimeout(take, gatherMs);
    }),
  ];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}
