import assert from 'node:assert/strict';

import type { SecretConninfo } from '../../../src/replication/model/choices.ts';
import { parseSecretConninfo } from '../../../src/replication/model/conninfo.ts';
import { editConninfo, shownPairs, withPassword } from '../../../src/replication/model/editConninfo.ts';
import { Secret } from '../../../src/replication/model/secret.ts';

function plain(conninfo: SecretConninfo): readonly (readonly [string, string])[] {
  return conninfo.map(([keyword, value]) => [keyword, value instanceof Secret ? `secret:${value.reveal()}` : value]);
}

const written = String.raw`service=over host=h1,h2 password='it\'s \\ secret' port=1,2 hostaddr=10.0.0.1,10.0.0.2 made_up='x y' sslpassword=k`;

describe('a connection string edited in fields', () => {
  it('keeps every keyword at its place, the secrets as such', () => {
    assert.deepEqual(plain(parseSecretConninfo(written)), [
      ['service', 'over'],
      ['host', 'h1,h2'],
      ['password', String.raw`secret:it's \ secret`],
      ['port', '1,2'],
      ['hostaddr', '10.0.0.1,10.0.0.2'],
      ['made_up', 'x y'],
      ['sslpassword', 'secret:k'],
    ]);
    assert.doesNotMatch(JSON.stringify(parseSecretConninfo(written)), /secret|"k"/);
  });

  it('reads the URI form, with several hosts and secrets among the parameters', () => {
    const uri = 'postgresql://u:p%40ss@h1:1,[::1]:2/db?sslpassword=s&service=over&target_session_attrs=any';
    assert.deepEqual(plain(parseSecretConninfo(uri)), [
      ['user', 'u'],
      ['password', 'secret:p@ss'],
      ['host', 'h1,::1'],
      ['port', '1,2'],
      ['dbname', 'db'],
      ['sslpassword', 'secret:s'],
      ['service', 'over'],
      ['target_session_attrs', 'any'],
    ]);
  });

  it('changes what is named, takes out what is empty, and puts new ones last', () => {
    const edited = editConninfo(parseSecretConninfo(written), {
      port: '5',
      hostaddr: null,
      made_up: '',
      dbname: 'shop',
    });
    assert.deepEqual(
      plain(edited).map(([keyword, value]) => `${keyword}=${value}`),
      [
        'service=over',
        'host=h1,h2',
        String.raw`password=secret:it's \ secret`,
        'port=5',
        'sslpassword=secret:k',
        'dbname=shop',
      ],
    );
    assert.deepEqual(plain(editConninfo(edited, {})), plain(edited), 'nothing named, nothing changed');
  });

  it('changes the password alone, adds one, and takes it out', () => {
    const before = parseSecretConninfo(written);
    const changed = withPassword(before, new Secret('new'));
    assert.deepEqual(
      plain(changed),
      plain(before).map(([keyword, value]) => [keyword, keyword === 'password' ? 'secret:new' : value]),
    );
    assert.deepEqual(plain(withPassword([['host', 'h']], new Secret('p'))), [
      ['host', 'h'],
      ['password', 'secret:p'],
    ]);
    assert.ok(!plain(withPassword(before, null)).some(([keyword]) => keyword === 'password'));
  });

  it('shows no secret', () => {
    assert.deepEqual(
      shownPairs(parseSecretConninfo(written)).map(([keyword]) => keyword),
      ['service', 'host', 'port', 'hostaddr', 'made_up'],
    );
  });
});
