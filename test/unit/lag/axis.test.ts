import assert from 'node:assert/strict';

import { axisSteps, axisTexts } from '../../../src/webviews/lag/axis.ts';

/** Labels from zero in equal steps. */
const texts = (metric: 'secondsBehind' | 'notAppliedBytes' | 'appliedBytesPerSecond', step: number, count: number) =>
  axisTexts(
    metric,
    Array.from({ length: count }, (_, index) => index * step),
  );

describe('the labels of the vertical axis', () => {
  it('are never the same for two places, whatever the step', () => {
    for (const metric of ['secondsBehind', 'notAppliedBytes', 'appliedBytesPerSecond'] as const) {
      // Decimals end at a day's tenths and at a byte's thousandths.
      for (const step of axisSteps(metric).filter((one) => one < 2 ** 40)) {
        const labels = texts(metric, step, 9);
        assert.equal(new Set(labels).size, labels.length, `${metric} by ${step}: ${labels.join(', ')}`);
      }
    }
  });

  it('say seconds in the unit of the step', () => {
    assert.deepEqual(texts('secondsBehind', 0.2, 3), ['0 s', '0.2 s', '0.4 s']);
    assert.deepEqual(texts('secondsBehind', 30, 4), ['0 s', '30 s', '60 s', '90 s']);
    assert.deepEqual(texts('secondsBehind', 300, 3), ['0 min', '5 min', '10 min']);
    assert.deepEqual(texts('secondsBehind', 3600, 3), ['0 h', '1 h', '2 h']);
    assert.deepEqual(texts('secondsBehind', 86_400, 3), ['0 d', '1 d', '2 d']);
  });

  it('say bytes as they are, by units of 1024', () => {
    assert.deepEqual(texts('notAppliedBytes', 2 ** 28, 6), ['0 B', '256 MB', '512 MB', '768 MB', '1 GB', '1.25 GB']);
    assert.deepEqual(texts('appliedBytesPerSecond', 512, 4), ['0 B/s', '512 B/s', '1 kB/s', '1.5 kB/s']);
  });
});
