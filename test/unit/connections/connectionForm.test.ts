import assert from 'node:assert/strict';
import { inspect } from 'node:util';

import { draftOf, targetDefaults } from '../../../src/connections/connection.ts';
import type { ConnectionFields, ConnectionFormPurpose, ConnectionUpdate } from '../../../src/protocol/connection.ts';
import type { ConnectParams } from '../../../src/replication/model/connect.ts';
import { ReplicationError } from '../../../src/replication/model/errors.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import type { Inventory } from '../../../src/replication/model/snapshot.ts';
import { emptyFields, fieldsOf, readFields } from '../../../src/ui/panels/connectionFields.ts';
import { ConnectionForm } from '../../../src/ui/panels/connectionForm.ts';
import { eventually } from '../../support/eventually.ts';
import { profile } from './profile.ts';

const yes = { can: true } as const;
const no = { can: false, because: 'privilege', reason: 'It takes REPLICATION.' } as const;

/** As much of an inventory as the form reads. */
const inventory = {
  tookMs: 7,
  hidden: [{ what: 'the connection string of subscriptions', privilege: 'superuser' }],
  server: {
    version: '18.4',
    database: 'shop',
    inRecovery: false,
    role: { name: 'anna', superuser: false },
    capabilities: {
      decodeLogical: yes,
      'publication.create': yes,
      'publication.allTables': no,
      'slot.create': no,
      'subscription.create': yes,
    },
  },
} as unknown as Inventory;

const filled: ConnectionFields = { ...emptyFields(), host: 'db', user: 'anna', database: 'shop' };
const draft = draftOf('shop', {
  ...targetDefaults('anna'),
  host: 'db',
  port: 5432,
  database: 'shop',
  user: 'anna',
  sslMode: 'prefer',
});

type Inspect = (params: ConnectParams, signal?: AbortSignal) => Promise<Inventory>;

/** A form over an empty store, with a server that answers by `answer`. */
function open(
  answer: Inspect = () => Promise.resolve(inventory),
  purpose: ConnectionFormPurpose = { mode: 'add' },
  store = profile().store(),
) {
  const posted: ConnectionUpdate[] = [];
  const tried: ConnectParams[] = [];
  const saved: string[] = [];
  const form = new ConnectionForm(
    {
      service: {
        inspect: (params, signal) => {
          tried.push(params);
          return answer(params, signal);
        },
      },
      connections: store,
      post: (message) => posted.push(message),
      chooseFile: () => Promise.resolve('/chosen.pem'),
      user: 'me',
      saved: (id) => Promise.resolve(void saved.push(id)),
      dismiss: () => {},
    },
    purpose,
  );
  const last = <Type extends ConnectionUpdate['type']>(type: Type) =>
    posted.findLast((message): message is Extract<ConnectionUpdate, { type: Type }> => message.type === type);
  return { form, store, posted, tried, saved, last };
}

