import assert from 'node:assert/strict';

import type { RoleAccess, SettingDetail } from '../../../src/replication/model/reads.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import {
  checkReplicationRole,
  planCreateReplicationRole,
  type RoleChoice,
} from '../../../src/replication/operations/role/createRole.ts';
import { planChangeSettings, settingAdvice } from '../../../src/replication/operations/settings/changeSettings.ts';
import { renderRedacted } from '../../../src/replication/postgres/statement.ts';
import { setting, target } from '../operations/fixture.ts';

const hosts = {
  own: 'db.example.com',
  rds: 'shop.abc.eu-west-1.rds.amazonaws.com',
  aurora: 'shop.cluster-abc.eu-west-1.rds.amazonaws.com',
  azure: 'shop.postgres.database.azure.com',
  neon: 'ep-1.eu.aws.neon.tech',
  supabase: 'db.abc.supabase.co',
} as const;

const google = (name: string): Parameters<typeof target>[0] => ({ server: { providerSigns: [name] } });

const choice: RoleChoice = {
  name: 'replicator',
  password: new Secret('secret-enough'),
  publications: [],
  futureSchemas: [],
  existing: false,
};

const access: RoleAccess = {
  role: 'replicator',
  exists: false,
  superuser: false,
  replication: false,
  login: false,
  bypassesRowSecurity: false,
  memberOf: [],
  database: { connect: true, grantable: true },
  schemas: [],
  tables: [],
  future: [],
  giver: { name: 'admin', createsRoles: true, givesReplication: false, memberOf: [] },
};

async function statements(
  draft: Parameters<typeof target>[0],
  host: string,
  more: Partial<RoleChoice> = {},
): Promise<readonly string[]> {
  const knowledge = { access: { ...access, exists: more.existing ?? false, login: true }, host };
  const plan = await planCreateReplicationRole(target(draft), { ...choice, ...more }, knowledge);
  return plan.steps.map(({ statement }) => renderRedacted(statement));
}

const walLevel = setting('wal_level', {
  value: 'replica',
  type: 'enum',
  min: null,
  max: null,
  choices: ['minimal', 'replica', 'logical'],
});

