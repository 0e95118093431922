import assert from 'node:assert/strict';

import { undoPlan } from '../../src/ui/plans/undo.ts';
import { planUndoWords } from '../../src/ui/plans/undoWords.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { oneStepPlans } from './oneStepPlans.ts';
import { CutPair } from './resumeKit.ts';
import { resumablePlans } from './resumePlans.ts';

/** What PostgreSQL can't give back, whatever is tried: each says so before it is run. */
const without: readonly string[] = [
  'drop a subscription and leave its slot',
  'publish a table no more and have it refreshed',
  'copy a table again',
  'skip a transaction before 15',
  'drop several replication slots',
  'empty tables and subscribe',
  'let a role replicate, with a new password',
  'advance a replication slot',
  'refresh a subscription',
];

describe('the undo of every operation (real servers)', function () {
  this.timeout(120_000);

  for (const major of majorsUnderTest().filter((each) => each === 18 || each === 10)) {
    describe(`on ${major}`, () => {
      const settings = {
        max_replication_slots: '100',
        max_wal_senders: '60',
        max_logical_replication_workers: '50',
        max_worker_processes: '80',
      };
      const servers = useServers({ publisher: { major, settings }, subscriber: { major, settings } });
      let pair: CutPair;

      before(async () => {
        pair = await CutPair.open(servers.publisher, servers.subscriber);
      });
      after(() => pair?.dispose());

      const plans = [...oneStepPlans, ...resumablePlans].filter(
        ({ from = 10, until = 18 }) => major >= from && major <= until,
      );
      for (const [number, tried] of plans.entries()) {
        it(
          without.includes(tried.name) ? `isn’t offered: ${tried.name}` : `brings back what was: ${tried.name}`,
          async () => {
            const tag = `u${major}x${number}`;
            await tried.prepare(pair, tag);
            const before = await pair.state(tag);
            const plan = await tried.plan(pair, tag);
            if (oneStepPlans.includes(tried)) assert.equal(plan.steps.length, 1);
            const outcome = await pair.service.run(plan);
            assert.equal(outcome.status, 'done', JSON.stringify(outcome.steps));
            const undo = undoPlan(plan, outcome);
            if (without.includes(tried.name)) {
              assert.equal(undo, null);
              const silent = plan.steps.filter(
                (step) => step.undo === null && step.noUndo === undefined && !step.changesNothing,
              );
              assert.deepEqual(silent, [], 'each says why');
              assert.match(planUndoWords(plan) ?? '', /can’t be undone\. \p{Lu}/u);
            } else {
              assert.ok(undo, plan.steps.find((step) => step.undo === null)?.title);
              assert.equal(planUndoWords(plan), null);
              const undone = await pair.service.run(undo);
              assert.equal(undone.status, 'done', JSON.stringify(undone.steps));
              assert.equal(await pair.state(tag), before);
            }
            await pair.clean(tag);
          },
        );
      }
    });
  }
});
