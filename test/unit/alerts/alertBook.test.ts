import assert from 'node:assert/strict';

import type { AlertCondition, AlertLevel } from '../../../src/replication/alerts/alert.ts';
import { AlertBook } from '../../../src/replication/alerts/alertBook.ts';
import { condition, minute, noon } from './handmade.ts';

describe('a book of alerts', () => {
  let book: AlertBook;
  let at: number;

  beforeEach(() => {
    book = new AlertBook({ gapMs: () => minute });
    at = noon;
  });

  /** Samples one kind at every ten seconds, as often as levels are given; gives what was raised and cleared. */
  function sample(levels: readonly AlertLevel[], more: Partial<AlertCondition> = {}): readonly string[] {
    return levels.flatMap((level) => {
      at += 10_000;
      return take([condition(level, more)]);
    });
  }

  function take(conditions: readonly AlertCondition[], afterGap = false): readonly string[] {
    const { cleared, raised } = book.observe('s', { at, afterGap, conditions });
    const seconds = `at ${(at - noon) / 1000} s`;
    return [
      ...raised.map(({ kind }) => `${kind} raised ${seconds}`),
      ...cleared.map(({ kind }) => `${kind} cleared ${seconds}`),
    ];
  }

  const times = (count: number, level: AlertLevel) => Array.from({ length: count }, () => level);

  it('raises an alert once its threshold has been crossed for long enough, and only once', () => {
    assert.deepEqual(sample(times(12, 'over')), []);
    assert.deepEqual(book.active(), []);
    assert.deepEqual(sample(times(20, 'over')), ['behind raised at 130 s']);
    assert.deepEqual(
      book.active('s').map(({ kind, raisedAt }) => [kind, raisedAt]),
      [['behind', noon + 130_000]],
    );
    assert.deepEqual(book.active('other'), []);
  });

  it('raises at the first sample what needs no time', () => {
    assert.deepEqual(sample(['over'], { kind: 'lost', forSeconds: 0 }), ['lost raised at 10 s']);
  });

  it('starts again where the figure was well in between', () => {
    assert.deepEqual(sample([...times(11, 'over'), 'under', ...times(12, 'over')]), []);
    assert.deepEqual(sample(['over']), ['behind raised at 250 s']);
  });

  it('neither raises nor clears while a figure swings about its threshold', () => {
    const swings = Array.from({ length: 40 }, (_, index): AlertLevel => (index % 2 === 0 ? 'over' : 'between'));
    assert.deepEqual(sample(swings), ['behind raised at 130 s']);
    // Below for a moment only, again and again.
    const dips = Array.from({ length: 40 }, (_, index): AlertLevel => (index % 3 === 0 ? 'over' : 'under'));
    assert.deepEqual(sample(dips), []);
    assert.deepEqual(sample(times(40, 'between')), []);
    assert.equal(book.active().length, 1);
  });

  it('clears once the figure has been well for a while', () => {
    sample(times(13, 'over'));
    assert.deepEqual(sample(times(5, 'under')), ['behind cleared at 170 s']);
    assert.deepEqual(book.active(), []);
    assert.deepEqual(
      book.events('s').map(({ at: when, what }) => [what, when - noon]),
      [
        ['raised', 130_000],
        ['cleared', 170_000],
      ],
    );
  });

  it('clears at once what can’t be judged by any more', () => {
    sample(times(13, 'over'));
    assert.deepEqual(sample(['moot']), ['behind cleared at 140 s']);
  });

  it('ends a subject that is no more, with what an earlier window had raised of it', () => {
    sample(times(13, 'over'));
    book.restore([
      { subjectId: 's', kind: 'retained', raisedAt: noon },
      { subjectId: 'other', kind: 'retained', raisedAt: noon },
    ]);
    assert.deepEqual(
      book.end('s', at).map(({ kind }) => kind),
      ['behind', 'retained'],
    );
    assert.deepEqual(book.active(), []);
    assert.deepEqual(sample(['over']), [], 'one of that name begins anew');
  });

  it('proves nothing by the time between samples that are far apart, or with a sleep between them', () => {
    assert.deepEqual(sample(['over']), []);
    at += 10 * minute;
    assert.deepEqual(sample(times(12, 'over')), [], 'the gap isn’t time in which it was over');
    assert.deepEqual(sample(['over']), ['behind raised at 740 s']);
    assert.deepEqual(sample(['under']), []);
    at += 10 * minute;
    assert.deepEqual(sample(['under']), [], 'nor time in which it was well');
    assert.deepEqual(sample(times(3, 'under')), ['behind cleared at 1390 s']);

    sample(times(5, 'over'));
    at += 10_000;
    assert.deepEqual(take([condition('over')], true), []);
    assert.deepEqual(sample(times(11, 'over')), []);
    assert.deepEqual(sample(['over']).length, 1);
  });

  it('takes a clock that was set back for a gap', () => {
    sample(times(12, 'over'));
    at -= 60 * minute;
    assert.deepEqual(sample(times(12, 'over')), []);
  });

  it('keeps what holds while nobody can tell, and lets nothing begin', () => {
    sample(times(13, 'over'));
    assert.deepEqual(sample(times(30, 'unknown')), []);
    assert.equal(book.active().length, 1);
    assert.deepEqual(sample([...times(4, 'under')]).length, 1);
    assert.deepEqual(sample([...times(10, 'over'), 'unknown', ...times(12, 'over')]), []);
  });

  it('believes the server how long it has been so', () => {
    assert.deepEqual(sample(['over'], { kind: 'inactive', forSeconds: 900, knownForSeconds: 899 }), []);
    assert.deepEqual(sample(['over'], { kind: 'inactive', forSeconds: 900, knownForSeconds: 909 }), [
      'inactive raised at 20 s',
    ]);
  });

  it('goes on with what an earlier window had raised, without raising it anew', () => {
    book.restore([
      { subjectId: 's', kind: 'behind', raisedAt: noon - 60 * minute },
      { subjectId: 's', kind: 'retained', raisedAt: noon - 60 * minute },
    ]);
    assert.deepEqual(book.active(), [], 'nothing is known before the first sample');
    at += 10_000;
    assert.deepEqual(take([condition('between'), condition('under', { kind: 'retained' })]), [
      'behind raised at 10 s',
      'retained cleared at 10 s',
    ]);
    assert.equal(book.active()[0]?.raisedAt, noon - 60 * minute);
  });

  it('puts a stream away that can’t be seen, and goes on where it comes back', () => {
    sample(times(13, 'over'));
    assert.equal(book.keepOnly(new Set()), true);
    assert.deepEqual(book.active(), []);
    at += 60 * minute;
    sample(['over']);
    assert.equal(book.active()[0]?.raisedAt, noon + 130_000);
    assert.equal(book.events('s').length, 1, 'it is marked once');
    assert.equal(book.keepOnly(new Set(['s'])), false);
  });

  it('ends an alert whose threshold was switched off', () => {
    sample(times(13, 'over'));
    at += 10_000;
    assert.deepEqual(take([]), ['behind cleared at 140 s']);
  });

  it('has the words of the last sample, the worst first, and leaves out that what is unused is inactive', () => {
    at += 10_000;
    take(
      (['inactive', 'unused', 'retained', 'lost'] as const).map((kind) => condition('over', { kind, forSeconds: 0 })),
    );
    at += 10_000;
    take([condition('over', { kind: 'retained', sentence: 'More.' })]);
    assert.deepEqual(
      book.active().map(({ asOf, sentence }) => [sentence, asOf - noon]),
      [['More.', 20_000]],
    );
    at += 10_000;
    take(
      (['inactive', 'unused', 'retained', 'lost'] as const).map((kind) => condition('over', { kind, forSeconds: 0 })),
    );
    assert.deepEqual(
      book.active().map(({ kind }) => kind),
      ['lost', 'retained', 'unused'],
    );
  });

  it('takes a sample once', () => {
    at += 10_000;
    assert.equal(take([condition('over', { forSeconds: 0 })]).length, 1);
    assert.deepEqual(take([]), []);
    assert.equal(book.active().length, 1);
  });

  it('keeps so many events of so many streams and no more', () => {
    const small = new AlertBook({ gapMs: () => minute, clearAfterMs: 0, mostEvents: 4, mostSubjects: 2 });
    for (const subjectId of ['a', 'b', 'c']) {
      for (let index = 0; index < 10; index++) {
        const level = index % 2 === 0 ? 'over' : 'under';
        small.observe(subjectId, {
          at: noon + index * 1000,
          afterGap: false,
          conditions: [condition(level, { forSeconds: 0 })],
        });
      }
    }
    assert.deepEqual(
      ['a', 'b', 'c'].map((id) => small.events(id).length),
      [0, 4, 4],
    );
    assert.equal(small.events('c').at(-1)?.at, noon + 9000);
  });
});
