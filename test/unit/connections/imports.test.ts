import assert from 'node:assert/strict';

import { type Connection, draftOf, targetDefaults } from '../../../src/connections/connection.ts';
import { collectOffers } from '../../../src/connections/imports/collect.ts';
import { otherDatabases } from '../../../src/connections/imports/databases.ts';
import { fromEnvironment } from '../../../src/connections/imports/environment.ts';
import { fromMicrosoft } from '../../../src/connections/imports/microsoft.ts';
import { fromServiceFile, parseServices } from '../../../src/connections/imports/serviceFile.ts';
import { fromSqlTools } from '../../../src/connections/imports/sqltools.ts';
import { machine, seen } from './machine.ts';

describe('connections from the environment', () => {
  it("are read from libpq's variables, with libpq's defaults", async () => {
    const found = await fromEnvironment(
      machine({
        env: { PGHOST: 'db', PGPORT: '5433', PGPASSWORD: 's3cret', PGSSLMODE: 'require', PGCONNECT_TIMEOUT: '3' },
      }),
    );
    assert.deepEqual(seen(found), [
      { name: 'anna on db:5433', at: 'anna@db:5433/anna require', origin: 'PGHOST, PGPORT', password: 's3cret' },
    ]);
    assert.equal(found.offers[0]?.draft.target.connectTimeoutSeconds, 3);
  });

  it('are none where no variable names a server, or DATABASE_URL is of another database', async () => {
    assert.deepEqual(
      await fromEnvironment(machine({ env: { PGSSLMODE: 'require', PGPASSWORD: 'x', DATABASE_URL: 'mysql://h/d' } })),
      {
        offers: [],
        problems: [],
      },
    );
  });

  it('are read from DATABASE_URL', async () => {
    const found = await fromEnvironment(
      machine({ env: { DATABASE_URL: 'postgres://bo:s3cret@h1,h2/app?sslmode=verify-ca' } }),
    );
    assert.deepEqual(seen(found), [
      {
        name: 'app on h1',
        at: 'bo@h1:5432/app verify-ca',
        origin: 'DATABASE_URL',
        password: 's3cret',
        remarks: ['It names 2 hosts; the first is taken.'],
      },
    ]);
  });

  it('say which variable cannot be read, without its value', async () => {
    const found = await fromEnvironment(
      machine({ env: { DATABASE_URL: 'postgres://u:s3cret%@h', PGHOST: 'h', PGPORT: 's3cret' } }),
    );
    assert.equal(found.offers.length, 0);
    assert.equal(found.problems.length, 2);
    assert.match(found.problems[0] ?? '', /^DATABASE_URL: /);
    assert.ok(!found.problems.join(' ').includes('s3cret'));
  });

  it('take what PGSERVICE names first, the variables for the rest', async () => {
    const files = { '/etc/pg/pg_service.conf': '[live]\nhost=service-host\npassword=s3cret\n' };
    const env = { PGSERVICE: 'live', PGSYSCONFDIR: '/etc/pg', PGHOST: 'h', PGDATABASE: 'app' };
    assert.deepEqual(seen(await fromEnvironment(machine({ env, files }))), [
      {
        name: 'app on service-host',
        at: 'anna@service-host:5432/app prefer',
        origin: 'PGHOST, PGDATABASE, PGSERVICE',
        password: 's3cret',
      },
    ]);
    const missing = await fromEnvironment(machine({ env: { ...env, PGSERVICE: 'gone' }, files }));
    assert.deepEqual([missing.offers.length, missing.problems.length], [0, 1]);
  });
});

