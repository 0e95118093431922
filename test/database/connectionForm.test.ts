import assert from 'node:assert/strict';
import { inspect } from 'node:util';

import { ConnectionStore } from '../../src/connections/store.ts';
import type { ConnectionFields, ConnectionUpdate } from '../../src/protocol/connection.ts';
import { createReplicationService } from '../../src/replication/replicationService.ts';
import type { ReplicationService } from '../../src/replication/service.ts';
import { emptyFields } from '../../src/ui/panels/connectionFields.ts';
import { ConnectionForm } from '../../src/ui/panels/connectionForm.ts';
import { freePort } from '../support/servers/freePort.ts';
import { useServers } from '../support/servers/useServers.ts';

describe('the Connection form before real servers', () => {
  const servers = useServers({
    newest: { major: 18, hba: ['host all refused 127.0.0.1/32 reject'] },
    oldest: { major: 10 },
  });
  let store: ConnectionStore;
  let service: ReplicationService;
  let posted: ConnectionUpdate[];
  let form: ConnectionForm;

  beforeEach(() => {
    const values = new Map<string, unknown>();
    const secrets = new Map<string, string>();
    posted = [];
    store = new ConnectionStore({
      storage: { get: (key) => values.get(key), update: (key, value) => Promise.resolve(void values.set(key, value)) },
      secrets: {
        get: (key) => Promise.resolve(secrets.get(key)),
        store: (key, value) => Promise.resolve(void secrets.set(key, value)),
        delete: (key) => Promise.resolve(void secrets.delete(key)),
        keys: () => Promise.resolve([...secrets.keys()]),
      },
    });
    service = createReplicationService({ connections: store, log: { debug() {}, info() {}, warn() {} } });
    form = new ConnectionForm(
      {
        service,
        connections: store,
        post: (message) => posted.push(message),
        chooseFile: () => Promise.resolve(undefined),
        user: 'nobody',
        saved: () => Promise.resolve(),
        dismiss: () => {},
      },
      { mode: 'add' },
    );
  });
  afterEach(() => service.dispose());

  const last = <Type extends ConnectionUpdate['type']>(type: Type) =>
    posted.findLast((message): message is Extract<ConnectionUpdate, { type: Type }> => message.type === type);
  /** Pastes a connection string and saves what came of it, with these changes. */
  const pasteAndSave = async (text: string, changes: Partial<ConnectionFields> = {}) => {
    await form.handle({ type: 'paste', text, fields: emptyFields() });
    const fields = last('filled')?.fields;
    assert.ok(fields, inspect(last('pasteRefused')));
    await form.handle({ type: 'save', fields: { ...fields, ...changes }, untested: false });
    const attempt = last('attempt');
    return attempt?.state === 'failed' ? attempt.error : attempt;
  };

  for (const name of ['newest', 'oldest'] as const) {
    for (const shape of ['uri', 'conninfo'] as const) {
      it(`saves what was pasted, and the service opens it by its id (${name}, ${shape})`, async () => {
        const server = servers[name];
        const attempt = await pasteAndSave(server[shape]());
        assert.ok(attempt && 'state' in attempt && attempt.state === 'worked', inspect(attempt));
        assert.ok(
          attempt.server.superuser && attempt.server.abilities.every(({ can }) => can),
          inspect(attempt.server),
        );
        const [connection] = store.all();
        const { inventory } = await service.open(connection?.id ?? '');
        assert.match(inventory.server.version, new RegExp(`^${server.major}`));
        assert.ok(!inspect([posted, store.all()], { depth: 9 }).includes(server.password));
      });
    }
  }

  it('says what an ordinary role can and cannot do', async () => {
    const [user, password] = ['ordinary "role"', "it's s3cret@/"];
    await servers.newest.createRole(user, password);
    const attempt = await pasteAndSave(servers.newest.uri({ user, password }));
    assert.ok(attempt && 'state' in attempt && attempt.state === 'worked', inspect(attempt));
    assert.equal(attempt.server.role, 'ordinary "role"');
    const cannot = attempt.server.abilities.filter(({ can }) => !can);
    assert.ok(cannot.some(({ what }) => what === 'Create replication slots'));
    assert.ok(
      cannot.every(({ reason }) => reason),
      inspect(cannot),
    );
  });

  it('says why in words what fails, keeps the fields, and never tells the password', async () => {
    const server = servers.newest;
    await server.createRole('refused', 's3cret');
    const dead = await freePort();
    const cases: readonly (readonly [kind: string, text: string, changes?: Partial<ConnectionFields>])[] = [
      ['authentication', server.uri({ password: 'wrong-s3cret' })],
      ['noSuchDatabase', server.uri({ database: 'no such <db>' })],
      ['hbaRejected', server.uri({ user: 'refused', password: 's3cret' })],
      ['refused', server.uri(), { port: String(dead) }],
      ['unknownHost', server.uri(), { host: 'no-such-host.invalid' }],
      ['tls', server.uri(), { sslMode: 'require' }],
      ['tls', server.uri(), { sslMode: 'verify-full', sslRootCert: '/no/such/file.pem' }],
    ];
    for (const [kind, text, changes] of cases) {
      const error = await pasteAndSave(text, changes);
      assert.ok(error && 'kind' in error, `${kind}: ${inspect(error)}`);
      assert.equal(error.kind, kind, inspect(error));
      assert.ok(error.message && error.advice);
      assert.deepEqual(store.all(), []);
      assert.ok(
        !inspect(posted, { depth: 9 }).includes('s3cret') && !inspect(posted, { depth: 9 }).includes(server.password),
      );
    }
  });
});
