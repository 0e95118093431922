import assert from 'node:assert/strict';

import { readBlockers, readLockHolders } from '../../../src/replication/catalog/blockers.ts';
import { readProbe } from '../../../src/replication/catalog/probe.ts';
import { readTableDetails } from '../../../src/replication/catalog/tableDetails.ts';
import type { ExecutorDependencies } from '../../../src/replication/execution/dependencies.ts';
import { executePlan } from '../../../src/replication/executor.ts';
import type { ConnectionFacts } from '../../../src/replication/model/connect.ts';
import { ReplicationError } from '../../../src/replication/model/errors.ts';
import type { Plan } from '../../../src/replication/model/plan.ts';
import { movedServers, withAddresses } from '../../../src/replication/model/planServers.ts';
import { makePlan } from '../../../src/replication/operations/steps.ts';
import { planCreateSubscription } from '../../../src/replication/operations/subscription/createSubscription.ts';
import { planDropSubscription } from '../../../src/replication/operations/subscription/dropSubscription.ts';
import { planEnableSubscription } from '../../../src/replication/operations/subscription/switchSubscription.ts';
import type { QueryOptions, Session } from '../../../src/replication/postgres/session.ts';
import { renderForServer } from '../../../src/replication/postgres/statement.ts';
import { confirmationFor, movedQuestion } from '../../../src/ui/plans/confirmation.ts';
import { subscription, subscriptionChoice, target } from '../operations/fixture.ts';

type Rows = readonly Readonly<Record<string, string>>[];

/** A session that answers queries by `rows`, and remembers what was sent and how. */
function fakeSession(rows: (text: string) => Rows = () => []) {
  const executed: string[] = [];
  const options: (QueryOptions | undefined)[] = [];
  const session: Session = {
    serverVersion: '18.4',
    backendPid: 1,
    closed: false,
    query: <Row>(text: string, _values?: readonly unknown[], how?: QueryOptions) => {
      options.push(how);
      return Promise.resolve(rows(text) as unknown as readonly Row[]);
    },
    execute: (text) => {
      executed.push(text);
      return new Promise((resolve) => setTimeout(() => resolve({ notices: [] }), 1));
    },
    onLost: () => () => {},
    close: () => Promise.resolve(),
  };
  return { session, executed, options };
}

function facts(id: string, marks: Partial<ConnectionFacts> = {}): ConnectionFacts {
  const known = { id, name: id, production: false, readOnly: false, target: { statementTimeoutMs: 5000 } };
  return { ...known, ...marks } as ConnectionFacts;
}

function dependencies(session: Session, marks: Readonly<Record<string, Partial<ConnectionFacts>>> = {}) {
  return {
    session: () => Promise.resolve(session),
    watchSession: () => Promise.resolve(session),
    refresh: () => Promise.resolve(target().snapshot),
    facts: (id) => facts(id, marks[id]),
  } satisfies ExecutorDependencies;
}

async function refusal(plan: Plan, marks: Readonly<Record<string, Partial<ConnectionFacts>>>): Promise<string> {
  const { session, executed } = fakeSession();
  try {
    await executePlan(plan, dependencies(session, marks));
  } catch (error) {
    assert.deepEqual(executed, [], 'nothing may have been sent');
    return ReplicationError.is(error) ? error.kind : String(error);
  }
  return 'ran';
}

const subscribing = () =>
  planCreateSubscription(
    { subscriber: target({ connectionId: 'copy' }), publisher: target(), publisherInventory: null },
    subscriptionChoice(),
  );

describe('the executor stays on the servers a plan was made for', () => {
  const made = makePlan('Try', [{ on: target(), title: 'Run it', statement: ['a'] }]);
  const answering = (database: string, identifier: string) =>
    fakeSession((text) => (text.includes('pg_control_system') ? [{ identifier }] : [{ database }]));

  it('runs nothing where the connection leads to another server or database by now', async () => {
    for (const { session, executed } of [answering('shop', 'another'), answering('accounts', 'id-of-shop')]) {
      const outcome = await executePlan(made, dependencies(session));
      assert.equal(outcome.status, 'failed');
      assert.equal(outcome.steps[0]?.error?.kind, 'stalePlan');
      assert.deepEqual(executed, []);
    }
  });

  it('runs nothing where the server’s WAL ends before it had come to, as that of a restored copy', async () => {
    const at = (lsn: string) =>
      fakeSession((text) =>
        text.includes('pg_control_system') ? [{ identifier: 'id-of-shop' }] : [{ database: 'shop', lsn }],
      );
    const behind = at('0/FFFFFFFF');
    const outcome = await executePlan(made, dependencies(behind.session));
    assert.deepEqual([outcome.status, behind.executed], ['failed', []]);
    assert.match(
      outcome.steps[0]?.error?.message ?? '',
      /is behind where it was .* ends at 0\/FFFFFFFF, .* come to 1\/0/,
    );
    for (const lsn of ['1/0', '2/0']) {
      assert.equal((await executePlan(made, dependencies(at(lsn).session))).status, 'done', lsn);
    }
  });

  it('runs nothing where the connection was edited to lead elsewhere, until that is confirmed', async () => {
    const known = (host: string) => (id: string) => ({ ...facts(id), target: { host, port: 5432 } }) as ConnectionFacts;
    const kept = withAddresses(made, known('db-1'));
    assert.equal(kept.steps[0]?.plannedFor?.address, 'db-1:5432');
    assert.deepEqual(withAddresses(kept, known('db-2')), kept, 'it is where the plan was made for that counts');
    assert.deepEqual(movedServers(kept, known('db-1')), []);
    const { session, executed } = answering('shop', 'id-of-shop');
    const moved = { ...dependencies(session), facts: known('db-2') };
    await assert.rejects(executePlan(kept, moved), {
      kind: 'notConfirmed',
      message:
        'The connection shop leads to db-2:5432 now; when this plan was made, it led to db-1:5432. Nothing was run.',
    });
    assert.deepEqual(executed, []);
    const [server] = movedServers(kept, known('db-2'));
    assert.ok(server);
    assert.match(movedQuestion(kept, server).detail, /restored from a backup/);
    assert.equal((await executePlan(kept, moved, { moved: new Set(['shop']) })).status, 'done');
  });

  it('runs on the same server, and where the identifier can’t be read', async () => {
    const { session, executed } = answering('shop', 'id-of-shop');
    assert.equal((await executePlan(made, dependencies(session))).status, 'done');
    assert.ok(executed.includes('a'));
    const hidden = target({ server: { systemIdentifier: null } });
    const other = answering('shop', 'another');
    const plan = makePlan('Try', [{ on: hidden, title: 'Run it', statement: ['a'] }]);
    assert.equal((await executePlan(plan, dependencies(other.session))).status, 'done');
  });
});

