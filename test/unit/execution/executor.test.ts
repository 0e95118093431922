import assert from 'node:assert/strict';

import type { ExecutorDependencies } from '../../../src/replication/execution/dependencies.ts';
import { executePlan } from '../../../src/replication/executor.ts';
import type { ConnectionFacts } from '../../../src/replication/model/connect.ts';
import { ReplicationError } from '../../../src/replication/model/errors.ts';
import type { Plan, PlanOutcome, PlanProgress, StepStatus } from '../../../src/replication/model/plan.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import { makePlan } from '../../../src/replication/operations/steps.ts';
import { planCreateSubscription } from '../../../src/replication/operations/subscription/createSubscription.ts';
import type { Session } from '../../../src/replication/postgres/session.ts';
import { renderForServer } from '../../../src/replication/postgres/statement.ts';
import { password, subscriptionChoice, target } from '../operations/fixture.ts';

const shop = { connectionId: 'shop', serverName: 'shop' };

function plan(...statements: readonly string[]): Plan {
  return makePlan(
    'Try',
    statements.map((text) => ({ on: shop, title: `Run ${text}`, statement: [text] })),
  );
}

interface FakeServer extends ExecutorDependencies {
  readonly sent: string[];
  readonly closed: () => number;
}

/** A server that does what `answer` says to each statement, and is never reached by network. */
function fake(answer: (sql: string) => readonly string[] = () => [], facts: Partial<ConnectionFacts> = {}): FakeServer {
  const sent: string[] = [];
  let closed = 0;
  const session: Session = {
    serverVersion: '18.4',
    backendPid: 1,
    closed: false,
    query: () => Promise.resolve([]),
    execute(sql) {
      sent.push(sql);
      return new Promise((resolve) => resolve({ notices: answer(sql) }));
    },
    onLost: () => () => {},
    close() {
      closed++;
      return Promise.resolve();
    },
  };
  const known = { id: 'shop', name: 'shop', production: false, readOnly: false, target: { statementTimeoutMs: 5000 } };
  return {
    sent,
    closed: () => closed,
    session: () => Promise.resolve(session),
    watchSession: () => Promise.resolve(session),
    refresh: () => Promise.resolve(target().snapshot),
    facts: () => ({ ...known, ...facts }) as ConnectionFacts,
  };
}

async function refused(server: FakeServer, typed?: string): Promise<string> {
  const typedNames = typed === undefined ? {} : { typedNames: new Map([['shop', typed]]) };
  try {
    await executePlan(plan('select 1'), server, typedNames);
  } catch (error) {
    assert.deepEqual(server.sent, [], 'nothing may have been sent');
    assert.ok(ReplicationError.is(error));
    return error.kind;
  }
  return 'ran';
}