describe('the Connection form', () => {
  it('tries a connection before it saves it, and stores the password in the vault', async () => {
    const { form, store, tried, saved, last } = open();
    await form.handle({ type: 'password', value: 's3cret' });
    await form.handle({
      type: 'save',
      fields: { ...filled, folder: ' Live ', color: 'charts.red', production: true },
      untested: false,
    });
    const [connection] = store.all();
    assert.deepEqual(
      [connection?.name, connection?.folder, connection?.color, connection?.production],
      ['shop on db', 'Live', 'charts.red', true],
    );
    assert.deepEqual(saved, [connection?.id]);
    assert.equal(tried[0]?.password?.reveal(), 's3cret');
    assert.equal((await store.params(saved[0] ?? '')).password?.reveal(), 's3cret');
    const attempt = last('attempt');
    assert.ok(attempt?.state === 'worked');
    assert.deepEqual(
      attempt.server.abilities.map(({ what, can, reason }) => [what, can, reason]),
      [
        ['Send changes (be a publisher)', true, null],
        ['Create publications', true, null],
        ['Publish all tables', false, 'It takes REPLICATION.'],
        ['Create replication slots', false, 'It takes REPLICATION.'],
        ['Create subscriptions', true, null],
        ['See the connection string of subscriptions', false, 'It takes superuser.'],
      ],
    );
  });

  it('saves nothing where the server refuses, says why, and may save it untested', async () => {
    const refusal = new ReplicationError('refused', 'Nothing accepts connections at db:5432.', {
      advice: 'Check that the server runs.',
      server: { message: 'connect ECONNREFUSED' },
    });
    const { form, store, saved, last } = open(() => Promise.reject(refusal));
    await form.handle({ type: 'save', fields: filled, untested: false });
    assert.deepEqual([store.all().length, saved.length], [0, 0]);
    const attempt = last('attempt');
    assert.ok(attempt?.state === 'failed');
    assert.deepEqual(
      [attempt.error.kind, attempt.error.advice, attempt.error.server?.message],
      ['refused', 'Check that the server runs.', 'connect ECONNREFUSED'],
    );
    await form.handle({ type: 'save', fields: filled, untested: true });
    assert.equal(store.all().length, 1);
  });

  it('only tries where it is only to be tested', async () => {
    const { form, store, tried } = open();
    await form.handle({ type: 'test', fields: filled });
    assert.deepEqual([tried.length, store.all().length], [1, 0]);
  });

  it('can be stopped while it tries', async () => {
    const { form, store, tried, last } = open(
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new ReplicationError('cancelled', 'x')));
        }),
    );
    const saving = form.handle({ type: 'save', fields: filled, untested: false });
    await eventually(() => tried.length > 0);
    assert.deepEqual(last('attempt'), { type: 'attempt', state: 'running', place: 'db:5432' });
    await form.handle({ type: 'stop' });
    await saving;
    assert.deepEqual([last('attempt')?.state, store.all().length], ['none', 0]);
  });

  it('fills the fields from a connection string and never sends its password back', async () => {
    const { form, posted, tried, last } = open();
    const fields = { ...emptyFields(), name: 'mine', folder: 'Live' };
    await form.handle({
      type: 'paste',
      text: `  psql "postgresql://bo:s3cret%40@h1,h2:5433/app?sslmode=verify-full&sslrootcert=/ca.pem&gssencmode=disable"\n`,
      fields,
    });
    const answer = last('filled');
    assert.deepEqual(answer?.fields, {
      ...fields,
      host: 'h1',
      port: '5432',
      user: 'bo',
      database: 'app',
      sslMode: 'verify-full',
      sslRootCert: '/ca.pem',
    });
    assert.equal(answer?.typedPassword, true);
    assert.deepEqual(answer?.remarks, [
      'It names several hosts; the first one is used. Left out: h2:5433.',
      'Not used: gssencmode.',
    ]);
    await form.show();
    await form.handle({ type: 'test', fields: answer?.fields ?? fields });
    assert.equal(tried[0]?.password?.reveal(), 's3cret@');
    assert.ok(!inspect(posted, { depth: 9 }).includes('s3cret'));
  });

  it('says where a connection string cannot be read, and keeps what was typed', async () => {
    const { form, last } = open();
    await form.handle({ type: 'paste', text: 'host=h password=top s3cret', fields: filled });
    assert.equal(last('filled'), undefined);
    assert.ok(!`${last('pasteRefused')?.error.message} ${last('pasteRefused')?.error.advice}`.includes('s3cret'));
    await form.show();
    assert.deepEqual(last('model')?.fields, filled);
  });

  it('keeps everything typed while its page is hidden, the password too', async () => {
    const { form, tried, last } = open();
    await form.handle({ type: 'password', value: 's3cret' });
    await form.handle({ type: 'draft', sequence: 1, fields: filled });
    await form.show();
    assert.deepEqual([last('model')?.fields, last('model')?.typedPassword], [filled, true]);
    await form.handle({ type: 'test', fields: filled });
    assert.equal(tried[0]?.password?.reveal(), 's3cret');
  });

  it('edits: an empty password keeps the stored one, which is tried and never sent to the page', async () => {
    const store = profile().store();
    const { id } = await store.add({ ...draft, readOnly: true }, new Secret('s3cret'));
    const { form, tried, posted, last } = open(undefined, { mode: 'edit', connectionId: id }, store);
    await form.show();
    assert.deepEqual(
      [last('model')?.storedPassword, last('model')?.fields],
      [true, { ...fieldsOf(draft), readOnly: true }],
    );
    await form.handle({ type: 'save', fields: { ...fieldsOf(draft), host: 'elsewhere' }, untested: false });
    assert.equal(tried[0]?.password?.reveal(), 's3cret');
    assert.deepEqual(
      [store.all().length, store.get(id)?.target.host, store.get(id)?.readOnly],
      [1, 'elsewhere', false],
    );
    assert.equal((await store.params(id)).password?.reveal(), 's3cret');
    assert.ok(!inspect(posted, { depth: 9 }).includes('s3cret'));
  });

  it('edits: forgets the stored password where that is asked for', async () => {
    const store = profile().store();
    const { id } = await store.add(draft, new Secret('s3cret'));
    const { form, tried } = open(undefined, { mode: 'edit', connectionId: id }, store);
    await form.handle({ type: 'save', fields: { ...fieldsOf(draft), forgetPassword: true }, untested: false });
    assert.equal(tried[0]?.password, undefined);
    assert.equal(await store.hasPassword(id), false);
  });

  it('duplicates with the password, under another name', async () => {
    const store = profile().store();
    const { id } = await store.add(draft, new Secret('s3cret'));
    const { form, last, saved } = open(undefined, { mode: 'duplicate', connectionId: id }, store);
    await form.show();
    const { fields } = last('model') ?? {};
    assert.equal(fields?.name, 'shop copy');
    await form.handle({ type: 'save', fields: fields ?? filled, untested: false });
    assert.notEqual(saved[0], id);
    assert.equal((await store.params(saved[0] ?? '')).password?.reveal(), 's3cret');
  });

  it('sends the file that was chosen', async () => {
    const { form, last } = open();
    await form.handle({ type: 'browse', field: 'sslKey' });
    assert.deepEqual(last('chosen'), { type: 'chosen', field: 'sslKey', path: '/chosen.pem' });
  });
});

