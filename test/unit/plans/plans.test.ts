import assert from 'node:assert/strict';

import type { ConnectionFacts } from '../../../src/replication/model/connect.ts';
import type { Plan, PlanOutcome, Step } from '../../../src/replication/model/plan.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import { renderForServer } from '../../../src/replication/postgres/statement.ts';
import { withoutIcons, withoutLinks } from '../../../src/ui/plainText.ts';
import { confirmationFor } from '../../../src/ui/plans/confirmation.ts';
import { entrySqlText } from '../../../src/ui/plans/entryText.ts';
import { History, mostCharacters, mostEntries } from '../../../src/ui/plans/history.ts';
import type { HistoryEntry } from '../../../src/ui/plans/historyRecord.ts';
import { showOutcome } from '../../../src/ui/plans/outcome.ts';
import { planSqlText } from '../../../src/ui/plans/sqlText.ts';
import { isUndoable, undoEntry, undoPlan, undoSecrets } from '../../../src/ui/plans/undo.ts';
import { failedStepWords, progressWords, reportWords } from '../../../src/ui/plans/words.ts';
import { connection } from '../tree/fixture.ts';
import { outcome, plan, step } from './fixture.ts';

const password = 'hunter2 with "quotes"';
const noSecret = (): undefined => undefined;

const secretStep = step('1', {
  statement: [
    'CREATE SUBSCRIPTION s CONNECTION ',
    {
      conninfo: [
        ['host', 'a'],
        ['password', new Secret(password)],
      ],
    },
  ],
  undo: { title: 'Create s again', statement: [{ conninfo: [['password', new Secret(password)]] }] },
});

class Memory {
  readonly values = new Map<string, unknown>();
  get(key: string): unknown {
    return this.values.get(key);
  }
  async update(key: string, value: unknown): Promise<void> {
    // As VS Code stores it.
    this.values.set(key, JSON.parse(JSON.stringify(value)));
  }
}

/** The entry of a plan that was run, as the runner leaves it. */
async function keep(history: History, ran: Plan, ended: PlanOutcome): Promise<HistoryEntry> {
  const run = await history.begin(ran);
  return run.finish(ended);
}

const entryOf = (ran: Plan, ended: PlanOutcome): Promise<HistoryEntry> =>
  keep(new History({ storage: new Memory() }), ran, ended);

describe('what is asked before a plan is run', () => {
  const facts =
    (marks: Partial<ConnectionFacts> = {}) =>
    (id: string): ConnectionFacts =>
      connection(id, marks);

  it('is nothing where nothing is lost', () => {
    assert.deepEqual(confirmationFor(plan([step('1')]), facts()), { question: null, typed: [] });
  });

  it('is a question that names the servers and what is lost', () => {
    const lossy = plan(
      [
        step('1', { risk: 'lossy', consequence: 'WAL is released.', title: 'Drop the slot a' }),
        step('2', {
          risk: 'lossy',
          consequence: 'WAL is released.',
          title: 'Drop the slot b',
          serverName: 'b',
          connectionId: 'b',
        }),
      ],
      { title: 'Drop 2 slots', remarks: ['Something stays.'] },
    );
    assert.deepEqual(confirmationFor(lossy, facts()).question, {
      message: 'Drop 2 slots on shop and b?',
      detail: 'Drop the slot a: WAL is released.\n\nDrop the slot b: WAL is released.\n\nSomething stays.',
      verb: 'Drop',
    });
  });

  it('is the name where the server is in production or nothing can be taken back', () => {
    const names = (risk: Step['risk'], production: boolean): readonly string[] =>
      confirmationFor(plan([step('1', { risk })]), facts({ production })).typed.map(({ name }) => name);
    assert.deepEqual(names('none', false), []);
    assert.deepEqual(names('lossy', false), []);
    assert.deepEqual(names('severe', false), ['shop']);
    assert.deepEqual(names('none', true), ['shop']);
  });
});

