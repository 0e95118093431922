import assert from 'node:assert/strict';

import type { ProviderId } from '../../../src/replication/providers/provider.ts';
import { providerOf, providerOfHost } from '../../../src/replication/providers/recognise.ts';
import { target } from '../operations/fixture.ts';

/** A made-up server with these settings, and roles or functions of a provider. */
function recognised(
  host: string,
  signs: { readonly settings?: readonly string[]; readonly objects?: readonly string[] } = {},
): ProviderId {
  const settings = Object.fromEntries((signs.settings ?? []).map((name) => [name, { name, value: 'off', unit: null }]));
  const { inventory } = target({ server: { settings, providerSigns: signs.objects ?? [] } }).snapshot;
  return providerOf(inventory, host).id;
}

describe('recognising the provider', () => {
  const cases: readonly (readonly [ProviderId, string, Parameters<typeof recognised>[1]])[] = [
    ['own', 'db.example.com', {}],
    ['own', '', {}],
    ['rds', 'shop.abc123.eu-west-1.rds.amazonaws.com', {}],
    ['rds', 'shop.abc123.cn-north-1.rds.amazonaws.com.cn', {}],
    ['rds', '10.0.0.7', { settings: ['rds.logical_replication'], objects: ['rds_superuser'] }],
    ['aurora', 'shop.cluster-abc123.eu-west-1.rds.amazonaws.com', {}],
    ['aurora', 'shop.cluster-ro-abc123.eu-west-1.rds.amazonaws.com', {}],
    ['aurora', 'shop-1.abc123.eu-west-1.rds.amazonaws.com', { objects: ['rds_superuser', 'aurora_version'] }],
    ['aurora', '127.0.0.1', { settings: ['rds.logical_replication'], objects: ['aurora_version'] }],
    ['cloudSql', '34.1.2.3', { settings: ['cloudsql.logical_decoding'], objects: ['cloudsqlsuperuser'] }],
    ['cloudSql', 'localhost', { settings: ['cloudsql.logical_decoding'] }],
    ['alloyDb', '34.1.2.3', { objects: ['alloydbsuperuser', 'cloudsqlsuperuser'] }],
    ['alloyDb', '34.1.2.3', { settings: ['alloydb.logical_decoding', 'cloudsql.logical_decoding'] }],
    ['azure', 'Shop.Postgres.Database.Azure.com', {}],
    ['azure', '10.0.0.7', { settings: ['azure.extensions'] }],
    ['azure', '10.0.0.7', { objects: ['azure_pg_admin'] }],
    ['neon', 'ep-cool-1.eu-central-1.aws.neon.tech', {}],
    ['neon', '10.0.0.7', { settings: ['neon.tenant_id'] }],
    ['neon', '10.0.0.7', { objects: ['neon_superuser'] }],
    ['supabase', 'db.abcdef.supabase.co', {}],
    ['supabase', 'aws-0-eu-central-1.pooler.supabase.com', {}],
    ['supabase', '', { objects: ['supabase_admin'] }],
  ];
  for (const [wanted, host, signs] of cases) {
    it(`knows ${wanted} by ${host || 'no host'} ${JSON.stringify(signs)}`, () => {
      assert.equal(recognised(host, signs), wanted);
    });
  }

  it('lets the host decide over what a dump carried there', () => {
    assert.equal(recognised('shop.abc123.eu-west-1.rds.amazonaws.com', { objects: ['neon_superuser'] }), 'rds');
    assert.equal(recognised('ep-1.aws.neon.tech', { objects: ['rds_superuser', 'cloudsqlsuperuser'] }), 'neon');
    assert.equal(recognised('db.abcdef.supabase.co', { objects: ['rds_superuser'] }), 'supabase');
    for (const host of ['localhost', '127.0.0.1', '::1', '/var/run/postgresql']) {
      assert.equal(recognised(host, { objects: ['rds_superuser', 'supabase_admin'] }), 'own', host);
    }
  });

  it('takes no other host for one of a provider', () => {
    for (const host of [
      'neon.tech.example.com',
      'notneon.tech',
      'amazonaws.com',
      'supabase.co.evil.org',
      'x.azure.com',
    ]) {
      assert.equal(providerOfHost(host).id, 'own', host);
    }
  });

  it('says which hosts serve no replication, and which do', () => {
    const said = (host: string): string | null => providerOfHost(host).hostObstacle(host);
    assert.match(said('ep-1-pooler.eu.aws.neon.tech') ?? '', /Use ep-1\.eu\.aws\.neon\.tech\./);
    assert.equal(said('ep-1.eu.aws.neon.tech'), null);
    assert.match(said('aws-0-eu.pooler.supabase.com') ?? '', /db\.<project>\.supabase\.co/);
    assert.equal(said('db.abc.supabase.co'), null);
    assert.match(said('shop.cluster-ro-abc.eu.rds.amazonaws.com') ?? '', /writer endpoint/);
    assert.equal(said('shop.cluster-abc.eu.rds.amazonaws.com'), null);
    assert.equal(said('db.example.com'), null);
  });
});
