import assert from 'node:assert/strict';
import { inspect } from 'node:util';

import {
  conninfoValue,
  formatConninfo,
  mentionsSecret,
  parseConninfo,
  tidyPastedConninfo,
} from '../../../src/replication/model/conninfo.ts';
import { formatConninfoUri } from '../../../src/replication/model/conninfoUri.ts';
import { ReplicationError } from '../../../src/replication/model/errors.ts';

/** Values that break a careless parser or formatter. */
const hostile = [
  'plain',
  'with space',
  ' leading and trailing ',
  "it's",
  String.raw`back\slash`,
  String.raw`\'`,
  "'",
  '\\',
  'a=b',
  'a&b?c#d/e@f:g,h',
  '100%',
  '%41',
  '+',
  '"; drop table x; --',
  '<img src=x onerror=alert(1)>',
  'línea\nsegunda\ttab',
  'déjà vu 数据库 🐘',
  'postgresql://u:p@h/d',
  'x'.repeat(63),
];

const pairsOf = (text: string) => parseConninfo(text).pairs;

describe('connection strings in keyword form', () => {
  it('are known to hold a secret while they are still typed', () => {
    for (const text of [
      "password='half",
      'sslmode=require PASSWORD = x',
      'scram_client_key=',
      'oauth_client_secret=a',
    ]) {
      assert.equal(mentionsSecret(text), true, text);
    }
    for (const text of ['', 'sslmode=require', 'password', 'passfile=/x', 'application_name=password']) {
      assert.equal(mentionsSecret(text), false, text);
    }
  });

  it('are read with spaces around "=", quotes and backslashes, as libpq reads them', () => {
    assert.deepEqual(
      pairsOf(String.raw`  host = localhost port=5433  dbname='my db' user='it\'s' application_name=a\ b`),
      [
        ['host', 'localhost'],
        ['port', '5433'],
        ['dbname', 'my db'],
        ['user', "it's"],
        ['application_name', 'a b'],
      ],
    );
  });

  it('may be empty, hold empty values, and follow a quoted value without a space', () => {
    assert.deepEqual(pairsOf('  '), []);
    assert.deepEqual(pairsOf("host='' port=1"), [
      ['host', ''],
      ['port', '1'],
    ]);
    assert.deepEqual(pairsOf("host='a'port=1"), [
      ['host', 'a'],
      ['port', '1'],
    ]);
  });

  it('keep the order of keywords and those nobody knows; the last value of a keyword counts', () => {
    assert.deepEqual(pairsOf('zebra=1 host=a apple=2 host=b'), [
      ['zebra', '1'],
      ['host', 'b'],
      ['apple', '2'],
    ]);
  });

  it('come back from formatConninfo unchanged, whatever the values', () => {
    const pairs = hostile.map((value, index) => [`keyword${index}`, value] as const);
    assert.deepEqual(pairsOf(formatConninfo(pairs)), pairs);
    for (const value of hostile) {
      assert.equal(
        parseConninfo(
          formatConninfo([
            ['password', value],
            ['host', 'h'],
          ]),
        ).password?.reveal(),
        value,
      );
    }
  });
});

