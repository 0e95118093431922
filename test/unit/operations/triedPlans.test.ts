import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { oneStepPlans } from '../../database/oneStepPlans.ts';
import { resumablePlans } from '../../database/resumePlans.ts';

const rooms = ['operations', 'declaration'].map((room) =>
  path.join(import.meta.dirname, '../../../src/replication', room),
);

/** There is no server of 19 to try these on. */
const untried: readonly string[] = ['planRefreshSequences'];

/** The names of all functions that make a plan. */
function planMakers(): readonly string[] {
  return rooms.flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(path.join(room, file), 'utf8').matchAll(/^export (?:async )?function (plan[A-Z]\w*)/gm),
      ])
      .map(([, name = '']) => name),
  );
}

describe('every operation', () => {
  it('is tried with its connection cut between any two steps, and undone', () => {
    const tried = new Set([...resumablePlans, ...oneStepPlans].flatMap(({ made }) => made));
    assert.deepEqual(
      planMakers().filter((name) => !tried.has(name) && !untried.includes(name)),
      [],
      'add it to test/database/resumePlans.ts, or where it always makes one step, to oneStepPlans.ts',
    );
    assert.deepEqual(
      [...tried].filter((name) => !planMakers().includes(name)),
      [],
    );
  });
});
