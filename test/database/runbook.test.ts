import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { Plan } from '../../src/replication/model/plan.ts';
import { Secret } from '../../src/replication/model/secret.ts';
import { joinPlans } from '../../src/replication/operations/joinPlans.ts';
import { planCreatePublication } from '../../src/replication/operations/publication/createPublication.ts';
import { planDropPublications } from '../../src/replication/operations/publication/dropPublication.ts';
import { makePlan } from '../../src/replication/operations/steps.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { planDropSubscription } from '../../src/replication/operations/subscription/dropSubscription.ts';
import { quoteIdentifier } from '../../src/replication/postgres/quote.ts';
import { runbookText } from '../../src/ui/plans/runbook.ts';
import { run, type Finished } from '../support/run.ts';
import type { ConnectAs } from '../support/servers/testServer.ts';
import { useServers } from '../support/servers/useServers.ts';
import { skip } from '../support/skip.ts';
import { Bench, member, publicationOf, subscriptionTo } from './operationsKit.ts';

/** Everything that quoting could stumble over: in SQL, in connection strings, in format(), in psql. */
const nasty = String.raw`it's \ 100%s "odd" :x :'y' $$ \' end`;
const hostile = `o'dd "%L" :name \\ pub`;

describe('a runbook in psql (real servers)', function () {
  this.timeout(180_000);
  const servers = useServers({ publisher: { major: 18 }, subscriber: { major: 16 } });
  let bench: Bench;
  let role: ConnectAs;
  let folder: string;

  before(async function () {
    if ((await run('psql', ['--version']).catch(() => null))?.code !== 0) skip(this, 'this machine has no psql');
    folder = await mkdtemp(path.join(os.tmpdir(), 'runbook-'));
    role = await servers.publisher.createRole('repl', nasty, 'SUPERUSER REPLICATION');
    for (const server of [servers.publisher, servers.subscriber]) {
      await server.script('create table orders (id int primary key)');
    }
    bench = new Bench().add('publisher', servers.publisher).add('subscriber', servers.subscriber);
  });
  after(async () => {
    await bench?.service.dispose();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Runs a plan's runbook as a person would; `answers` are typed at its prompts. */
  async function psql(plan: Plan, answers: readonly string[]): Promise<Finished> {
    const text = runbookText({ plan, target: (id) => bench.connections.facts(id)?.target, madeAt: 'now' });
    assert.ok(!text.includes(nasty) && !text.includes("it's") && !text.includes(servers.publisher.password), text);
    const file = path.join(folder, 'runbook.sql');
    const passwords = path.join(folder, 'passwords');
    await writeFile(file, text);
    const lines = [servers.publisher, servers.subscriber].map(
      ({ host, port, superuser, password }) => `${host}:${port}:*:${superuser}:${password}`,
    );
    await writeFile(passwords, `${lines.join('\n')}\n`, { mode: 0o600 });
    const first = servers.subscriber.conninfo({ password: '' }).replace(/ password=''$/, '');
    return run('psql', ['-X', '-f', file, first], {
      env: { ...process.env, PGPASSFILE: passwords },
      input: answers.map((answer) => `${answer}\n`).join(''),
    });
  }

  const catalog = async (): Promise<unknown> => [
    await servers.publisher.query(
      `select pubname, pubinsert, pubtruncate, tablename, rowfilter, (select count(*) from pg_replication_slots) as slots
        from pg_publication join pg_publication_tables using (pubname)`,
    ),
    await servers.subscriber.query(
      'select subname, subenabled, subslotname, subpublications, subconninfo, subbinary from pg_subscription',
    ),
  ];

  it('makes the same as the plan itself, whatever the password and the names', async () => {
    const publication = planCreatePublication(
      await bench.target('publisher'),
      publicationOf(hostile, { tables: [member('public', 'orders', { filter: 'id % 2 = 0' })] }),
    );
    const choice = subscriptionTo(servers.publisher, 'nightly', [hostile], { enabled: false });
    const subscription = planCreateSubscription(await bench.parties('publisher', 'subscriber'), {
      ...choice,
      conninfo: choice.conninfo.map(([key, value]) => [key, key === 'user' ? (role.user ?? '') : value] as const),
      password: new Secret(nasty),
    });
    const both = joinPlans('Publish and subscribe', [publication, subscription]);
    const again = { ...both, basis: [] };

    await bench.done(again);
    const expected = await catalog();
    await bench.done(planDropSubscription(await bench.target('subscriber'), 'nightly', 'dropSlotToo'));
    await bench.done(planDropPublications(await bench.target('publisher'), [hostile]));

    const finished = await psql(again, [nasty]);
    assert.equal(finished.code, 0, finished.stderr);
    assert.match(finished.stdout, /All steps were carried out/);
    assert.ok(!`${finished.stdout}${finished.stderr}`.includes(nasty));
    assert.deepEqual(await catalog(), expected);
    await bench.done(planDropSubscription(await bench.target('subscriber'), 'nightly', 'dropSlotToo'));
    await bench.done(planDropPublications(await bench.target('publisher'), [hostile]));
  });

  it('asks where to connect to where the connection is no longer known', async () => {
    const on = await bench.target('publisher');
    const plan = makePlan('Comment', [{ on, title: 'Comment', statement: [`comment on table orders is 'by psql'`] }]);
    const away = { ...plan, steps: plan.steps.map((step) => ({ ...step, connectionId: 'away' })) };
    const { host, port, superuser } = servers.publisher;
    const finished = await psql(away, [`host=${host} port=${port} dbname=postgres user=${superuser}`]);
    assert.equal(finished.code, 0, finished.stderr);
    const [row] = await servers.publisher.query(`select obj_description('orders'::regclass) as said`);
    assert.deepEqual(row, { said: 'by psql' });
  });

  it('asks for a secret that is a literal, and stops at the first failure without showing one', async () => {
    const on = await bench.target('publisher');
    const name = `ro'le %s`;
    const statement = (password: string) =>
      [
        `CREATE ROLE ${quoteIdentifier(name)} LOGIN PASSWORD `,
        { literal: new Secret(password), label: `the password of ${name}` },
      ] as const;
    const step = { on, title: `Create role ${name}`, statement: statement(nasty) };
    const twice = makePlan('Create a role twice', [step, step, { on, title: 'Never', statement: ['SELECT 1/0'] }]);
    const finished = await psql(twice, [nasty]);
    assert.equal(finished.code, 3, finished.stderr);
    assert.match(finished.stderr, /already exists/);
    assert.ok(!`${finished.stdout}${finished.stderr}`.includes(nasty));
    const client = await servers.publisher.client('postgres', { user: name, password: nasty });
    await client.end();
  });
});
