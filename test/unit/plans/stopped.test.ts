import assert from 'node:assert/strict';

import { asSentences } from '../../../src/replication/model/errors.ts';
import type { Plan, PlanOutcome } from '../../../src/replication/model/plan.ts';
import { confirmationFor } from '../../../src/ui/plans/confirmation.ts';
import { showOutcome } from '../../../src/ui/plans/outcome.ts';
import { runbookText } from '../../../src/ui/plans/runbook.ts';
import { planSqlText } from '../../../src/ui/plans/sqlText.ts';
import { undoPlan } from '../../../src/ui/plans/undo.ts';
import { planUndoWords } from '../../../src/ui/plans/undoWords.ts';
import { outcome, plan, step } from './fixture.ts';

describe('what is said of a plan that stopped', () => {
  type Failure = Parameters<Parameters<typeof showOutcome>[0]['notifier']['failure']>[0];

  async function said(ran: Plan, ended: PlanOutcome): Promise<Failure> {
    const heard: Failure[] = [];
    await showOutcome({
      plan: ran,
      outcome: ended,
      notifier: {
        done: () => assert.fail('it did not work'),
        serverWarnings: () => Promise.resolve(),
        error: () => Promise.resolve(),
        failure: async (failure) => void heard.push(failure),
      },
      runUndo: () => Promise.resolve(),
      lookAgain: () => Promise.resolve(),
      resume: () => Promise.resolve(),
    });
    const [failure] = heard;
    assert.ok(failure);
    return failure;
  }

  const text = ({ context, description }: Failure): string =>
    asSentences(context, description.message, description.advice);

  it('is where and why it stopped, how much stands, and what can be done', async () => {
    const failure = await said(
      plan([step('1'), step('2'), step('3')]),
      outcome(['done', 'failed', 'pending'], 'failed'),
    );
    assert.equal(
      text(failure),
      'Do everything: stopped at step 2 of 3, on shop. It was refused. One step was done before it, and stays done.',
    );
    assert.deepEqual(Object.keys(failure.actions ?? {}), ['Resume…', 'Undo What Was Done']);
    assert.match(failure.report ?? '', /What you can do:\n• Resume…: .*\n• Undo What Was Done: .*\n• Abandon…/);
  });

  it('is one sentence of a plan of one step, and offers no resume where nothing was done', async () => {
    assert.equal(text(await said(plan([step('1')]), outcome(['failed'], 'failed'))), 'On shop: It was refused.');
    const first = await said(plan([step('1'), step('2')]), outcome(['failed', 'pending'], 'failed'));
    assert.match(text(first), /No step was done before it\.$/);
    assert.deepEqual(first.actions, {});
  });

  it('offers to look again where that helps, and to resume where the step can be run twice', async () => {
    const ended = outcome(['unknown'], 'unknown');
    assert.deepEqual(Object.keys((await said(plan([step('1')]), ended)).actions ?? {}), ['Look Again']);
    const lost = { kind: 'connectionLost', message: 'It broke.' } as const;
    const told = { ...ended, steps: ended.steps.map((one) => ({ ...one, error: lost })) };
    const twice = await said(plan([step('1', { repeatable: true })]), told);
    assert.deepEqual(Object.keys(twice.actions ?? {}), ['Resume…']);
  });
});

describe('what can’t be undone', () => {
  const never = step('1', { undo: null, noUndo: 'The rows aren’t kept.', risk: 'lossy', consequence: 'Rows go.' });

  it('is said before it is run: in the question, in the preview, in the runbook', () => {
    const one = plan([never]);
    const detail = confirmationFor(one, () => undefined).question?.detail;
    assert.equal(detail, 'Rows go.\n\nThis can’t be undone. The rows aren’t kept.');
    assert.match(planSqlText(one), /^-- Note: This can’t be undone\. The rows aren’t kept\.$/m);
    const runbook = runbookText({ plan: one, target: () => undefined, madeAt: 'now' });
    assert.match(runbook, /-- Do 1 \(shop\): can’t be taken back\. The rows aren’t kept\.\n$/);
    assert.equal(planUndoWords(plan([never, step('2')])), 'As a whole this can’t be undone. The rows aren’t kept.');
    assert.equal(planUndoWords(plan([step('1')])), null);
  });

  it('isn’t said of a step that only waits, which keeps no other from being taken back', () => {
    const waits = step('2', { undo: null, changesNothing: true });
    const two = plan([step('1'), waits]);
    assert.equal(planUndoWords(two), null);
    const undo = undoPlan(two, outcome(['done', 'done'], 'done'));
    assert.deepEqual(
      undo?.steps.map(({ title }) => title),
      ['Take back 1'],
    );
    assert.equal(undoPlan(plan([waits]), outcome(['done'], 'done')), null);
    assert.doesNotMatch(runbookText({ plan: two, target: () => undefined, madeAt: 'now' }), /can’t be taken back/);
  });

  it('isn’t said of an undo, which names its steps', () => {
    const undo = undoPlan(plan([step('1'), step('2')]), outcome(['done', 'done'], 'done'));
    assert.ok(undo);
    const { question } = confirmationFor({ ...undo, undoes: 'entry' }, () => undefined);
    assert.equal(
      question?.detail,
      'Take back 2 (shop).\n\nTake back 1 (shop).\n\nWhat was changed since by others is not looked at.',
    );
  });

  it('leaves a refresh for the end of an undo, once what it takes over is as before', () => {
    const refresh = { title: 'Refresh', statement: ['REFRESH'], afterwards: true } as const;
    const two = plan([step('1'), step('2', { undo: refresh, repeatable: true })]);
    const undo = undoPlan(two, outcome(['done', 'done'], 'done'));
    assert.deepEqual(
      undo?.steps.map(({ id, title, repeatable }) => [id, title, repeatable === true]),
      [
        ['1', 'Take back 1', false],
        ['2', 'Refresh', true],
      ],
    );
  });
});