describe('connection strings in URI form', () => {
  const read = (text: string) => Object.fromEntries(pairsOf(text));

  // The examples of PostgreSQL's manual, and the cases of its test src/interfaces/libpq/t/001_uri.pl.
  const examples: readonly (readonly [uri: string, pairs: Readonly<Record<string, string>>])[] = [
    ['postgresql://', {}],
    ['postgresql://localhost', { host: 'localhost' }],
    ['postgresql://localhost:5433', { host: 'localhost', port: '5433' }],
    ['postgresql://localhost/mydb', { host: 'localhost', dbname: 'mydb' }],
    ['postgresql://user@localhost', { user: 'user', host: 'localhost' }],
    [
      'postgresql://other@localhost/otherdb?connect_timeout=10&application_name=myapp',
      { user: 'other', host: 'localhost', dbname: 'otherdb', connect_timeout: '10', application_name: 'myapp' },
    ],
    [
      'postgresql://host1:123,host2:456/somedb?target_session_attrs=any',
      { host: 'host1,host2', port: '123,456', dbname: 'somedb', target_session_attrs: 'any' },
    ],
    ['postgres://host1,host2:456', { host: 'host1,host2', port: ',456' }],
    ['postgresql:///mydb?host=localhost&port=5433', { dbname: 'mydb', host: 'localhost', port: '5433' }],
    ['postgresql://[2001:db8::1234]:5432/database', { host: '2001:db8::1234', port: '5432', dbname: 'database' }],
    ['postgresql://[::1]', { host: '::1' }],
    ['postgresql:///dbname?host=/var/lib/postgresql', { dbname: 'dbname', host: '/var/lib/postgresql' }],
    ['postgresql://%2Fvar%2Flib%2Fpostgresql/dbname', { host: '/var/lib/postgresql', dbname: 'dbname' }],
    ['postgresql://user@:5433/', { user: 'user', port: '5433' }],
    ['postgresql://host/db?user=uri-user', { host: 'host', dbname: 'db', user: 'uri-user' }],
    ['postgresql://host?sslmode=disable', { host: 'host', sslmode: 'disable' }],
    ['postgresql://host/db?ssl=true', { host: 'host', dbname: 'db', sslmode: 'require' }],
    ['postgres://us%40er@h/d%2Fb', { user: 'us@er', host: 'h', dbname: 'd/b' }],
    ['postgres://h/a+b', { host: 'h', dbname: 'a+b' }],
  ];
  for (const [uri, pairs] of examples) {
    it(`reads ${uri}`, () => assert.deepEqual(read(uri), pairs));
  }

  it('give the password apart, from either place, decoded', () => {
    for (const text of ['postgres://u:p%40ss%3A%2F@h/d', 'postgres://u@h/d?password=p%40ss%3A%2F']) {
      const parsed = parseConninfo(text);
      assert.equal(parsed.password?.reveal(), 'p@ss:/');
      assert.ok(!JSON.stringify(parsed).includes('p@ss') && !inspect(parsed, { depth: 9 }).includes('p@ss'));
    }
    assert.equal(parseConninfo('postgres://u:@h/d').password, null);
  });

  it('come back from formatConninfoUri unchanged, whatever the values', () => {
    for (const value of hostile) {
      const pairs: Record<string, string> = {
        user: value,
        dbname: value,
        host: 'h',
        port: '5433',
        application_name: value,
      };
      assert.deepEqual(read(formatConninfoUri(Object.entries(pairs))), pairs);
    }
    for (const host of ['::1', 'fe80::1%eth0', '/var/run/postgresql', 'a.example,b.example', 'h o s t']) {
      assert.equal(read(formatConninfoUri([['host', host]])).host, host);
    }
  });
});

describe('what is secret in a connection string', () => {
  it('never stands among the pairs', () => {
    const parsed = parseConninfo("host=h sslpassword=s3cret1 password=s3cret2 oauth_client_secret='s3cret3'");
    assert.deepEqual(parsed.pairs, [['host', 'h']]);
    assert.deepEqual(
      parsed.otherSecrets.map(([keyword, value]) => [keyword, value.reveal()]),
      [
        ['sslpassword', 's3cret1'],
        ['oauth_client_secret', 's3cret3'],
      ],
    );
  });

  it('never shows in an error, which says the position instead', () => {
    const wrong: readonly (readonly [text: string, character: number])[] = [
      ['host=h password=top s3cret', 21],
      ['s3cret', 1],
      ["host=h password='s3cret", 17],
      ['host=h =s3cret', 8],
      ['postgres://u:s3cret%zz@h/d', 20],
      ['postgres://u:top@s3cret@h/d', 18],
      ['postgres://u:12/s3cret@h/d', 17],
      ['postgres://u:s3cret/top@h/d', 12],
      ['postgres://h/d?s3cret', 16],
      ['postgres://h/d?password=s3=cret', 16],
      ['postgres://[s3cret', 12],
      ['postgres://[]s3cret', 12],
      ['postgres://[::1]s3cret', 17],
      ['postgres://h/s3cret%ff', 14],
      ['host=s3cret\0', 12],
    ];
    for (const [text, character] of wrong) {
      assert.throws(
        () => parseConninfo(text),
        (error) => {
          assert.ok(ReplicationError.is(error, 'invalidConnection'), String(error));
          assert.ok(!`${error.message} ${error.advice ?? ''}`.includes('s3'), error.message);
          assert.match(error.message, new RegExp(String.raw`character ${character}\b`));
          return true;
        },
        text,
      );
    }
  });
});

describe('a pasted connection string', () => {
  it('is freed of what people copy around it', () => {
    const uri = 'postgresql://u@h/d';
    for (const pasted of [
      `  ${uri}\n`,
      `"${uri}"`,
      `psql '${uri}'`,
      `$ psql "${uri}"`,
      `DATABASE_URL=${uri}`,
      `export DATABASE_URL="${uri}"`,
      `jdbc:${uri}`,
      'postgresql+psycopg2://u@h/d',
    ]) {
      assert.equal(tidyPastedConninfo(pasted), uri);
    }
    assert.equal(tidyPastedConninfo(`psql "host=h dbname='my db'"`), `host=h dbname='my db'`);
    assert.equal(tidyPastedConninfo(`dbname='a' host='b'`), `dbname='a' host='b'`);
  });
});

describe('the value of a keyword', () => {
  it('is undefined where it is missing or empty', () => {
    assert.equal(conninfoValue([['host', '']], 'host'), undefined);
    assert.equal(conninfoValue([], 'host'), undefined);
    assert.equal(conninfoValue([['host', 'h']], 'host'), 'h');
  });
});
