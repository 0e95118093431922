import assert from 'node:assert/strict';

import { planCreateSlot } from '../../src/replication/operations/slot/createSlot.ts';
import { makePlan } from '../../src/replication/operations/steps.ts';
import { planCreateSubscription } from '../../src/replication/operations/subscription/createSubscription.ts';
import { undoPlan } from '../../src/ui/plans/undo.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { Bench, subscriptionTo } from './operationsKit.ts';

/** Functions and operators that anybody who may create in public could make, each a better fit than PostgreSQL's own. */
const traps = `
  create table public.caught (what text);
  create function public.trap(what text) returns text language plpgsql as $$
    begin insert into public.caught values (what); return ''; end $$;
  create function public.pg_has_role(text, text) returns boolean language sql as $$ select public.trap('pg_has_role') = '' $$;
  create function public.pg_has_role(oid, varchar) returns boolean language sql as $$ select public.trap('pg_has_role') = '' $$;
  create function public.has_database_privilege(oid, varchar) returns boolean language sql as $$ select public.trap('has_database_privilege') = '' $$;
  create function public.json_build_array(bigint, bigint) returns json language sql as $$ select to_json(public.trap('json_build_array')) $$;
  create function public.json_build_object(text, text) returns json language sql as $$ select to_json(public.trap('json_build_object')) $$;
  create function public.unnest(smallint[]) returns setof smallint language sql as $$ select length(public.trap('unnest'))::smallint $$;
  create function public.pg_create_logical_replication_slot(text, text) returns text language sql as $$ select public.trap('create slot') $$;
  create function public.pg_drop_replication_slot(text) returns text language sql as $$ select public.trap('drop slot') $$;
  create function public.joined(bigint, text) returns text language sql as $$ select public.trap('||') $$;
  create function public.joined(bigint, bigint) returns text language sql as $$ select public.trap('||') $$;
  create operator public.|| (leftarg = bigint, rightarg = text, procedure = public.joined);
  create operator public.|| (leftarg = bigint, rightarg = bigint, procedure = public.joined);
  create function public.unlike(name, name) returns boolean language sql as $$ select public.trap('!~') = '' $$;
  create operator public.!~ (leftarg = name, rightarg = name, procedure = public.unlike);
  create function public.times(float8, int) returns float8 language sql as $$ select length(public.trap('*'))::float8 $$;
  create function public.times(numeric, int) returns numeric language sql as $$ select length(public.trap('*'))::numeric $$;
  create operator public.* (leftarg = float8, rightarg = int, procedure = public.times);
  create operator public.* (leftarg = numeric, rightarg = int, procedure = public.times);
  create function public.field(jsonb, jsonb) returns text language sql as $$ select public.trap('->>') $$;
  create operator public.->> (leftarg = jsonb, rightarg = jsonb, procedure = public.field);`;

