import assert from 'node:assert/strict';

import { EventBook, mostOfAll, mostOfOne } from '../../../src/replication/lag/eventBook.ts';
import type { LagEvent } from '../../../src/replication/model/lagEvent.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 20);

function event(at: number, more: Partial<LagEvent> = {}): LagEvent {
  return { at, kind: 'enabled', connectionIds: ['shop', 'warehouse'], text: 'it was enabled', ...more };
}

describe('what happened to streams', () => {
  it('is known once, however often it is seen: within some seconds, and a start by the clock of its server', () => {
    const book = new EventBook(() => now);
    book.add(event(now - 10_000));
    book.add(event(now - 8000));
    book.merge([event(now - 12_000)]);
    book.add(event(now));
    const started = { kind: 'restart', connectionIds: ['shop'], text: 'shop was started' } as const;
    book.add(event(now - 5000, { ...started, subject: '77' }));
    book.add(event(now - day, { ...started, subject: '77', text: 'the shop was started' }));
    book.add(event(now - 4000, { ...started, subject: '78' }));
    assert.deepEqual(
      book.between(now - 2 * day, now).map(({ at, kind }) => [kind, now - at]),
      [
        ['enabled', 10_000],
        ['restart', 5000],
        ['restart', 4000],
        ['enabled', 0],
      ],
    );
    assert.equal(book.between(now - 4000, now - 1).length, 1);
  });

  it('is of a month, and a bounded number of each stream and of all, the newest', () => {
    const book = new EventBook(() => now);
    book.add(event(now - 32 * day));
    assert.equal(book.between(0, now).length, 0);
    for (let time = 0; time < mostOfOne + 50; time += 1) book.add(event(now - time * 60_000));
    const ago = book.between(0, now).map(({ at }) => (now - at) / 60_000);
    assert.deepEqual([ago.length, Math.max(...ago)], [mostOfOne, mostOfOne - 1]);
    for (let stream = 0; stream < 150; stream += 1) {
      const many = { streamId: `${stream}`, text: 'x'.repeat(1000) };
      for (let time = 0; time < mostOfOne; time += 1) book.add(event(now - stream * 1000 - time * 60_000, many));
    }
    const all = book.between(0, now);
    assert.ok(all.length <= mostOfAll * 1.1 && all.length >= mostOfAll, String(all.length));
    assert.ok(all.every(({ text }) => text.length <= 300));
    assert.ok(book.changed().length === 1 && book.takeNew('shop').length === all.length);
  });

  it('is kept with the first of its connections, and goes with it', () => {
    const book = new EventBook(() => now);
    book.add(event(now));
    book.add(event(now, { connectionIds: ['warehouse'] }));
    book.merge([event(now - day)]);
    assert.deepEqual(book.changed(), ['shop', 'warehouse']);
    const taken = book.takeNew('shop');
    assert.deepEqual([taken.length, book.of('shop').length, book.changed()], [1, 2, ['warehouse']]);
    book.putBack(taken);
    assert.deepEqual(book.takeNew('shop'), taken);
    book.forget((id) => id !== 'warehouse');
    assert.deepEqual([book.changed(), book.of('warehouse'), book.of('shop').length], [[], [], 2]);
  });
});
