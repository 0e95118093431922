import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { TestApi } from '../../src/extension.ts';
import type { Plan, PlanOutcome, PlanProgress } from '../../src/replication/model/plan.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import { planCreateSlot } from '../../src/replication/operations/slot/createSlot.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import type { PlanTarget } from '../../src/replication/operations/target.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { addConnection, extensionApi, nodeAt, rowsBelow } from './api.ts';

describe('changes, on real servers', () => {
  const servers = useServers({ publisher: { major: 17 }, subscriber: { major: 15 } });
  let api: TestApi;
  let publisher: PlanTarget;
  let subscriber: PlanTarget;

  const target = async (connectionId: string, serverName: string): Promise<PlanTarget> => ({
    connectionId,
    serverName,
    snapshot: await api.service.refresh(connectionId),
  });
  const slotPlan = (on: PlanTarget, name: string): Plan =>
    planCreateSlot(on, { name, plugin: 'pgoutput', twoPhase: false, failover: false, waitLimitMs: 5000 });

  before(async () => {
    api = await extensionApi();
    await api.history.clear();
    await vscode.commands.executeCommand('pgReplication.servers.focus');
    await servers.publisher.script('CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1), (2)');
    await servers.subscriber.script('CREATE TABLE orders (id int PRIMARY KEY)');
    publisher = await target((await addConnection(api, 'shop 17', servers.publisher)).id, 'shop 17');
    subscriber = await target((await addConnection(api, 'warehouse 15', servers.subscriber)).id, 'warehouse 15');
  });

  after(async () => {
    for (const { id } of api.connections.all()) {
      await api.connections.remove(id);
      await api.service.close(id);
    }
  });

  it('creates a publication that shows in the tree', async () => {
    const plan = planCreatePublication(publisher, {
      name: 'orders_pub',
      scope: 'chosen',
      schemas: [],
      tables: [{ schema: 'public', name: 'orders', columns: null, filter: null }],
      operations: { insert: true, update: true, delete: true, truncate: true },
      viaRoot: false,
      generatedColumns: 'none',
    });
    assert.equal((await api.plans.run(plan))?.status, 'done');
    const rows = await rowsBelow(api, await nodeAt(api, 'shop 17', 'Publications'));
    assert.deepEqual(
      rows.map(({ text }) => text),
      ['orders_pub  1 table'],
    );
  });

  it('creates a slot that shows in the tree', async () => {
    assert.equal((await api.plans.run(slotPlan(publisher, 'by_hand')))?.status, 'done');
    await nodeAt(api, 'shop 17', 'Replication Slots', 'by_hand');
  });

  it('subscribes, and neither history nor any document or storage of it holds the password', async () => {
    const { host, port, superuser, password } = servers.publisher;
    publisher = await target(publisher.connectionId, publisher.serverName);
    const plan = planCreateSubscription(
      { subscriber, publisher, publisherInventory: null },
      {
        name: 'reporting_sub',
        publisherConnectionId: publisher.connectionId,
        conninfo: [
          ['host', host],
          ['port', String(port)],
          ['dbname', 'postgres'],
          ['user', superuser],
        ],
        password: api.secret(password),
        publications: ['orders_pub'],
        enabled: true,
        copyData: true,
        slot: { mode: 'create', name: 'reporting_sub' },
        options: {},
        waitLimitMs: 20_000,
      },
    );
    assert.equal((await api.plans.run(plan))?.status, 'done');
    await eventually(async () => (await servers.subscriber.query('SELECT 1 FROM orders')).length === 2, {
      within: 60_000,
      what: 'the rows on the subscriber',
    });
    await api.plans.preview(plan);
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, 'pgreplication-plan');
    assert.match(document.getText(), /CREATE SUBSCRIPTION/);
    const entry = api.history.entries()[0];
    assert.equal(entry?.title, plan.title);
    await vscode.commands.executeCommand('pgReplication.history.showSql', { entryId: entry.id });
    const shown = vscode.window.activeTextEditor?.document;
    assert.equal(shown?.uri.scheme, 'pgreplication-history');
    const state = api.context.globalState.keys().map((key) => JSON.stringify(api.context.globalState.get(key)));
    for (const text of [document.getText(), shown.getText(), JSON.stringify(api.history.entries()), ...state]) {
      assert.ok(!text.includes(password));
    }
  });

  it('disables and enables a subscription by command', async () => {
    const node = await nodeAt(api, 'warehouse 15', 'Subscriptions', 'reporting_sub');
    const enabled = async (): Promise<unknown> =>
      (await servers.subscriber.query('SELECT subenabled FROM pg_subscription'))[0]?.['subenabled'];
    await vscode.commands.executeCommand('pgReplication.subscription.disable', node);
    assert.equal(await enabled(), false);
    assert.match(String(api.servers.tree.getTreeItem(node).description), /^disabled · /);
    assert.match(String(api.servers.tree.getTreeItem(node).contextValue), /\bdisabled\b/);
    await vscode.commands.executeCommand('pgReplication.subscription.enable', node);
    assert.equal(await enabled(), true);
  });

  it('says what failed, and keeps it in the history', async () => {
    const again = await api.plans.run({ ...slotPlan(publisher, 'by_hand'), basis: [] }, { quiet: true });
    assert.equal(again?.status, 'failed');
    assert.equal(again.steps[0]?.error?.kind, 'duplicate');
    const entry = api.history.entries()[0];
    assert.equal(entry?.status, 'failed');
    assert.match(entry.steps[0]?.error ?? '', /already exists/);
  });

  it('has an entry while it runs, which is true at every step', async () => {
    const seen: string[] = [];
    const onProgress = (progress: PlanProgress): void => {
      const [entry] = api.history.entries();
      seen.push(`${progress.type}: ${entry?.status}, ${entry?.steps.map(({ status }) => status).join()}`);
    };
    const plan = slotPlan(publisher, 'watched');
    assert.equal((await api.plans.run(plan, { quiet: true, onProgress }))?.status, 'done');
    assert.deepEqual(
      seen.filter((line) => !line.startsWith('waiting')),
      ['started: running, running', 'finished: running, done'],
    );
    assert.equal(api.history.entries()[0]?.status, 'done');
  });

  it('looks again for what became of a step nobody knew of', async () => {
    const unknown = (plan: Plan): PlanOutcome => ({
      planId: plan.id,
      status: 'unknown',
      startedAt: Date.now(),
      endedAt: Date.now(),
      steps: [{ stepId: '1', status: 'unknown', tookMs: 5, notices: [], error: null }],
    });
    for (const [name, status] of [
      ['watched', 'done'],
      ['not_there', 'failed'],
    ] as const) {
      const plan = slotPlan(publisher, name);
      const run = await api.history.begin(plan);
      const { id } = await run.finish(unknown(plan));
      await vscode.commands.executeCommand('pgReplication.history.recheck', { entryId: id });
      assert.equal(api.history.entry(id)?.status, status);
    }
  });

  it('runs no plan of a preview that is behind the times', async () => {
    publisher = await target(publisher.connectionId, publisher.serverName);
    await api.plans.preview(slotPlan(publisher, 'late'));
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, 'pgreplication-plan');
    await servers.publisher.query(`SELECT pg_create_logical_replication_slot('late', 'pgoutput')`);
    const entries = api.history.entries();
    await vscode.commands.executeCommand('pgReplication.plan.run', document.uri);
    assert.deepEqual(api.history.entries(), entries, 'nothing was run, and nothing is left of it');
    await assert.rejects(api.service.run(slotPlan(publisher, 'late')), { kind: 'stalePlan' });
  });

  it('refuses to change a read-only connection, before anything is asked', async () => {
    await api.connections.update(publisher.connectionId, { readOnly: true });
    const entries = api.history.entries().length;
    await assert.rejects(api.plans.run(slotPlan(publisher, 'never')), { kind: 'readOnlyConnection' });
    await assert.rejects(api.service.run(slotPlan(publisher, 'never')), { kind: 'readOnlyConnection' });
    assert.equal(api.history.entries().length, entries);
    await api.connections.update(publisher.connectionId, { readOnly: false });
    assert.deepEqual(await slotNames('never'), []);
  });

  it('asks for the name of a production connection, and does nothing without it', async () => {
    await api.connections.update(publisher.connectionId, { production: true });
    await assert.rejects(api.service.run(slotPlan(publisher, 'never')), { kind: 'notConfirmed' });
    const running = api.plans.run(slotPlan(publisher, 'never'));
    const declined = await eventually(
      async () => {
        await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
        return Promise.race([running.then(() => true), new Promise((resolve) => setImmediate(resolve, false))]);
      },
      { what: 'the question to be closed' },
    );
    assert.ok(declined);
    assert.equal(await running, undefined);
    await api.connections.update(publisher.connectionId, { production: false });
    assert.deepEqual(await slotNames('never'), []);
  });

  async function slotNames(like: string): Promise<readonly unknown[]> {
    return servers.publisher.query('SELECT slot_name FROM pg_replication_slots WHERE slot_name = $1', [like]);
  }
});
