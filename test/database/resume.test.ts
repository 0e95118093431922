import assert from 'node:assert/strict';

import type { Plan, PlanProgress, StepStatus } from '../../src/replication/model/plan.ts';
import { planCreateSlot } from '../../src/replication/operations/slot/createSlot.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { renderRedacted } from '../../src/replication/postgres/statement.ts';
import { entrySqlText } from '../../src/ui/plans/entryText.ts';
import { History } from '../../src/ui/plans/history.ts';
import type { HistoryEntry } from '../../src/ui/plans/historyRecord.ts';
import { planToRead, revivePlan } from '../../src/ui/plans/storedPlan.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest, type Major } from '../support/servers/versions.ts';
import { subscriptionTo } from './operationsKit.ts';
import { CutPair, Memory, runKept, typedSecrets, type KeptRun } from './resumeKit.ts';
import { resumablePlans, type TriedPlan } from './resumePlans.ts';

/** How the way to the server, or the server itself, breaks around one step. */
type Break = 'between' | 'unsent' | 'unheard' | 'unsent, mended' | 'unheard, mended' | 'killed';

/** How the step must have ended then, by the outcome and by its entry. */
const ends: Readonly<Record<Break, StepStatus>> = {
  between: 'failed',
  unsent: 'unknown',
  unheard: 'unknown',
  'unsent, mended': 'failed',
  'unheard, mended': 'done',
  killed: 'unknown',
};

interface BrokenRun extends KeptRun {
  /** What the step was to bring about was so before it began. */
  readonly doneBefore: boolean;
}

/** What the one who looks at the servers again finds out. */
const carriedOut: readonly Break[] = ['unheard', 'unheard, mended', 'killed'];