describe('the executor', () => {
  it('refuses read-only connections, and production without the exact name', async () => {
    assert.equal(await refused(fake(undefined, { readOnly: true })), 'readOnlyConnection');
    assert.equal(await refused(fake(undefined, { production: true })), 'notConfirmed');
    assert.equal(await refused(fake(undefined, { production: true }), 'Shop'), 'notConfirmed');
    assert.equal(await refused(fake(undefined, { production: true }), 'shop'), 'ran');
    assert.equal(await refused({ ...fake(), facts: () => undefined }), 'unknownConnection');
  });

  it('sends each statement by itself, under the connection’s time limit, on one session that it closes', async () => {
    const server = fake();
    const outcome = await executePlan(plan('a', 'b'), server);
    assert.equal(outcome.status, 'done');
    assert.deepEqual(server.sent, ['SET statement_timeout = 5000', 'a', 'b']);
    assert.equal(server.closed(), 1);
  });

  it('gives waiting steps their own limit, and the others the connection’s again', async () => {
    const server = fake();
    const wait = { limitMs: 60_000, blockersOn: [] };
    await executePlan(
      makePlan('Try', [
        { on: shop, title: 'A', statement: ['a'], wait },
        { on: shop, title: 'B', statement: ['b'] },
      ]),
      server,
    );
    assert.deepEqual(server.sent, ['SET statement_timeout = 60000', 'a', 'SET statement_timeout = 5000', 'b']);
  });

  it('stops at the first failure, keeps notices, and says what stays', async () => {
    const server = fake((sql) => {
      if (sql === 'b') throw new ReplicationError('duplicate', 'There already.', { advice: 'Choose another.' });
      return ['WARNING: mind this'];
    });
    const seen: PlanProgress[] = [];
    const outcome = await executePlan(plan('a', 'b', 'c'), server, { onProgress: (progress) => seen.push(progress) });
    assert.equal(outcome.status, 'failed');
    assert.deepEqual(
      outcome.steps.map(({ status }) => status),
      ['done', 'failed', 'pending'],
    );
    assert.deepEqual(outcome.steps[0]?.notices, ['WARNING: mind this']);
    assert.equal(outcome.steps[1]?.error?.advice, 'Choose another.');
    assert.deepEqual(
      seen.map(({ type, stepId }) => `${type} ${stepId}`),
      ['started 1', 'finished 1', 'started 2', 'failed 2'],
    );
    assert.ok(!server.sent.includes('c'));
  });

  it('isn’t stopped by a listener that throws', async () => {
    const onProgress = (): void => {
      throw new Error('a listener’s own fault');
    };
    assert.equal((await executePlan(plan('a'), fake(), { onProgress })).status, 'done');
  });

  it('doesn’t know how a step ended whose connection broke, and says where to look', async () => {
    const server = fake((sql) => {
      if (sql === 'b') throw new ReplicationError('connectionLost', 'The connection broke.');
      return [];
    });
    const outcome = await executePlan(plan('a', 'b', 'c'), server);
    assert.equal(outcome.status, 'unknown');
    assert.deepEqual(
      outcome.steps.map(({ status }) => status),
      ['done', 'unknown', 'pending'],
    );
    assert.match(outcome.steps[1]?.error?.advice ?? '', /Once shop answers, look at what it changes/);
  });

  it('runs nothing after it was cancelled', async () => {
    const server = fake();
    const outcome = await executePlan(plan('a'), server, { signal: AbortSignal.abort() });
    assert.equal(outcome.status, 'cancelled');
    assert.deepEqual(server.sent, []);
  });

  it('takes the secrets out of whatever a server echoes', async () => {
    const choice = subscriptionChoice({ password: new Secret(password) });
    const subscribing = planCreateSubscription(
      { subscriber: target(), publisher: null, publisherInventory: null },
      choice,
    );
    const statement = renderForServer(subscribing.steps[0]?.statement ?? []);
    const conninfo = /E'(.*?)'\n/.exec(statement)?.[1] ?? '';
    assert.ok(conninfo.includes('password='), statement);
    const echoes = [
      password,
      conninfo,
      conninfo.replaceAll("''", "'"),
      conninfo.replaceAll("''", "'").replaceAll('\\\\', '\\'),
      statement,
    ];
    for (const echo of echoes) {
      const failing = fake((sql) => {
        if (!sql.startsWith('CREATE')) return [];
        throw new ReplicationError('invalidInput', `Couldn't: ${echo}`, {
          advice: echo,
          server: { message: echo, detail: echo, hint: echo, where: echo },
        });
      });
      const failed = await executePlan(subscribing, failing);
      assert.equal(failed.status, 'failed');
      assert.doesNotMatch(JSON.stringify(failed), /s3cr|et\\+pw/);
      const telling = await executePlan(
        subscribing,
        fake(() => [`WARNING: ${echo}`]),
      );
      assert.doesNotMatch(JSON.stringify(telling), /s3cr|et\\+pw/);
    }
  });
});

