import assert from 'node:assert/strict';

import type { ServerState } from '../../../src/replication/model/serverState.ts';
import { WatchPolicy } from '../../../src/ui/tree/watchPolicy.ts';
import { subscription, target } from '../operations/fixture.ts';
import { failed, open } from './fixture.ts';

describe('which servers the tree keeps reading', () => {
  const states = new Map<string, ServerState>();
  const watched = new Map<symbol, string>();
  const policy = (): WatchPolicy =>
    new WatchPolicy({
      service: {
        state: (id) => states.get(id) ?? { phase: 'closed' },
        watch: (ids, intervalMs) => {
          const key = Symbol('watch');
          watched.set(key, `${ids.join(',')} each ${intervalMs} ms`);
          return () => watched.delete(key);
        },
      },
      connectionIds: () => ['calm', 'copying', 'lost', 'never', 'closed'],
      intervalMs: () => 10_000,
    });
  const now = (): readonly string[] => [...watched.values()];

  it('is those that were open once, while somebody looks; those that copy tables more often', () => {
    const error = { kind: 'refused', message: 'no' } as const;
    const { snapshot } = target();
    const sub = subscription('s');
    const progress = (copying: number): ServerState =>
      open(
        target({
          pulse: {
            tableProgress: [
              {
                subscriptionOid: sub.oid ?? 0,
                counts: { init: 0, copying, copied: 0, synchronized: 0, ready: 1 },
                notReady: copying > 0 ? [{ tableOid: 1, state: 'copying' }] : [],
              },
            ],
          },
        }).snapshot,
      );
    states.set('calm', open(snapshot));
    states.set('copying', progress(1));
    states.set('lost', failed(error, snapshot, 1));
    states.set('never', failed(error, null, null));
    const watch = policy();
    watch.onPulse('copying');
    assert.deepEqual(now(), []);
    watch.setVisible(true);
    assert.deepEqual(now(), ['calm,lost each 10000 ms', 'copying each 2000 ms']);
    states.set('copying', progress(0));
    watch.onPulse('copying');
    assert.deepEqual(now(), ['calm,copying,lost each 10000 ms']);
    watch.setVisible(false);
    assert.deepEqual(now(), []);
    watch.setVisible(true);
    watch.dispose();
    assert.deepEqual(now(), []);
  });
});
