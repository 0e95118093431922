import assert from 'node:assert/strict';

import { type ConnectionTarget, sslModes } from '../../../src/replication/model/connect.ts';
import { formatConninfo, parseConninfo } from '../../../src/replication/model/conninfo.ts';
import { targetFromConninfo, targetToConninfo } from '../../../src/replication/model/conninfoTarget.ts';
import { formatConninfoUri } from '../../../src/replication/model/conninfoUri.ts';
import { ReplicationError } from '../../../src/replication/model/errors.ts';

const defaults = {
  user: 'me',
  host: 'localhost',
  connectTimeoutSeconds: 10,
  statementTimeoutMs: 30_000,
  applicationName: 'app',
};
const read = (text: string) => targetFromConninfo(parseConninfo(text).pairs, defaults);

describe('a connection string as a target', () => {
  it("has libpq's defaults for what it leaves out", () => {
    assert.deepEqual(read(''), {
      target: {
        host: 'localhost',
        port: 5432,
        database: 'me',
        user: 'me',
        sslMode: 'prefer',
        connectTimeoutSeconds: 10,
        statementTimeoutMs: 30_000,
        applicationName: 'app',
      },
      hosts: [{ host: 'localhost', port: 5432 }],
      ignored: [],
    });
    assert.equal(read('user=anna').target.database, 'anna');
    assert.equal(read('sslrootcert=system').target.sslMode, 'verify-full');
  });

  it('says which hosts it names and which keywords found no place', () => {
    const several = read('postgres://a:1,b:2,c/d?target_session_attrs=any&hostaddr=10.0.0.1');
    assert.deepEqual(several.hosts, [
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
      { host: 'c', port: 5432 },
    ]);
    assert.deepEqual([several.target.host, several.target.port], ['a', 1]);
    assert.deepEqual(several.ignored, ['target_session_attrs', 'hostaddr']);
    // One port holds for all hosts.
    assert.deepEqual(read('host=a,b port=6').hosts, [
      { host: 'a', port: 6 },
      { host: 'b', port: 6 },
    ]);
    assert.equal(read('hostaddr=10.0.0.1').target.host, '10.0.0.1');
  });

  it('takes its timeouts and its name from the string', () => {
    const { target, ignored } = read(`connect_timeout=3 application_name='my app' options='-c statement_timeout=5s'`);
    assert.deepEqual(
      [target.connectTimeoutSeconds, target.statementTimeoutMs, target.applicationName],
      [3, 5000, 'my app'],
    );
    assert.deepEqual(ignored, []);
    assert.deepEqual(read(`options='-c search_path=x'`).ignored, ['options']);
  });

  it('refuses what cannot be, by keyword, without the value', () => {
    for (const [text, keyword] of [
      ['port=s3cret', 'port'],
      ['port=70000', 'port'],
      ['sslmode=s3cret', 'sslmode'],
      ['connect_timeout=s3cret', 'connect_timeout'],
    ] as const) {
      assert.throws(
        () => read(text),
        (error) =>
          ReplicationError.is(error, 'invalidConnection') &&
          error.message.includes(keyword) &&
          !error.message.includes('s3cret'),
      );
    }
  });

  it('goes to a connection string of either form and comes back', () => {
    for (const name of [
      'plain',
      `it's "a" \\ test`,
      'a.b c',
      '<img src=x onerror=…>',
      '"; drop table x; --',
      '数据库',
      '100%&=?/@:',
    ]) {
      for (const sslMode of sslModes) {
        const target: ConnectionTarget = {
          host: '/var/run/post gres',
          port: 65_535,
          database: name,
          user: name,
          sslMode,
          sslRootCert: `~/${name}.pem`,
          sslCert: `/c/${name}`,
          sslKey: `/k/${name}`,
          connectTimeoutSeconds: defaults.connectTimeoutSeconds,
          statementTimeoutMs: defaults.statementTimeoutMs,
          applicationName: defaults.applicationName,
        };
        assert.deepEqual(read(formatConninfo(targetToConninfo(target))).target, target);
        assert.deepEqual(read(formatConninfoUri(targetToConninfo(target))).target, target);
      }
    }
  });
});
