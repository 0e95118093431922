import assert from 'node:assert/strict';

import type { Plan, PlanOutcome, Step, StepStatus } from '../../../src/replication/model/plan.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import { renderForServer } from '../../../src/replication/postgres/statement.ts';
import { entrySqlText } from '../../../src/ui/plans/entryText.ts';
import { entryFlags, isResumable } from '../../../src/ui/plans/entryWords.ts';
import { History, silenceMs } from '../../../src/ui/plans/history.ts';
import type { HistoryEntry } from '../../../src/ui/plans/historyRecord.ts';
import { abandonDetail, recheckWords, resumeDetail } from '../../../src/ui/plans/resumeWords.ts';
import { runbookText } from '../../../src/ui/plans/runbook.ts';
import { planToRead, planToWrite, revivePlan, storePlan, wantedSecrets } from '../../../src/ui/plans/storedPlan.ts';
import { undoEntry } from '../../../src/ui/plans/undo.ts';

const place = [
  ['host', 'db-1'],
  ['port', '5433'],
  ['dbname', 'shop'],
  ['user', 'repl'],
] as const;
const secrets = ['n3w-w0rd', '0ld-w0rd', 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy', 'p4ss-phrase'] as const;
const [newWord, oldWord, verifier, phrase] = secrets;

const change: Step = {
  id: '1',
  connectionId: 'warehouse',
  serverName: 'warehouse',
  plannedFor: { systemIdentifier: '7', database: 'stock' },
  alsoChanges: [{ connectionId: 'shop', serverName: 'shop' }],
  title: 'Change where subscription s connects to',
  statement: [
    'ALTER SUBSCRIPTION s CONNECTION ',
    { conninfo: [...place, ['password', new Secret(newWord)], ['sslpassword', new Secret(phrase)]] },
  ],
  transactional: true,
  risk: 'none',
  consequence: null,
  undo: {
    title: 'Let it connect as before',
    statement: ['ALTER SUBSCRIPTION s CONNECTION ', { conninfo: [...place, ['password', new Secret(oldWord)]] }],
  },
  wait: { limitMs: 1000, blockersOn: ['shop'] },
  effect: ['SELECT 1'],
  leftovers: [{ connectionId: 'shop', what: 'the slot s', probe: ['SELECT 2'], release: null }],
};
const role: Step = {
  id: '2',
  connectionId: 'shop',
  serverName: 'shop',
  title: 'Create role repl',
  statement: ['CREATE ROLE repl PASSWORD ', { literal: new Secret(verifier), label: 'the password of repl' }],
  transactional: true,
  risk: 'lossy',
  consequence: 'Something is lost.',
  undo: null,
  wait: null,
};
const plan: Plan = {
  id: 'plan',
  title: 'Do both',
  steps: [change, role],
  remarks: ['Mind this.'],
  basis: [{ connectionId: 'shop', serverName: 'shop', kind: 'slot', name: 's', fingerprint: 'x' }],
};

function outcome(status: PlanOutcome['status'], ...statuses: readonly StepStatus[]): PlanOutcome {
  return {
    planId: 'plan',
    status,
    startedAt: 1_700_000_000_000,
    endedAt: 1_700_000_001_000,
    steps: statuses.map((one, index) => ({
      stepId: String(index + 1),
      status: one,
      tookMs: one === 'done' ? 12 : null,
      notices: [],
      error:
        one === 'failed' || one === 'unknown'
          ? { kind: 'connectionLost', message: 'The connection broke.', advice: 'Look again.' }
          : null,
    })),
  };
}

class Memory {
  readonly values = new Map<string, unknown>();
  get(key: string): unknown {
    return this.values.get(key);
  }
  async update(key: string, value: unknown): Promise<void> {
    // As VS Code stores it.
    this.values.set(key, JSON.parse(JSON.stringify(value)));
  }
  get text(): string {
    return JSON.stringify([...this.values]);
  }
}

/** The entry of a plan that was run, as the runner leaves it. */
async function keep(history: History, ran: Plan, ended: PlanOutcome): Promise<HistoryEntry> {
  const run = await history.begin(ran);
  return run.finish(ended);
}

describe('a plan that is kept', () => {
  it('is plain data without any secret, and the same plan once they are typed', () => {
    const stored = JSON.parse(JSON.stringify(storePlan(plan))) as ReturnType<typeof storePlan>;
    for (const secret of secrets) assert.ok(!JSON.stringify(stored).includes(secret), secret);
    const typed: Record<string, string> = {
      'the password of repl for shop on db-1:5433': newWord,
      'the value of sslpassword of repl for shop on db-1:5433': phrase,
      'the password of repl for shop on db-1:5433, as it was before': oldWord,
      'the password of repl': verifier,
    };
    const asked: string[] = [];
    const revived = revivePlan(stored, (label) => {
      asked.push(label);
      return new Secret(typed[label] ?? '');
    });
    assert.deepEqual([...new Set(asked)].sort(), Object.keys(typed).sort());
    const rendered = (each: Plan): unknown =>
      each.steps.map(({ statement, undo, ...rest }) => ({
        ...rest,
        statement: renderForServer(statement),
        undo: undo && { ...undo, statement: renderForServer(undo.statement) },
      }));
    assert.deepEqual(rendered(revived), rendered(plan));
    assert.deepEqual({ ...revived, steps: [] }, { ...plan, steps: [] });
  });

  it('names the secrets that are needed, where they log in, and which is sent as a verifier', () => {
    const stored = storePlan(plan);
    const login = Object.fromEntries(place);
    const short = (wanted: ReturnType<typeof wantedSecrets>): unknown =>
      wanted.map((each) => [each.label, each.login, each.verifier, each.connectionIds]);
    assert.deepEqual(short(wantedSecrets(stored, ['1', '2'], 'run')), [
      ['the password of repl for shop on db-1:5433', login, false, ['shop']],
      ['the value of sslpassword of repl for shop on db-1:5433', null, false, ['shop']],
      ['the password of repl', null, true, []],
    ]);
    assert.deepEqual(short(wantedSecrets(stored, ['2'], 'run')), [['the password of repl', null, true, []]]);
    assert.deepEqual(short(wantedSecrets(stored, ['1', '2'], 'undo')), [
      ['the password of repl for shop on db-1:5433, as it was before', login, false, ['shop']],
    ]);
  });

  it('has no undo where its secret wasn’t asked for, and no secret where it is only looked at', () => {
    const run = revivePlan(storePlan(plan), (label) => (label.endsWith('before') ? undefined : new Secret('typed')));
    assert.equal(run.steps[0]?.undo, null);
    assert.equal(
      renderForServer(planToRead(storePlan(plan)).steps[1]?.statement ?? []),
      `CREATE ROLE repl PASSWORD ''`,
    );
  });

  it('asks in its script for the verifier of a password, as it did at first, never for the password', () => {
    const script = (of: Plan): string => runbookText({ plan: of, target: () => undefined, madeAt: 'today' });
    assert.match(script(plan), /Type the password of repl, hashed \(its SCRAM verifier\)/);
    assert.equal(script(planToWrite(storePlan(plan))), script(plan));
  });
});

describe('the entry of a plan', () => {
  it('is there from before the first step on, true at every moment, and holds no secret', async () => {
    const memory = new Memory();
    const history = new History({ storage: memory });
    const seen = (): unknown => {
      const [entry] = new History({ storage: memory }).entries();
      return [entry?.status, entry?.steps.map(({ status }) => status)];
    };
    const run = await history.begin(plan);
    assert.deepEqual(seen(), ['running', ['pending', 'pending']]);
    await run.heard({ type: 'started', stepId: '1' });
    assert.deepEqual(seen(), ['running', ['running', 'pending']]);
    await run.heard({ type: 'finished', stepId: '1', tookMs: 5, notices: ['NOTICE: hm'] });
    assert.deepEqual(seen(), ['running', ['done', 'pending']]);
    await run.heard({ type: 'started', stepId: '2' });
    assert.deepEqual(seen(), ['running', ['done', 'running']]);
    const entry = await run.finish(outcome('failed', 'done', 'failed'));
    assert.deepEqual(seen(), ['failed', ['done', 'failed']]);
    for (const secret of secrets) assert.ok(!(memory.text + entrySqlText(entry)).includes(secret), secret);
  });

  it('goes again where nothing was run, and is as it was where nothing was resumed', async () => {
    const history = new History({ storage: new Memory() });
    const refused = await history.begin(plan);
    await refused.drop();
    assert.deepEqual(history.entries(), []);
    const entry = await keep(history, plan, outcome('failed', 'done', 'failed'));
    const resumed = await history.begin(plan, { entryId: entry.id, outcome: outcome('failed', 'done', 'failed') });
    assert.equal(history.entry(entry.id)?.status, 'running');
    await resumed.drop();
    assert.deepEqual(history.entries(), [entry]);
  });

  it('is the same entry when it is resumed, with what was done before', async () => {
    const history = new History({ storage: new Memory() });
    const before = outcome('failed', 'done', 'failed');
    const { id } = await keep(history, plan, before);
    const run = await history.begin(plan, { entryId: id, outcome: before });
    assert.deepEqual(
      history.entry(id)?.steps.map(({ status }) => status),
      ['done', 'failed'],
    );
    await run.finish(outcome('done', 'done', 'done'));
    assert.deepEqual(
      history.entries().map((entry) => [entry.id, entry.status]),
      [[id, 'done']],
    );
  });

  it('says so where its window ended in the middle, and leaves other windows their own', async () => {
    const memory = new Memory();
    let now = 1000;
    const run = await new History({ storage: memory, now: () => now }).begin(plan);
    await run.heard({ type: 'finished', stepId: '1', tookMs: 5, notices: [] });
    await run.heard({ type: 'started', stepId: '2' });
    const other = new History({ storage: memory, now: () => now });
    assert.equal(await other.settleInterrupted(), true, 'it may still run');
    assert.equal(other.entries()[0]?.status, 'running');
    now += silenceMs;
    assert.equal(await other.settleInterrupted(), false);
    const [entry] = other.entries();
    assert.ok(entry);
    assert.deepEqual([entry.status, entry.steps.map(({ status }) => status)], ['unknown', ['done', 'unknown']]);
    assert.match(
      entrySqlText(entry).replaceAll('\n-- ', ' '),
      /Interrupted: the editor ended while this ran on shop: Create role repl\. It may or/,
    );
    // It was only slow: its own word counts.
    await run.finish(outcome('done', 'done', 'done'));
    assert.equal(other.entries()[0]?.status, 'done');
  });

  it('says so too where its window ended between two steps', async () => {
    const memory = new Memory();
    const run = await new History({ storage: memory, now: () => 0 }).begin(plan);
    await run.heard({ type: 'finished', stepId: '1', tookMs: 5, notices: [] });
    const later = new History({ storage: memory });
    await later.settleInterrupted();
    const [entry] = later.entries();
    assert.deepEqual([entry?.status, entry?.steps.map(({ status }) => status)], ['cancelled', ['done', 'pending']]);
    assert.equal(entry?.steps[1]?.error, 'Interrupted: the editor ended before this began.');
    await run.drop();
  });

  it('is done where its window ended after the last step', async () => {
    const memory = new Memory();
    const run = await new History({ storage: memory, now: () => 0 }).begin(plan);
    for (const stepId of ['1', '2']) await run.heard({ type: 'finished', stepId, tookMs: 5, notices: [] });
    const later = new History({ storage: memory });
    await later.settleInterrupted();
    assert.equal(later.entries()[0]?.status, 'done');
    await run.drop();
  });

  it('is not gone on with in two windows at once, nor a second time by one that has not seen the first', async () => {
    const memory = new Memory();
    const [one, other] = [new History({ storage: memory }), new History({ storage: memory })];
    const ended = outcome('failed', 'done', 'failed');
    const entry = await keep(one, plan, ended);
    const undo = undoEntry(entry, () => new Secret('typed'));
    assert.ok(undo);
    const resumed = { entryId: entry.id, outcome: ended };
    const run = await one.begin(plan, resumed);
    await assert.rejects(other.begin(plan, resumed), { kind: 'stalePlan', message: /Nothing was run/ });
    await assert.rejects(other.begin(undo), { kind: 'stalePlan' });
    await run.finish(outcome('done', 'done', 'done'));
    await assert.rejects(other.begin(plan, resumed), { kind: 'stalePlan' });
    assert.equal(other.entry(entry.id)?.status, 'done');
    const undoing = await one.begin(undo);
    await undoing.finish(outcome('done', 'done'));
    await assert.rejects(other.begin(undo), { kind: 'stalePlan' });
  });

  it('is neither resumed nor undone again once its undo was run, in whole or in part', async () => {
    const memory = new Memory();
    const history = new History({ storage: memory });
    const ended = outcome('failed', 'done', 'failed');
    const taken = async (...words: readonly [PlanOutcome['status'], ...StepStatus[]]): Promise<unknown> => {
      const { id } = await keep(history, plan, ended);
      const entry = history.entry(id);
      const undo = entry && undoEntry(entry, () => new Secret('typed'));
      assert.ok(undo);
      const run = await history.begin(undo);
      await run.finish(outcome(...words));
      const after = history.entry(id);
      assert.ok(after);
      return entryFlags(after);
    };
    assert.deepEqual(await taken('done', 'done'), { takenBack: true, undoable: false, resumable: false });
    assert.deepEqual(await taken('unknown', 'unknown'), { takenBackInPart: true, undoable: false, resumable: false });
    assert.deepEqual(await taken('failed', 'failed'), { failed: true, undoable: true, resumable: true });
  });

  it('can be resumed, looked at and abandoned as long as something of it is open', async () => {
    const history = new History({ storage: new Memory() });
    const flags = async (ended: PlanOutcome): Promise<readonly string[]> => {
      const set = Object.entries(entryFlags(await keep(history, plan, ended)));
      return set.filter(([, holds]) => holds).map(([name]) => name);
    };
    assert.deepEqual(await flags(outcome('done', 'done', 'done')), ['done']);
    assert.deepEqual(await flags(outcome('failed', 'done', 'failed')), ['failed', 'undoable', 'resumable']);
    assert.deepEqual(await flags(outcome('unknown', 'unknown', 'pending')), ['unknown', 'resumable']);
    assert.deepEqual(await flags(outcome('cancelled', 'done', 'pending')), ['cancelled', 'undoable', 'resumable']);
    const { id } = await keep(history, plan, outcome('failed', 'done', 'failed'));
    await history.abandon(id);
    const abandoned = history.entry(id);
    assert.ok(abandoned);
    assert.deepEqual(entryFlags(abandoned), { abandoned: true, undoable: true, resumable: false });
  });

  it('of an earlier version can still be read and undone, but not resumed', async () => {
    const memory = new Memory();
    const step = {
      connectionId: 'shop',
      serverName: 'shop',
      title: 'Create a',
      sql: 'CREATE a',
      status: 'done',
      tookMs: 1,
      notices: [],
      error: null,
      undo: { title: 'Drop a', sql: 'DROP a' },
    };
    const earlier = { id: 'x', title: 'Old', status: 'failed', startedAt: 1, endedAt: 2, remarks: [], steps: [step] };
    const newer = { version: 3, id: 'y' };
    await memory.update('pgReplication.history', [earlier, newer]);
    const history = new History({ storage: memory });
    const [entry] = history.entries();
    assert.ok(entry);
    assert.deepEqual(entryFlags(entry), { failed: true, undoable: true, resumable: false });
    assert.ok(!isResumable(entry));
    assert.match(entrySqlText(entry), /CREATE a;/);
    await keep(history, plan, outcome('done', 'done', 'done'));
    assert.ok(memory.text.includes('"version":3'), 'what a newer version wrote is kept');
    assert.equal(history.entries().length, 2);
  });

  it('tells times as the list does, and what takes each step back', async () => {
    const history = new History({ storage: new Memory() });
    const entry = await keep(history, plan, outcome('failed', 'done', 'failed'));
    const text = entrySqlText(entry);
    assert.ok(text.includes(new Date(entry.startedAt).toLocaleString()), text);
    assert.doesNotMatch(text, /\d{4}-\d\d-\d\dT/);
    assert.match(
      text,
      /-- To take back what was done:\n-- Let it connect as before \(warehouse\):\n-- {3}ALTER SUBSCRIPTION/,
    );
    assert.match(
      text,
      /Step 2 of 2, on shop: Create role repl \(failed\)\n-- Failed: The connection broke\.\n-- Look again\./,
    );
  });
});

describe('what is said before going on with a plan', () => {
  const stored = storePlan(plan);

  it('is what was done, what is to be run, what stays and what is lost', () => {
    const detail = resumeDetail(stored, outcome('failed', 'done', 'failed'));
    assert.match(detail, /Done, and not run again:\n• Change where subscription s connects to \(warehouse\)/);
    assert.match(detail, /To be run now:\n• Create role repl \(shop\)\n\nSomething is lost\./);
    assert.match(abandonDetail(stored, outcome('unknown', 'done', 'unknown')), /stays so:.*Not known.*Create role/s);
    assert.match(abandonDetail(stored, outcome('failed', 'failed', 'pending')), /^Nothing of it was done\./);
  });

  it('is what a look at the servers found', () => {
    const before = outcome('unknown', 'done', 'unknown');
    assert.match(recheckWords(stored, before, outcome('done', 'done', 'done')), /^It was carried out: Create role/);
    assert.match(recheckWords(stored, before, outcome('failed', 'done', 'pending')), /^It was not carried out: Create/);
    assert.match(recheckWords(stored, outcome('failed', 'failed', 'pending'), before), /^Nothing to find out/);
  });
});
