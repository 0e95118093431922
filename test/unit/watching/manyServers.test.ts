import assert from 'node:assert/strict';

import { lsn, sender, slot, subscription, worker } from '../lag/handmade.ts';
import { Stage } from '../lag/stage.ts';

const count = 60;

/** The publisher of one stream, with two databases connected: `a` is the slot's. */
function publisher(index: number, database: 'a' | 'b', confirmed = 1000) {
  return {
    id: `pub${index}${database}`,
    host: `pub${index}`,
    database,
    systemIdentifier: String(index),
    pulse: {
      currentLsn: lsn(2000),
      slots: [slot(`sub${index}`, { database: 'a', confirmedFlushLsn: lsn(confirmed) })],
      senders: [sender({ flushLsn: lsn(confirmed), sentLsn: lsn(2000) })],
    },
  };
}

function subscriber(index: number) {
  const name = `sub${index}`;
  return {
    id: name,
    subscriptions: [subscription(name)],
    pulse: { workers: [worker(name, { receivedLsn: lsn(2000) })] },
  };
}

describe('many servers that open at once', () => {
  let stage: Stage;
  /** How often the monitor looked at all connections: once for each time it pairs. */
  let looks: number;

  beforeEach(() => {
    stage = new Stage();
    looks = 0;
    const { all } = stage.connections;
    Object.assign(stage.connections, {
      all: () => {
        looks += 1;
        return all();
      },
    });
    for (let index = 0; index < count; index += 1) {
      for (const options of [publisher(index, 'a'), publisher(index, 'b'), subscriber(index)]) stage.open(options);
    }
  });

  it('are paired a few times, not once for each, and whoever looks sees all of them', () => {
    assert.ok(looks <= 6, `${looks} times`);
    const lags = stage.monitor.lags();
    assert.equal(lags.length, count);
    assert.ok(lags.every(({ notAppliedBytes, stream }) => stream.subscriber !== null && notAppliedBytes === 1000));
  });

  it('lose none of their samples while pairing waits', () => {
    const openedAt = stage.now;
    const lags = stage.monitor.lags();
    // They are handed on with the next sample of any server.
    stage.beat({ pub0b: publisher(0, 'b').pulse });
    for (const { stream } of lags) assert.equal(stage.samples.of(stream.id)?.lastAt, openedAt);
  });

  it('are paired anew without a look, soon after the last has come', () => {
    stage.beat({ pub0b: publisher(0, 'b').pulse });
    const before = looks;
    assert.equal(stage.monitor.lags().length, count);
    assert.equal(looks, before, 'nothing was left to be paired');
  });

  it('are measured by the connection that shows the slot, not again at the beat of every other', () => {
    stage.monitor.lags();
    const seen = () => stage.monitor.lags().find(({ stream }) => stream.publisher?.slotName === 'sub0');
    const before = seen();
    stage.beat({ pub0b: publisher(0, 'b', 1500).pulse });
    assert.equal(seen(), before);
    stage.beat({ pub0a: publisher(0, 'a', 1500).pulse });
    assert.equal(seen()?.notAppliedBytes, 500);
  });
});