describe('the history', () => {
  it('holds no secret, in no form', async () => {
    const memory = new Memory();
    const history = new History({ storage: memory });
    const entry = await keep(history, plan([secretStep]), outcome(['done'], 'done'));
    const everything = JSON.stringify([...memory.values]) + entrySqlText(entry) + planSqlText(plan([secretStep]));
    assert.ok(everything.includes('CREATE SUBSCRIPTION'));
    for (const piece of [password, 'hunter2', 'quotes']) assert.ok(!everything.includes(piece), piece);
  });

  it('keeps the newest entries, and survives what it can’t read', async () => {
    const memory = new Memory();
    const history = new History({ storage: memory });
    await memory.update('pgReplication.history', [{ odd: true }, 7, null]);
    assert.deepEqual(history.entries(), []);
    for (let number = 0; number < mostEntries + 5; number += 1) {
      await keep(history, plan([step('1')], { title: `Plan ${number}` }), outcome(['done'], 'done'));
    }
    assert.equal(history.entries().length, mostEntries);
    assert.equal(history.entries()[0]?.title, `Plan ${mostEntries + 4}`);
    await history.clear();
    assert.deepEqual(history.entries(), []);
  });

  it('doesn’t grow without end where plans are large', async () => {
    const history = new History({ storage: new Memory() });
    const large = step('1', { statement: ['x'.repeat(0.3 * mostCharacters)] });
    for (const title of ['one', 'two', 'three', 'four', 'five']) {
      await keep(history, plan([large], { title }), outcome(['done'], 'done'));
    }
    const kept = history.entries().map(({ title }) => title);
    assert.deepEqual(kept, ['five', 'four', 'three']);
    const huge = step('1', { statement: ['x'.repeat(mostCharacters)] });
    const { id } = await keep(history, plan([huge], { title: 'huge' }), outcome(['done'], 'done'));
    assert.deepEqual(
      history.entries().map((entry) => entry.id),
      [id],
    );
  });

  it('can undo what was done, last step first, and only as a whole', async () => {
    const two = plan([step('1'), step('2'), step('3')]);
    const failed = outcome(['done', 'done', 'failed'], 'failed');
    for (const undo of [undoPlan(two, failed), undoEntry(await entryOf(two, failed), noSecret)]) {
      assert.deepEqual(
        undo?.steps.map(({ id, title, statement }) => [id, title, statement]),
        [
          ['1', 'Take back 2', ['SELECT -2']],
          ['2', 'Take back 1', ['SELECT -1']],
        ],
      );
      assert.equal(undo.title, 'Undo: Do everything');
    }
    const half = plan([step('1', { undo: null }), step('2')]);
    assert.equal(undoPlan(half, outcome(['done', 'done'], 'done')), null);
    assert.equal(undoPlan(two, outcome(['failed'], 'failed')), null);
  });

  it('remembers which server a plan was made for, so that its undo reaches no other', async () => {
    const plannedFor = { systemIdentifier: '7', database: 'shop' };
    const alsoChanges = [{ connectionId: 'other', serverName: 'other' }];
    const made = plan([step('1', { plannedFor, alsoChanges })]);
    const ended = outcome(['done'], 'done');
    const entry = await keep(new History({ storage: new Memory() }), made, ended);
    assert.deepEqual(undoPlan(made, ended)?.steps[0]?.plannedFor, plannedFor);
    assert.deepEqual(undoEntry(entry, noSecret)?.steps[0]?.plannedFor, plannedFor);
    assert.deepEqual(undoEntry(entry, noSecret)?.steps[0]?.alsoChanges, alsoChanges);
  });

  it('says so where the undo that is offered after a failure is refused', async () => {
    const said: unknown[] = [];
    const notifier = {
      done: () => {},
      serverWarnings: () => Promise.resolve(),
      error: async (thrown: unknown) => void said.push(thrown),
      failure: async ({ actions = {} }: { readonly actions?: Readonly<Record<string, () => Promise<unknown>>> }) => {
        for (const act of Object.values(actions)) await act();
      },
    };
    const refusal = new Error('read-only by now');
    await showOutcome({
      plan: plan([step('1'), step('2')]),
      outcome: outcome(['done', 'failed'], 'failed'),
      notifier,
      runUndo: () => Promise.reject(refusal),
    });
    assert.deepEqual(said, [refusal]);
  });

  it('asks for the password that an undo needs, and has none without', async () => {
    const done = outcome(['done'], 'done');
    const entry = await entryOf(plan([secretStep]), done);
    assert.ok(isUndoable(entry));
    assert.deepEqual(
      undoSecrets(entry).map(({ label }) => label),
      ['the password on a'],
    );
    assert.equal(undoEntry(entry, noSecret), null);
    const undo = undoEntry(entry, () => new Secret('typed'));
    assert.deepEqual(renderForServer(undo?.steps[0]?.statement ?? []), `'password=typed'`);
  });

  it('never lets an undo wait without end, and can tell whether it was carried out', () => {
    const effect = ['SELECT 1 FROM things'];
    const undo = undoPlan(plan([step('1', { effect })]), outcome(['done'], 'done'));
    assert.ok((undo?.steps[0]?.wait?.limitMs ?? Infinity) <= 60_000);
    assert.deepEqual(undo?.steps[0]?.effect, ['SELECT 1 WHERE NOT EXISTS (', ...effect, ')']);
  });

  it('names what it isn’t sure of where it offers an undo', () => {
    const undo = undoPlan(plan([step('1'), step('2')]), outcome(['done', 'unknown'], 'unknown'));
    assert.deepEqual(
      undo?.steps.map(({ title }) => title),
      ['Take back 1'],
    );
    assert.match(undo.remarks.join(' '), /isn’t known, and it is not taken back: Do 2 \(shop\)/);
  });
});