describe('the fields of the Connection form', () => {
  const said = (fields: Partial<ConnectionFields>) =>
    readFields({ ...filled, ...fields }, []).problems.map(({ severity, field }) => `${severity} ${field}`);
  const wrong: readonly (readonly [Partial<ConnectionFields>, ...string[]])[] = [
    [{ host: ' ' }, 'error host'],
    [{ host: 'postgres://u@h', sslMode: 'require' }, 'error host'],
    [{ host: 'localhost', port: '0' }, 'error port'],
    [{ host: 'localhost', port: '5432x' }, 'error port'],
    [{ host: 'localhost', user: '' }, 'error user'],
    [{ host: 'localhost', connectTimeout: '0' }, 'error connectTimeout'],
    [{ host: 'localhost', statementTimeout: '' }, 'error statementTimeout'],
    [{ host: 'localhost', sslRootCert: 'ca.pem' }, 'error sslRootCert'],
    [{ host: 'localhost', sslCert: '~/c.pem' }, 'error sslKey'],
    [{ host: '::1', sslKey: '/k.pem' }, 'error sslCert'],
    [{ host: 'db', sslMode: 'prefer' }, 'warning sslMode'],
    [{ host: 'localhost', sslMode: 'disable', sslRootCert: '/ca' }, 'warning sslMode'],
    [{ host: 'localhost', walVolume: 'large' }, 'error walVolume'],
    [{ host: 'localhost', walVolume: '0 GB' }, 'error walVolume'],
    [{ host: 'localhost', walVolume: '1.5 TB' }],
    [{ host: '/var/run/postgresql' }],
    [{ host: 'db', sslMode: 'verify-full' }],
  ];
  for (const [fields, ...problems] of wrong) {
    it(`${JSON.stringify(fields)}: ${problems.join(', ') || 'nothing to say'}`, () =>
      assert.deepEqual(said(fields), problems));
  }

  it('have defaults for what is left empty', () => {
    const { draft: read, suggestedName } = readFields(
      { ...filled, database: ' ', applicationName: '', statementTimeout: '0' },
      [],
    );
    assert.equal(suggestedName, 'anna on db');
    assert.deepEqual([read?.name, read?.target.database, read?.target.statementTimeoutMs], ['anna on db', 'anna', 0]);
    assert.match(read?.target.applicationName ?? '', /Replication/);
  });

  it('warn of a name that is taken', () => {
    assert.deepEqual(
      readFields({ ...filled, host: 'localhost', name: 'shop' }, [{ ...draft, id: '1' }]).problems.map(
        ({ field }) => field,
      ),
      ['name'],
    );
  });
});
