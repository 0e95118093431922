import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { mustRun } from '../support/run.ts';
import { useServers } from '../support/servers/useServers.ts';
import { majorsUnderTest } from '../support/servers/versions.ts';
import { skip } from '../support/skip.ts';
import { LagLab, load, longTestMs } from './lagKit.ts';
import { assertBytesTrue } from './lagTruth.ts';

const newest = majorsUnderTest().at(-1) ?? 18;

describe(`the known truth of a consumer that is no subscription, on PostgreSQL ${newest} (real servers)`, function () {
  this.timeout(longTestMs);
  const servers = useServers({ publisher: { major: newest } });

  it('is what pg_recvlogical has received: up to there it is applied, and what follows is not', async function () {
    const version = spawnSync('pg_recvlogical', ['--version'], { encoding: 'utf8' });
    if (version.status !== 0) skip(this, 'there is no pg_recvlogical on this machine');
    const { publisher } = servers;
    const lab = new LagLab({ publisher });
    try {
      lab.watch('publisher');
      await publisher.query("SELECT pg_create_logical_replication_slot('raw', 'test_decoding')");
      await publisher.query('CREATE TABLE raw_t (id int PRIMARY KEY, filler text)');
      await load(publisher, 'raw', 20);
      const [end] = await publisher.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
      await load(publisher, 'raw', 300);

      const file = `${publisher.dataFolder}.received`;
      const reading = ['--slot=raw', '--start', `--endpos=${end?.lsn}`, `--file=${file}`, '--no-loop'];
      const env = { ...process.env, PGPASSWORD: publisher.password };
      const where = ['--host=127.0.0.1', `--port=${publisher.port}`, '--username=postgres', '--dbname=postgres'];
      await mustRun('pg_recvlogical', [...where, ...reading], { cwd: path.dirname(file), env });
      const received = await readFile(file, 'utf8');
      assert.equal(received.match(/^table public\.raw_t: INSERT/gm)?.length, 20, 'it received what was there by then');

      const lag = await lab.until('bytes that it lacks', 'raw', (one) => (one.notAppliedBytes ?? 0) > 250_000);
      assert.equal(lag.state, 'inactive');
      await assertBytesTrue(lab, publisher, 'raw');
      const [own] = await publisher.query<{ beyond: string }>(
        "SELECT confirmed_flush_lsn - $1::pg_lsn AS beyond FROM pg_replication_slots WHERE slot_name = 'raw'",
        [end?.lsn],
      );
      assert.equal(Number(own?.beyond), 0, 'confirmed is what it received, and no more');
    } finally {
      await lab.dispose();
    }
  });
});
