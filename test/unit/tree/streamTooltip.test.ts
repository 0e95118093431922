import assert from 'node:assert/strict';

import { tooltipOf } from '../../../src/ui/tree/kinds.ts';
import { LiveModel } from '../../../src/ui/tree/liveModel.ts';
import type { SubscriptionNode } from '../../../src/ui/tree/node.ts';
import { lsn, sender, slot, subscription, worker } from '../lag/handmade.ts';
import { Stage } from '../lag/stage.ts';
import { connection, outlookOf } from './fixture.ts';

/** From pub to hub to edge, each behind: what the publishers have confirmed is not the latest. */
function cascade(): { readonly stage: Stage; readonly drawn: LiveModel } {
  const sends = (name: string, confirmed: number) => ({
    slots: [slot(name, { confirmedFlushLsn: lsn(confirmed) })],
    senders: [sender({ applicationName: name, flushLsn: lsn(confirmed) })],
  });
  const reads = (name: string) => ({ workers: [worker(name)] });
  const stage = new Stage(
    { id: 'pub', pulse: sends('hub_sub', 10_000) },
    {
      id: 'hub',
      subscriptions: [subscription('hub_sub')],
      pulse: { ...sends('edge_sub', 10_000), ...reads('hub_sub') },
    },
    { id: 'edge', subscriptions: [subscription('edge_sub')], pulse: reads('edge_sub') },
  );
  stage.beat({ pub: { currentLsn: lsn(20_000) }, hub: {}, edge: {} });
  stage.beat({ pub: {}, hub: { currentLsn: lsn(20_000) }, edge: {} });
  stage.beat({ pub: {}, hub: {}, edge: {} });
  const parts: Parameters<typeof outlookOf>[0] = {
    service: stage.service,
    connections: { all: () => ['pub', 'hub', 'edge'].map((id) => connection(id)) },
    monitor: stage.monitor,
  };
  return { stage, drawn: new LiveModel({ ...parts, ...outlookOf(parts) }) };
}

function node(connectionId: string, name: string): SubscriptionNode {
  return { kind: 'subscription', id: name, connectionId, name };
}

describe('a subscription at the end of a cascade', () => {
  it('says how far it is behind the first publisher, and which hop it waits for most', () => {
    const { drawn, stage } = cascade();
    assert.deepEqual(
      stage.monitor
        .cascades()
        .map(({ hops, secondsBehind }) => [hops.map(({ stream }) => stream.consumer), secondsBehind]),
      [[['hub_sub', 'edge_sub'], 5]],
    );
    const text = tooltipOf(node('edge', 'edge_sub'), drawn) ?? '';
    assert.match(text, /End to end: 5 s behind over 2 hops, 3 s of it by hub\\_sub/);
    assert.doesNotMatch(tooltipOf(node('hub', 'hub_sub'), drawn) ?? '', /End to end/);
  });

  it('is looked at again when its publisher was read', () => {
    const { drawn } = cascade();
    assert.deepEqual(drawn.subscribersBehind(new Set(['pub'])), ['hub']);
    assert.deepEqual(drawn.subscribersBehind(new Set(['pub', 'hub'])), ['edge']);
    assert.deepEqual(drawn.subscribersBehind(new Set(['edge'])), []);
  });
});