describe('plans as SQL', () => {
  it('keeps names that look like SQL inside comments', () => {
    const hostile = 'x\r\nDROP TABLE a;\u2028DROP TABLE b;\u0085DROP TABLE c; --';
    const text = planSqlText(
      plan([step('1', { title: hostile, serverName: hostile, consequence: hostile })], {
        title: hostile,
        remarks: [hostile],
      }),
    );
    const statements = text.split(/[\n\r\u2028\u2029\u0085]/).filter((line) => line !== '' && !line.startsWith('-- '));
    assert.deepEqual(statements, ['SELECT 1;']);
  });
});

describe('what is said while a plan runs and after', () => {
  it('names who is waited for, and for how long', () => {
    const blocker = {
      connectionId: 'shop',
      pid: 4711,
      user: 'alice',
      applicationName: 'psql',
      database: 'shop',
      state: 'idle in transaction',
      ageSeconds: 200,
      preparedGid: null,
    };
    const said = progressWords(
      plan([step('1')]),
      {
        type: 'waiting',
        stepId: '1',
        blockers: [blocker, { ...blocker, pid: 0, preparedGid: 'gid 1' }],
        remainingMs: 41_200,
      },
      (id) => id,
    );
    assert.equal(
      said,
      'waiting for process 4711 on shop (alice · psql · shop · open for 3 min) and ' +
        'the prepared transaction gid 1 on shop (alice · psql · shop · open for 3 min), 42 s left',
    );
  });

  it('says which step failed where, what was done and what not', () => {
    const three = plan([step('1'), step('2', { serverName: 'warehouse' }), step('3')]);
    const ended = outcome(['done', 'failed', 'skipped'], 'failed');
    assert.equal(failedStepWords(three, ended), 'Do everything: stopped at step 2 of 3, on warehouse.');
    assert.equal(
      reportWords(three, ended, ['Resume…: goes on.']),
      'Done, and stays so:\n• Do 1 (shop)\n\nFailed:\n• Do 2 (warehouse)\n\nNot run:\n• Do 3 (shop)\n\nWhat you can do:\n• Resume…: goes on.\n\nThe server sent:\nNOTICE: from 1',
    );
  });
});

describe('text for VS Code', () => {
  it('can’t become a link or an icon', () => {
    assert.doesNotMatch(withoutLinks('[click](command:workbench.action.quit)'), /\]\(/);
    assert.doesNotMatch(withoutIcons('a $(zap) b'), /(?<!\\)\$\(/);
    assert.doesNotMatch(withoutLinks('a\nb') + withoutIcons('a\nb'), /\n/);
  });
});
