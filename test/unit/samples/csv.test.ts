import assert from 'node:assert/strict';

import { samplesCsv } from '../../../src/replication/samples/csv.ts';
import { SampleStore } from '../../../src/replication/samples/sampleStore.ts';
import { hour, sample, second, start, streamOf } from './handmade.ts';

const names: Readonly<Record<string, string>> = { shop: 'shop, "old"', warehouse: '=cmd()' };

describe('the lag history as CSV', () => {
  const store = new SampleStore();
  store.record(sample(start, { notAppliedBytes: 4096, secondsBehind: 1.25, retainedBytes: null }));
  store.record(sample(start + second, { notAppliedBytes: 10, state: 'stopped' }));
  const lines = (tier: 'seconds' | 'minutes', from = 0): readonly string[] => [
    ...samplesCsv({ streams: store.streams(), tier, from, to: start + hour, nameOf: (id) => names[id] }),
  ];

  it('has a line for each second, unknown figures empty, and names that do no harm', () => {
    const [header, first, last, ...more] = lines('seconds');
    assert.equal(
      header,
      'time,stepSeconds,publisher,database,slot,subscriber,subscription,consumer,state,' +
        'secondsBehind,notAppliedBytes,retainedBytes,appliedBytesPerSecond,writtenBytesPerSecond\r\n',
    );
    const ends = `1,"shop, ""old""",shop,orders,'=cmd(),${streamOf().subscriber?.subscriptionName},orders`;
    assert.match(first ?? '', /^2026-11-20T00:00:00\.000Z,/);
    const [, seconds = '', bytes = ''] = /,streaming,([\d.]+),(\d+),,0,0\r\n$/.exec(first ?? '') ?? [];
    assert.ok(Math.abs(Number(seconds) - 1.25) < 0.002 && Math.abs(Number(bytes) - 4096) < 3, first);
    assert.ok(first?.includes(ends), first);
    assert.match(last ?? '', /^2026-11-20T00:00:01\.000Z,.*,stopped,0\.000,10,0,0,0\r\n$/);
    assert.deepEqual(more, []);
  });

  it('has the least, the greatest and the last of longer steps', () => {
    const [header = '', only = '', ...more] = lines('minutes');
    assert.deepEqual(more, []);
    const cells = only.trim().split(',');
    const at = (title: string) =>
      Number(cells.at(header.trim().split(',').indexOf(title) - header.trim().split(',').length));
    assert.equal(at('notAppliedBytes least'), 10);
    assert.ok(Math.abs(at('notAppliedBytes greatest') - 4096) < 3);
    assert.equal(at('notAppliedBytes last'), 10);
    assert.match(only, /,stopped,/);
  });

  it('leaves out what is outside the time asked for', () => {
    assert.equal(lines('seconds', start + second).length, 2);
  });
});