describe('a plan whose connection breaks (real servers)', function () {
  this.timeout(240_000);

  for (const major of majorsUnderTest().filter((each) => each === 18 || each === 14 || each === 10)) {
    describe(`on ${major}`, () => {
      const settings = {
        max_replication_slots: '500',
        max_wal_senders: '60',
        max_logical_replication_workers: '50',
        max_worker_processes: '80',
      };
      const servers = useServers({ publisher: { major, settings }, subscriber: { major, settings } });
      let pair: CutPair;
      let number = 0;

      before(async () => {
        pair = await CutPair.open(servers.publisher, servers.subscriber);
      });
      after(() => pair?.dispose());

      for (const resumable of plansOn(major)) {
        it(`can ${resumable.name}`, async () => {
          const { expected, steps } = await undisturbed(resumable);
          assert.ok(steps.length > 1, 'it has several steps');
          for (const [index, { title, effect, repeatable }] of steps.entries()) {
            assert.ok(effect ?? repeatable, `nobody would have to be asked how this ended: ${title}`);
            for (const how of breaksAt(index, major, resumable)) await disturbed(resumable, index, how, expected);
          }
        });
      }

      it('isn’t taken for failed while the server still works on it', async () => {
        const tag = nextTag();
        await servers.publisher.script(`create table busy_${tag} (id int primary key); create publication pub_${tag}`);
        const writer = await servers.publisher.client('postgres');
        await writer.query(`begin; insert into busy_${tag} values (1)`);
        const plan = planCreateSlot(await pair.target('publisher'), {
          name: `slot_${tag}`,
          plugin: 'pgoutput',
          twoPhase: false,
          failover: false,
          waitLimitMs: 30_000,
        });
        const memory = new Memory();
        const running = runKept(pair, memory, plan);
        const waiting = `select 1 from pg_stat_activity where state = 'active' and query like '%''slot_${tag}''%' and pid <> pg_backend_pid()`;
        await eventually(async () => (await servers.publisher.query(waiting)).length > 0);
        await pair.relays.publisher.cut();
        await pair.mend();
        const { entry, outcome } = await running;
        assert.equal(outcome.status, 'unknown');
        assert.match(entryText(entry), /still working on it/);
        assert.ok(entry.plan && entry.outcome);
        const still = await pair.service.recheck(planToRead(entry.plan), entry.outcome);
        assert.equal(still.status, 'unknown');
        await writer.query('rollback');
        await writer.end();
        await eventually(async () => (await servers.publisher.query(waiting)).length === 0);
        const found = await pair.service.recheck(planToRead(entry.plan), entry.outcome);
        assert.deepEqual([found.status, found.steps[0]?.foundOut], ['done', true]);
      });

      it('lets go of a slot that is half made when the subscriber is killed', async () => {
        const tag = nextTag();
        for (const server of [servers.publisher, servers.subscriber]) {
          await server.script(`create table orders_${tag} (id int primary key)`);
        }
        await servers.publisher.script(`create publication pub_${tag} for table orders_${tag}`);
        const writer = await servers.publisher.client('postgres');
        await writer.query(`begin; insert into orders_${tag} values (1)`);
        const choice = subscriptionTo(servers.publisher, `sub_${tag}`, [`pub_${tag}`], { enabled: false });
        const plan = planCreateSubscription(await pair.parties('publisher', 'subscriber'), choice);
        const memory = new Memory();
        const running = runKept(pair, memory, plan);
        const slots = `select 1 from pg_replication_slots where slot_name = 'sub_${tag}'`;
        await eventually(async () => (await servers.publisher.query(`${slots} and active`)).length > 0);
        await servers.subscriber.kill();
        const { entry, outcome } = await running;
        await servers.subscriber.start();
        assert.equal(outcome.status, 'unknown');
        assert.ok(entry.plan && entry.outcome);
        const found = await pair.service.recheck(planToRead(entry.plan), entry.outcome);
        assert.deepEqual([found.steps[0]?.status, found.steps[0]?.error], ['pending', null]);
        assert.equal((await servers.publisher.query(slots)).length, 0, 'nothing is left behind');
        await writer.query('rollback');
        await writer.end();
        await finish(memory, { entry, outcome }, 'the subscriber was killed');
        await pair.clean(tag);
      });

      for (const how of ['between', 'unheard'] as const) {
        it(`leaves a true entry where the editor is killed in the middle (${how})`, async () => {
          const resumable = resumablePlans[0];
          assert.ok(resumable);
          const tag = nextTag();
          await resumable.prepare(pair, tag);
          const plan = await resumable.plan(pair, tag);
          const memory = new Memory();
          let left = new Memory();
          const second = plan.steps[1];
          assert.ok(second);
          await runKept(pair, memory, plan, {
            at: async (progress) => {
              if (progress.type !== 'started' || progress.stepId !== second.id) return;
              left = memory.copy();
              const when = how === 'between' ? 'before' : 'after';
              pair.relay(second).arm({ statement: 'ALTER SUBSCRIPTION', when, mended: false });
            },
          });
          await pair.mend();
          const later = new History({ storage: left, now: () => Date.now() + 60_000 });
          assert.equal(later.entries()[0]?.status, 'running');
          assert.equal(await later.settleInterrupted(), false);
          const [entry] = later.entries();
          assert.ok(entry?.plan && entry.outcome);
          assert.deepEqual(
            entry.steps.map(({ status }) => status),
            ['done', 'unknown', 'pending'],
          );
          assert.match(entryText(entry), /Interrupted: the editor ended while this ran .* may or may not have/s);
          const found = await pair.service.recheck(planToRead(entry.plan), entry.outcome);
          assert.equal(found.steps[1]?.status, how === 'between' ? 'pending' : 'done');
          await finish(left, { entry, outcome: entry.outcome }, how);
          assert.equal(await pair.isDone(plan.steps.at(-1) ?? second), true);
          await pair.clean(tag);
        });
      }

      async function undisturbed(resumable: TriedPlan): Promise<{ expected: string; steps: Plan['steps'] }> {
        const tag = nextTag();
        await resumable.prepare(pair, tag);
        const plan = await resumable.plan(pair, tag);
        const outcome = await pair.service.run(plan);
        assert.equal(outcome.status, 'done', JSON.stringify(outcome.steps));
        const expected = await pair.state(tag);
        await pair.clean(tag);
        return { expected, steps: plan.steps };
      }

      async function disturbed(resumable: TriedPlan, index: number, how: Break, expected: string): Promise<void> {
        const tag = nextTag();
        await resumable.prepare(pair, tag);
        const plan = await resumable.plan(pair, tag);
        const memory = new Memory();
        const what = `${plan.steps[index]?.title}: ${how}`;
        try {
          const kept = await broken(memory, plan, index, how);
          await pair.mend();
          if (how === 'killed') await serverOf(plan, index).start();
          await checkTruth(kept, plan, index, how, what);
          await finish(memory, kept, what);
          assert.equal(await pair.state(tag), expected, what);
          assert.doesNotMatch(JSON.stringify([...memory.values, pair.logged]), new RegExp(pair.publisher.password));
        } finally {
          await pair.mend();
          await serverOf(plan, index).start();
        }
        await pair.clean(tag);
      }

      function serverOf(plan: Plan, index: number): CutPair['publisher'] {
        const step = plan.steps[index];
        assert.ok(step);
        return pair.server(step);
      }

      async function broken(memory: Memory, plan: Plan, index: number, how: Break): Promise<BrokenRun> {
        const step = plan.steps[index];
        assert.ok(step);
        const relay = pair.relay(step);
        const fired = relay.fired;
        let doneBefore = false;
        const at = async (progress: PlanProgress): Promise<void> => {
          if (progress.type !== 'started' || progress.stepId !== step.id) return;
          doneBefore = await pair.isDone(step);
          if (how === 'between') {
            await relay.cut();
            return;
          }
          relay.arm({
            statement: renderRedacted(step.statement).slice(0, 30),
            when: how.startsWith('unsent') ? 'before' : 'after',
            mended: how.endsWith('mended'),
            ...(how === 'killed' ? { onCut: () => pair.server(step).kill() } : {}),
          });
        };
        const kept = { ...(await runKept(pair, memory, plan, { at })), doneBefore };
        if (how !== 'between') assert.equal(relay.fired, fired + 1, 'the line was cut');
        return kept;
      }

      /** The outcome, the entry and the catalogs say the same. */
      async function checkTruth(kept: BrokenRun, plan: Plan, index: number, how: Break, what: string): Promise<void> {
        const step = plan.steps[index];
        assert.ok(step);
        const { outcome, entry } = kept;
        const before = plan.steps.slice(0, index).map(() => 'done');
        const after = plan.steps.slice(index + 1).map(() => (how === 'unheard, mended' ? 'done' : 'pending'));
        const statuses = [...before, ends[how], ...after];
        const said = outcome.steps.map(({ status }) => status);
        assert.deepEqual(said, statuses, `${what}: ${JSON.stringify(outcome.steps[index]?.error)}`);
        assert.deepEqual(
          entry.steps.map(({ status }) => status),
          statuses,
          what,
        );
        if (how === 'unheard, mended') return;
        // A grant may be there already by way of PUBLIC.
        const expected = carriedOut.includes(how) || kept.doneBefore;
        if (step.effect) assert.equal(await pair.isDone(step), expected, `${what}: the server says otherwise`);
        assert.match(entryText(entry), how === 'between' ? /Nothing was sent/ : /broke while this ran/);
      }

      /** As the person does after a restart: look again, then resume with the secrets typed anew. */
      async function finish(memory: Memory, { entry, outcome }: KeptRun, what: string): Promise<void> {
        if (outcome.status === 'done') return;
        const { plan, outcome: before } = entry;
        assert.ok(plan && before);
        const found = await pair.service.recheck(planToRead(plan), before);
        const unknown = found.steps.filter(({ status }) => status === 'unknown').map(({ stepId }) => stepId);
        const twice = plan.steps.filter(({ repeatable, effect }) => repeatable && !effect).map(({ id }) => id);
        assert.ok(
          unknown.every((id) => twice.includes(id)),
          `${what}: ${JSON.stringify(found.steps)}`,
        );
        await new History({ storage: memory }).update(entry.id, found);
        const secretFor = typedSecrets(pair);
        const resumed = await runKept(pair, memory, revivePlan(plan, secretFor), {
          resume: { entryId: entry.id, outcome: found },
        });
        assert.equal(resumed.outcome.status, 'done', `${what}: ${JSON.stringify(resumed.outcome.steps)}`);
        assert.equal(resumed.entry.id, entry.id);
        assert.equal(resumed.entry.status, 'done');
      }

      function nextTag(): string {
        number += 1;
        return `t${major}x${number}`;
      }
    });
  }
});

/** The entry's document, with the lines of its comments joined again. */
function entryText(entry: HistoryEntry): string {
  return entrySqlText(entry).replaceAll('\n-- ', ' ');
}

/** On the oldest versions a few that differ there. */
function plansOn(major: Major): readonly TriedPlan[] {
  const few = [
    'drop a subscription and leave its slot',
    major === 10 ? 'publish and subscribe' : 'skip a transaction before 15',
  ];
  return resumablePlans.filter(
    ({ name, from = 10, until = 18 }) => major >= from && major <= until && (major === 18 || few.includes(name)),
  );
}

/**
 * Before every step and in the middle of it, where the statement was carried out in one step and wasn't in the next; all
 * of them, the brief cuts and the killed server for the plan that goes to both servers.
 */
function breaksAt(index: number, major: Major, { name }: TriedPlan): readonly Break[] {
  if (name !== 'publish and subscribe') return ['between', index % 2 === 0 ? 'unheard' : 'unsent'];
  if (major !== 18) return ['between', 'unsent', 'unheard'];
  const all = ['between', 'unsent', 'unheard', 'unsent, mended', 'unheard, mended'] as const;
  return [...all, 'killed'];
}