describe('the executor, when connections break', () => {
  const lost = (): never => {
    throw new ReplicationError('connectionLost', 'The connection broke.');
  };

  /** Sessions made one by one, each by its own rules. */
  function sessions(
    ...rules: readonly ((sql: string) => unknown)[]
  ): ExecutorDependencies & { readonly sent: string[] } {
    const sent: string[] = [];
    let opened = 0;
    const open = async (): Promise<Session> => {
      const rule = rules[opened++] ?? ((): unknown => undefined);
      const ask = async (sql: string): Promise<unknown> => {
        sent.push(sql);
        return rule(sql);
      };
      return {
        serverVersion: '18.4',
        backendPid: 1,
        closed: false,
        query: async <Row>(sql: string) => ((await ask(sql)) ?? []) as readonly Row[],
        execute: async (sql) => {
          await ask(sql);
          return { notices: [] };
        },
        onLost: () => () => {},
        close: () => Promise.resolve(),
      };
    };
    return { ...fake(), session: open, watchSession: open, sent, patienceMs: 0 };
  }

  const probed = (...names: readonly string[]): Plan =>
    makePlan(
      'Try',
      names.map((name) => ({ on: shop, title: `Run ${name}`, statement: [name], effect: [`probe ${name}`] })),
    );

  it('goes on by a new one where it broke between two steps', async () => {
    const first = (sql: string): unknown => (sql === 'SET statement_timeout = 60000' ? lost() : undefined);
    const server = sessions(first);
    const wait = { limitMs: 60_000, blockersOn: [] };
    const steps = [
      { on: shop, title: 'A', statement: ['a'] },
      { on: shop, title: 'B', statement: ['b'], wait },
    ];
    const outcome = await executePlan(makePlan('Try', steps), server);
    assert.equal(outcome.status, 'done');
    assert.equal(server.sent.filter((sql) => sql === 'b').length, 1);
  });

  it('says that nothing was sent where it broke before', async () => {
    const outcome = await executePlan(plan('a'), { ...sessions(), session: async () => lost() });
    assert.deepEqual([outcome.status, outcome.steps[0]?.status], ['failed', 'failed']);
    assert.match(outcome.steps[0]?.error?.advice ?? '', /^Nothing was sent to shop for this step\./);
  });

  it('asks for the effect, and goes on where the step turns out to be done', async () => {
    const server = sessions(
      (sql) => (sql === 'a' ? lost() : undefined),
      (sql) => (sql === 'probe a' ? [{}] : []),
    );
    const outcome = await executePlan(probed('a', 'b'), server);
    assert.equal(outcome.status, 'done');
    assert.deepEqual(
      outcome.steps.map(({ foundOut }) => foundOut),
      [true, undefined],
    );
  });

  it('doesn’t take a step for failed that the server still works on', async () => {
    const server = sessions(
      (sql) => (sql === 'a' ? lost() : undefined),
      (sql) => (sql.includes('pg_stat_activity') ? [{}] : []),
    );
    const outcome = await executePlan(probed('a'), server);
    assert.equal(outcome.steps[0]?.status, 'unknown');
    assert.match(outcome.steps[0]?.error?.message ?? '', /still working on it/);
  });

  it('resumes with what isn’t done, and runs nothing twice that turns out to be', async () => {
    const three = probed('a', 'b', 'c');
    const outcomeOf = (...statuses: readonly StepStatus[]): PlanOutcome => ({
      planId: three.id,
      status: 'unknown',
      startedAt: 0,
      endedAt: 1,
      steps: statuses.map((status, index) => ({
        stepId: String(index + 1),
        status,
        tookMs: 1,
        notices: [],
        error: null,
      })),
    });
    const statements = (sent: readonly string[]): readonly string[] => sent.filter((sql) => sql.length === 1);
    const there =
      (...probes: readonly string[]) =>
      (sql: string): unknown =>
        probes.includes(sql) ? [{}] : [];
    const done = sessions(there('probe a'), there('probe b'));
    const resume = outcomeOf('done', 'unknown', 'pending');
    assert.equal((await executePlan(three, done, { resume })).status, 'done');
    assert.deepEqual(statements(done.sent), ['c']);
    const notDone = sessions(there('probe a'));
    assert.equal((await executePlan(three, notDone, { resume })).status, 'done');
    assert.deepEqual(statements(notDone.sent), ['b', 'c']);
    const away = { ...sessions(), session: async () => lost() };
    await assert.rejects(executePlan(three, away, { resume }), {
      kind: 'connectionLost',
      message: /Nothing more was run/,
    });
    const still = await executePlan(three, away, { resume: outcomeOf('unknown', 'pending', 'pending') });
    assert.deepEqual(
      still.steps.map(({ status }) => status),
      ['unknown', 'pending', 'pending'],
    );
  });

  it('waits for what is written down before it sends a step, and not for ever', async () => {
    const order: string[] = [];
    const server = fake((sql) => {
      order.push(sql);
      return [];
    });
    await executePlan(plan('a'), server, {
      onProgress: async ({ type }) => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push(type);
      },
    });
    assert.deepEqual(order, ['started', 'SET statement_timeout = 5000', 'a', 'finished']);
  });
});