describe('connections from service files', () => {
  const text = [
    '\uFEFF# comment',
    '[ live ]',
    '[live]',
    "host=db it's",
    '  dbname = my app  ',
    'password=top=s3cret',
    'host=second',
    'ldap://directory/x',
    '',
    '[live]',
    'host=never',
    '[bad]',
    'port=abc',
  ].join('\r\n');

  it('are its sections, of which the first of a name counts, with values as they stand', () => {
    const services = parseServices(text);
    assert.deepEqual([...services.keys()], [' live ', 'live', 'bad']);
    assert.deepEqual(services.get('live')?.pairs, [
      ['host', "db it's"],
      ['dbname', 'my app'],
    ]);
    assert.equal(services.get('live')?.password?.reveal(), 'top=s3cret');
  });

  it("are looked for where libpq does; the user's go before the system's", async () => {
    const files = {
      '/home/anna/.pg_service.conf': '[a]\nhost=user\n',
      '/etc/pg/pg_service.conf': '[a]\nhost=system\n[b]\nhost=system\n',
      '/elsewhere': '[c]\nhost=named\n',
    };
    const names = async (env: Readonly<Record<string, string>>) =>
      seen(await fromServiceFile(machine({ env, files }))).map(({ name, at, origin }) => `${name} ${at} ${origin}`);
    assert.deepEqual(await names({ PGSYSCONFDIR: '/etc/pg' }), [
      'a anna@user:5432/anna prefer /home/anna/.pg_service.conf [a]',
      'b anna@system:5432/anna prefer /etc/pg/pg_service.conf [b]',
    ]);
    assert.deepEqual(await names({ PGSERVICEFILE: '/elsewhere' }), ['c anna@named:5432/anna prefer /elsewhere [c]']);
  });

  it('say which section cannot be used', async () => {
    const found = await fromServiceFile(machine({ files: { '/home/anna/.pg_service.conf': text } }));
    assert.deepEqual(found.problems, [
      "/home/anna/.pg_service.conf [bad]: The connection string's port is not a number from 1 to 65535.",
    ]);
  });
});

describe("connections of other extensions' settings", () => {
  it('are read from SQLTools: by server, by socket, by connection string, PostgreSQL only', () => {
    const found = fromSqlTools(
      [
        {
          driver: 'PostgreSQL',
          name: 'local',
          group: 'Work',
          server: '${env:DBHOST}',
          port: 5433,
          database: 'app',
          username: 'anna',
          password: 's3cret',
          connectionTimeout: 2.5,
          pgOptions: {
            statement_timeout: 9000,
            ssl: { rejectUnauthorized: true, ca: 'file:///ca.pem', cert: '/c', key: '/k' },
          },
        },
        {
          driver: 'PostgreSQL',
          name: 'socket',
          socketPath: '/run/pg/.s.PGSQL.5432',
          database: 'app',
          username: 'anna',
        },
        { driver: 'PostgreSQL', name: 'string', connectString: 'postgres://bo:pw@h/d' },
        {
          driver: 'PostgreSQL',
          name: 'lax',
          server: 'h',
          database: 'd',
          username: 'u',
          pgOptions: { ssl: { rejectUnauthorized: false } },
        },
        { driver: 'PostgreSQL', name: 'tunnel', server: 'h', ssh: 'Enabled', sshOptions: {} },
        { driver: 'PostgreSQL', name: 'broken', connectString: 'postgres://u:s3cret@h:port' },
        { driver: 'MySQL', name: 'mysql', server: 'h' },
        null,
        'rubbish',
      ],
      'User settings',
      'me',
      { DBHOST: 'db' },
    );
    assert.deepEqual(seen(found), [
      { name: 'local', at: 'anna@db:5433/app verify-full', origin: 'User settings "local"', password: 's3cret' },
      { name: 'socket', at: 'anna@/run/pg:5432/app prefer', origin: 'User settings "socket"' },
      { name: 'string', at: 'bo@h:5432/d prefer', origin: 'User settings "string"', password: 'pw' },
      { name: 'lax', at: 'u@h:5432/d require', origin: 'User settings "lax"' },
    ]);
    const [local] = found.offers;
    assert.equal(local?.draft.folder, 'Work');
    assert.deepEqual(
      [local?.draft.target.sslRootCert, local?.draft.target.sslCert, local?.draft.target.sslKey],
      ['/ca.pem', '/c', '/k'],
    );
    assert.deepEqual([local?.draft.target.statementTimeoutMs, local?.draft.target.connectTimeoutSeconds], [9000, 3]);
    assert.equal(found.problems.length, 2);
    assert.ok(!found.problems.join('').includes('s3cret'));
  });

  it("are read from Microsoft's extension, its groups as folders", () => {
    const found = fromMicrosoft(
      [
        {
          id: '1',
          groupId: 'g',
          profileName: 'Live',
          server: 'db',
          port: '5433',
          database: 'app',
          user: 'anna',
          sslmode: 'verify-full',
          sslrootcert: '/ca.pem',
          authenticationType: 'SqlLogin',
          savePassword: true,
          password: '',
          connectTimeout: 15,
          applicationName: 'vscode-pgsql',
        },
        {
          groupId: 'top',
          profileName: 'postgresql://root@127.0.0.1:5432/',
          server: '127.0.0.1',
          user: 'root',
          authenticationType: 'None',
        },
        { server: 'azure', user: 'me', authenticationType: 'AzureMFA' },
        { profileName: 'no server' },
      ],
      [
        { id: 'g', name: 'Group' },
        { id: 'top', name: 'Servers', isDefault: true },
      ],
      'User settings',
      'me',
    );
    assert.deepEqual(
      seen(found).map(({ name, at }) => `${name}: ${at}`),
      [
        'Live: anna@db:5433/app verify-full',
        'root on 127.0.0.1: root@127.0.0.1:5432/root prefer',
        'me on azure: me@azure:5432/me prefer',
      ],
    );
    assert.deepEqual(
      found.offers.map(({ draft, remarks }) => [draft.folder, remarks.length]),
      [
        ['Group', 0],
        [null, 0],
        [null, 1],
      ],
    );
    assert.match(found.offers[0]?.draft.target.applicationName ?? '', /Replication/);
    assert.deepEqual(fromMicrosoft('rubbish', { rubbish: true }, 'User settings', 'me'), { offers: [], problems: [] });
  });
});

