import assert from 'node:assert/strict';

import { draftOf, targetDefaults } from '../../../src/connections/connection.ts';
import {
  fromPasswordFile,
  parsePasswordFile,
  passwordFor,
  readPasswordFile,
} from '../../../src/connections/imports/passwordFile.ts';
import { machine, seen } from './machine.ts';

describe('the password file', () => {
  const text = [
    '# a comment:with:five:fields:x',
    'db:5432:app:anna:s3cret',
    String.raw`fe80\:\:1:5432:a\:b:an\\na:p\:w\\:ignored`,
    'db:*:*:anna:any port',
    '*:*:*:*:anything',
    'too:few:fields',
    '',
  ].join('\r\n');
  const entries = parsePasswordFile(text);
  const target = (host: string, port = 5432, database = 'app', user = 'anna') => ({
    ...draftOf('', { ...targetDefaults(user), host, port, database, user, sslMode: 'prefer' }).target,
  });

  it('has fields with escapes and wildcards', () => {
    assert.deepEqual(
      entries.map(({ line, host, port, database, user, password }) => [
        line,
        host,
        port,
        database,
        user,
        password.reveal(),
      ]),
      [
        [2, 'db', '5432', 'app', 'anna', 's3cret'],
        [3, 'fe80::1', '5432', 'a:b', String.raw`an\na`, String.raw`p:w\\`.slice(0, -1)],
        [4, 'db', null, null, 'anna', 'any port'],
        [5, null, null, null, null, 'anything'],
      ],
    );
  });

  it('gives the password of the first line that fits', () => {
    const found = (host: string, port?: number, database?: string, user?: string) =>
      passwordFor(entries, target(host, port, database, user))?.reveal();
    assert.equal(found('db'), 's3cret');
    assert.equal(found('db', 5433), 'any port');
    assert.equal(found('db', 5433, 'app', 'bo'), 'anything');
    assert.equal(passwordFor(entries.slice(0, 3), target('elsewhere')), null);
    const local = parsePasswordFile('localhost:*:*:*:local');
    assert.equal(passwordFor(local, target('/var/run/postgresql'))?.reveal(), 'local');
    assert.equal(passwordFor(local, target('/srv/sockets')), null);
  });

  it('offers only entries that name one database', () => {
    assert.deepEqual(
      seen(fromPasswordFile({ file: 'F', entries, problems: [] })).map(({ at, origin }) => `${at} ${origin}`),
      ['anna@db:5432/app prefer F line 2', String.raw`an\na@fe80::1:5432/a:b prefer F line 3`],
    );
  });

  it('is left aside where others may read it, except on Windows', async () => {
    const open = { text, mode: 0o640 };
    const unix = await readPasswordFile(machine({ files: { '/home/anna/.pgpass': open } }));
    assert.deepEqual([unix.entries.length, unix.problems.length], [0, 1]);
    assert.match(unix.problems[0] ?? '', /0600/);
    assert.equal((await readPasswordFile(machine({ files: { '/home/anna/.pgpass': text } }))).entries.length, 4);
    assert.equal(
      (await readPasswordFile(machine({ env: { PGPASSFILE: '/p' }, files: { '/p': text } }))).entries.length,
      4,
    );
    const windows = machine({
      platform: 'win32',
      env: { APPDATA: '/appdata' },
      files: { '/appdata/postgresql/pgpass.conf': open },
    });
    assert.equal((await readPasswordFile(windows)).entries.length, 4);
  });
});