describe('what is sent to a server (real servers)', function () {
  this.timeout(180_000);
  const servers = useServers({ old: { major: 12 }, current: { major: 18 }, other: { major: 16 } });
  let bench: Bench;

  beforeEach(() => {
    bench = new Bench().add('old', servers.old).add('current', servers.current).add('other', servers.other);
  });
  afterEach(() => bench.service.dispose());

  for (const id of ['old', 'current'] as const) {
    it(`calls nothing that an ordinary role put in its way (${id})`, async () => {
      const server = servers[id];
      await server.createDatabase('trapped');
      await server.script(
        'create table t (id int primary key, note text); create publication p for table t',
        'trapped',
      );
      await server.script(traps, 'trapped');
      bench.add('trapped', server, { database: 'trapped' });
      const target = await bench.target('trapped');
      const table = target.snapshot.inventory.tables.find(({ name }) => name === 't');
      await bench.service.tableDetails('trapped', [table?.oid ?? 0]);
      await bench.service.blockers('trapped');
      const slot = { name: 'trusted', plugin: 'pgoutput', twoPhase: false, failover: false, waitLimitMs: 10_000 };
      const plan = planCreateSlot(target, slot);
      const undo = undoPlan(plan, await bench.done(plan));
      assert.ok(undo);
      await bench.done(undo);
      assert.deepEqual(await server.query('select what, count(*) from caught group by 1', [], 'trapped'), []);
      assert.deepEqual(await server.query('select slot_name from pg_replication_slots'), []);
    });
  }

  it('does not reach another server that a connection was turned to meanwhile', async () => {
    const plan = makePlan('Try', [
      { on: await bench.target('old'), title: 'Make a table', statement: ['create table strayed ()'] },
    ]);
    bench.add('old', servers.other);
    await bench.service.close('old');
    const outcome = await bench.run(plan);
    assert.equal(outcome.steps[0]?.error?.kind, 'stalePlan');
    const strayed = `select from pg_class where relname = 'strayed'`;
    assert.equal((await servers.other.query(strayed)).length, 0);
    bench.add('old', servers.old);
    await bench.service.close('old');
    assert.equal((await bench.run(plan)).status, 'done');
  });

  it('takes back a subscription within one cluster as a whole', async () => {
    const server = servers.current;
    await server.createDatabase('copy');
    for (const database of ['postgres', 'copy'])
      await server.script('create table inner_t (id int primary key)', database);
    await server.script('create publication inner_pub for table inner_t');
    bench.add('copy', server, { database: 'copy' });
    const plan = planCreateSubscription(
      await bench.parties('current', 'copy'),
      subscriptionTo(server, 'inner_sub', ['inner_pub']),
    );
    const undo = undoPlan(plan, await bench.done(plan));
    assert.equal(undo?.steps.length, 2);
    await bench.done(undo);
    assert.deepEqual(await server.query('select slot_name from pg_replication_slots'), []);
  });
});

describe('what a role may do (real server)', () => {
  const servers = useServers({ server: { major: 16 } });
  let bench: Bench;

  before(() =>
    servers.server.script(`
      create role distant login noinherit password 'pw-distant'; grant pg_create_subscription to distant;
      grant create on database postgres to distant;
      create role growing login password 'pw-growing'`),
  );
  beforeEach(() => {
    bench = new Bench()
      .add('distant', servers.server, { user: 'distant', password: 'pw-distant' })
      .add('growing', servers.server, { user: 'growing', password: 'pw-growing' });
  });
  afterEach(() => bench.service.dispose());

  it('counts a membership only where the role has its rights without SET ROLE, as the server does', async () => {
    const { inventory } = await bench.service.open('distant');
    assert.equal(inventory.server.capabilities['subscription.create'].can, false);
    const client = await servers.server.client('postgres', { user: 'distant', password: 'pw-distant' });
    await assert.rejects(
      client.query(`create subscription s connection 'host=h password=p' publication p with (connect = false)`),
      /permission denied to create subscription/,
    );
    await client.end();
  });

  it('shows what was granted meanwhile at the next refresh, and goes on reading the pulse', async () => {
    const before = await bench.service.open('growing');
    assert.equal(before.inventory.server.capabilities['slot.create'].can, false);
    const hidden = before.inventory.hidden.length;
    let pulses = 0;
    const stop = bench.service.onDidChange((_, change) => (pulses += change === 'pulse' ? 1 : 0));
    const unwatch = bench.service.watch(['growing'], 20);
    await eventually(() => pulses > 1);
    await servers.server.script(`
      alter role growing replication; grant pg_monitor to growing;
      grant select on pg_replication_origin_status to growing;
      grant execute on function pg_show_replication_origin_status() to growing`);
    const after = await bench.service.refresh('growing');
    assert.ok(after.inventory.hidden.length < hidden - 1);
    assert.equal(after.inventory.server.role.replication, true);
    pulses = 0;
    await eventually(() => pulses > 2);
    assert.equal(bench.service.state('growing').phase, 'open');
    unwatch();
    stop();
  });
});