describe('marks of a publisher', () => {
  it('count where a subscription makes or drops a slot there', async () => {
    assert.equal(await refusal(subscribing(), { shop: { readOnly: true } }), 'readOnlyConnection');
    assert.equal(await refusal(subscribing(), { shop: { production: true } }), 'notConfirmed');
    const { typed } = confirmationFor(subscribing(), (id) => facts(id, { production: id === 'shop' }));
    assert.deepEqual(
      typed.map(({ name }) => name),
      ['shop'],
    );
    const copy = target({ connectionId: 'copy', inventory: { subscriptions: [subscription('orders_sub')] } });
    const dropping = planDropSubscription(copy, 'orders_sub', 'dropSlotToo', {
      connectionId: 'shop',
      serverName: 'shop',
    });
    assert.equal(await refusal(dropping, { shop: { readOnly: true } }), 'readOnlyConnection');
  });

  it('don’t count where the slot is there already, or stays', async () => {
    const existing = planCreateSubscription(
      { subscriber: target({ connectionId: 'copy' }), publisher: target(), publisherInventory: null },
      subscriptionChoice({ slot: { mode: 'existing', name: 'there' } }),
    );
    assert.equal(await refusal(existing, { shop: { readOnly: true } }), 'ran');
  });
});

describe('nobody waits without end', () => {
  it('for a look at a publisher that doesn’t answer, once the step is over', async () => {
    const { session } = fakeSession();
    let finish = (): void => {};
    const over = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let looked = false;
    const plan = makePlan('Try', [
      {
        on: { connectionId: 'shop', serverName: 'shop' },
        title: 'Wait',
        statement: ['a'],
        wait: { limitMs: 60_000, blockersOn: ['gone'] },
      },
    ]);
    const outcome = await executePlan(plan, {
      ...dependencies({
        ...session,
        execute: async (text) => {
          if (text === 'a') await over;
          return { notices: [] };
        },
      }),
      watchSession: () => {
        looked = true;
        finish();
        return new Promise(() => {});
      },
    });
    assert.ok(looked);
    assert.equal(outcome.status, 'done');
  });

  it('for a server that doesn’t let one in, once it was cancelled', async () => {
    const { session, executed } = fakeSession();
    const stop = new AbortController();
    const plan = makePlan('Try', [{ on: target(), title: 'Run it', statement: ['a'] }]);
    const outcome = await executePlan(
      plan,
      {
        ...dependencies(session),
        session: (_, signal) =>
          new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => reject(new ReplicationError('cancelled', 'Cancelled.')));
            stop.abort();
          }),
      },
      { signal: stop.signal },
    );
    assert.equal(outcome.status, 'cancelled');
    assert.deepEqual(executed, []);
  });

  it('for an answer to what is read by the way', async () => {
    const { session, options } = fakeSession((text) =>
      text.includes('statement_timeout')
        ? [
            {
              answer: JSON.stringify({
                version: '18.4',
                versionNumber: 180004,
                role: 'postgres',
                superuser: true,
                replication: true,
                readsAllStats: true,
                createsInDatabase: true,
                createsSubscriptions: true,
                readsOriginStatus: true,
                readsSystemIdentifier: true,
                listsLibraries: true,
                columns: [],
              }),
            },
          ]
        : [],
    );
    await readProbe(session, 1000);
    await readBlockers(session, 'shop');
    await readLockHolders(session, 'shop', 1);
    await readTableDetails(session, [1]);
    assert.equal(options.length, 5);
    for (const how of options) assert.ok((how?.deadlineMs ?? 0) > 0, how?.doing);
  });
});

describe('an undo takes back only what was done', () => {
  it('lets go of a slot that was there before, and doesn’t drop it', () => {
    const plan = planCreateSubscription(
      { subscriber: target({ connectionId: 'copy' }), publisher: target(), publisherInventory: null },
      subscriptionChoice({ slot: { mode: 'existing', name: 'there' } }),
    );
    const [undo] = plan.steps.map((step) => step.undo);
    assert.match(undo?.title ?? '', /leave the replication slot there where it stands$/);
    const text = renderForServer(undo?.statement ?? []);
    assert.ok(text.indexOf('SET (slot_name = NONE)') < text.indexOf('DROP SUBSCRIPTION'), text);
  });

  it('doesn’t disable a subscription that was enabled all along', () => {
    const copy = target({ inventory: { subscriptions: [subscription('s', { enabled: true })] } });
    assert.equal(planEnableSubscription(copy, 's', true).steps[0]?.undo, null);
    assert.equal(planEnableSubscription(copy, 's', false).steps[0]?.undo?.title, 'Enable subscription s');
  });
});