describe('all imports together', () => {
  it('offer each target once, without those that are known, with passwords of the password file', async () => {
    const surroundings = machine({
      env: { PGHOST: 'db', PGDATABASE: 'app' },
      files: {
        '/home/anna/.pgpass': 'db:5432:app:anna:s3cret\nother:5432:d:u:pw\nknown:5432:d:u:pw\n',
        '/home/anna/.pg_service.conf': '[same]\nhost=db\ndbname=app\n',
      },
    });
    const known: Connection = {
      ...draftOf('', {
        ...targetDefaults('u'),
        host: 'known',
        port: 5432,
        database: 'd',
        user: 'u',
        sslMode: 'prefer',
      }),
      id: '1',
    };
    const found = await collectOffers(surroundings, [], [known]);
    assert.deepEqual(
      seen(found).map(({ at, password }) => `${at} ${password}`),
      ['anna@db:5432/app prefer s3cret', 'u@other:5432/d prefer pw'],
    );
    assert.equal(found.alreadyKnown, 1);
  });
});

describe('the other databases of a server', () => {
  it('are reached as the known one, without those that are there', () => {
    const target = {
      ...targetDefaults('u'),
      host: 'h',
      port: 5432,
      database: 'a',
      user: 'u',
      sslMode: 'require',
    } as const;
    const one: Connection = { ...draftOf('', target), id: '1', folder: 'F', color: 'charts.blue', production: true };
    const named: Connection = { ...one, id: '2', name: 'Live', target: { ...target, database: 'b' } };
    const drafts = otherDatabases(one, ['a', 'b', 'c <img>'], [one, named]);
    assert.deepEqual(drafts, [
      {
        name: 'c <img> on h',
        target: { ...target, database: 'c <img>' },
        folder: 'F',
        color: 'charts.blue',
        production: true,
        readOnly: false,
      },
    ]);
    assert.deepEqual(
      otherDatabases(named, ['d'], []).map(({ name }) => name),
      ['Live / d'],
    );
  });
});