describe('the providers’ own ways', () => {
  const create = `CREATE ROLE "replicator" WITH LOGIN REPLICATION PASSWORD '••••••••'`;
  const bare = `CREATE ROLE "replicator" WITH LOGIN PASSWORD '••••••••'`;

  it('makes a role that replicates in each one’s way', async () => {
    assert.deepEqual(await statements({}, hosts.own), [create]);
    for (const host of [hosts.rds, hosts.aurora]) {
      assert.deepEqual(await statements({}, host), [bare, 'GRANT "rds_replication" TO "replicator"']);
    }
    assert.deepEqual(await statements({}, hosts.azure), [bare, 'ALTER ROLE "replicator" WITH REPLICATION']);
    assert.deepEqual(await statements(google('cloudsqlsuperuser'), ''), [`${create} IN ROLE "cloudsqlsuperuser"`]);
    assert.deepEqual(await statements(google('alloydbsuperuser'), ''), [`${create} IN ROLE "alloydbsuperuser"`]);
    assert.deepEqual(await statements({}, hosts.supabase), [create]);
  });

  it('gives one that is there the right alone', async () => {
    const existing = { existing: true, password: null };
    assert.deepEqual(await statements({}, hosts.rds, existing), ['GRANT "rds_replication" TO "replicator"']);
    for (const host of [hosts.own, hosts.azure, hosts.neon, hosts.supabase]) {
      assert.deepEqual(await statements({}, host, existing), ['ALTER ROLE "replicator" WITH REPLICATION'], host);
    }
    assert.deepEqual(await statements(google('cloudsqlsuperuser'), '', existing), [
      'ALTER ROLE "replicator" WITH REPLICATION',
    ]);
  });

  it('says what stands against it, and what helps', () => {
    const said = (
      draft: Parameters<typeof target>[0],
      host: string,
      giver: Partial<RoleAccess['giver']> = {},
    ): readonly string[] =>
      checkReplicationRole(target(draft), choice, {
        access: { ...access, giver: { ...access.giver, ...giver } },
        host,
      }).map(({ severity, message }) => `${severity}: ${message}`);
    assert.match(
      said({}, hosts.own)[0] ?? '',
      /^error: The role admin may not give the REPLICATION attribute.*superuser/,
    );
    assert.deepEqual(said({}, hosts.own, { givesReplication: true }), []);
    assert.deepEqual(said({}, hosts.rds), []);
    assert.match(said({}, hosts.rds, { createsRoles: false })[0] ?? '', /may not create roles/);
    assert.match(said({}, hosts.azure)[0] ?? '', /A member of azure_pg_admin may/);
    assert.deepEqual(said({}, hosts.azure, { memberOf: ['azure_pg_admin'] }), []);
    assert.match(said(google('cloudsqlsuperuser'), '')[0] ?? '', /A member of cloudsqlsuperuser may/);
    assert.deepEqual(said(google('alloydbsuperuser'), '', { memberOf: ['alloydbsuperuser'] }), []);
    assert.match(said({}, hosts.neon, { givesReplication: true })[0] ?? '', /made in the console/);
    assert.match(said({}, hosts.supabase)[0] ?? '', /since PostgreSQL 17/);
    assert.deepEqual(said({}, hosts.supabase, { givesReplication: true }), []);
  });

  it('turns settings on in each one’s way', () => {
    const how = (draft: Parameters<typeof target>[0], host: string, one: SettingDetail): string => {
      const [found] = settingAdvice(target(draft), [one], host);
      assert.ok(found);
      return found.how.kind === 'alterSystem' ? 'ALTER SYSTEM' : found.how.text;
    };
    const slots = setting('max_replication_slots', { value: '1' });
    const timeout = setting('wal_sender_timeout', { context: 'sighup' });
    assert.equal(how({}, hosts.own, walLevel), 'ALTER SYSTEM');
    assert.match(
      how({}, hosts.rds, walLevel),
      /rds\.logical_replication = 1 in the parameter group of the DB instance.*reboot the instance/,
    );
    assert.match(how({}, hosts.aurora, walLevel), /parameter group of the DB cluster.*reboot the writer/);
    assert.match(how({}, hosts.rds, slots), /Set max_replication_slots = 5 in .*, then reboot/);
    assert.match(how({}, hosts.rds, timeout), /without a reboot/);
    assert.match(how({}, hosts.azure, walLevel), /Set wal_level = logical among the server parameters.*restart/);
    assert.match(how(google('cloudsqlsuperuser'), '', walLevel), /cloudsql\.logical_decoding = on/);
    assert.match(how(google('alloydbsuperuser'), '', walLevel), /alloydb\.logical_decoding = on/);
    assert.match(how({}, hosts.neon, walLevel), /can’t be turned off again/);
    assert.match(how({}, hosts.neon, slots), /set by Neon/);
    assert.match(how({}, hosts.supabase, slots), /Set max_replication_slots = 5 with supabase/);
    const change = [{ name: 'wal_level', value: 'logical' }];
    assert.throws(() => planChangeSettings(target(), [walLevel], change, hosts.rds), {
      kind: 'unsupported',
      message: /rds\.logical_replication/,
    });
  });

  it('advises logical only where something is published, and not on 19', () => {
    const suggested = (draft: Parameters<typeof target>[0], one = walLevel): string | null | undefined =>
      settingAdvice(target(draft), [one])[0]?.suggested;
    assert.equal(suggested({}), 'logical');
    assert.equal(suggested({}, { ...walLevel, value: 'logical' }), null);
    const effective = { name: 'effective_wal_level', value: 'replica', unit: null };
    assert.equal(suggested({ server: { settings: { effective_wal_level: effective } } }), null);
  });
});
