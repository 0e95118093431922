import assert from 'node:assert/strict';
import { inspect } from 'node:util';

import { type ConnectionDraft, draftOf, onlyNamed } from '../../../src/connections/connection.ts';
import { type ConnectionChange, ConnectionStore } from '../../../src/connections/store.ts';
import type { ConnectionTarget } from '../../../src/replication/model/connect.ts';
import { ReplicationError } from '../../../src/replication/model/errors.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import { profile } from './profile.ts';

const target: ConnectionTarget = {
  host: 'db.example.com',
  port: 5432,
  database: 'shop',
  user: 'anna',
  sslMode: 'verify-full',
  sslRootCert: '~/ca.pem',
  connectTimeoutSeconds: 10,
  statementTimeoutMs: 30_000,
  applicationName: 'app',
};
const draft: ConnectionDraft = { ...draftOf('shop', target), folder: 'Live', color: 'charts.red', production: true };

describe('the contract of the connection store', () => {
  it('gives back after a restart what was added, with its password', async () => {
    const world = profile();
    const added = await world.store().add(draft, new Secret('s3cret'));
    const store = world.store();
    assert.deepEqual(store.all(), [{ ...draft, id: added.id }]);
    assert.deepEqual(store.facts(added.id), added);
    const { password, ...rest } = await store.params(added.id);
    assert.deepEqual(rest, target);
    assert.equal(password?.reveal(), 's3cret');
  });

  it('keeps the size of the WAL volume until it is taken away', async () => {
    const world = profile();
    const store = world.store();
    const { id } = await store.add({ ...draft, walVolumeBytes: 200 * 1024 ** 3 });
    assert.equal(world.store().get(id)?.walVolumeBytes, 200 * 1024 ** 3);
    await store.update(id, { name: 'renamed' });
    assert.equal(store.get(id)?.walVolumeBytes, 200 * 1024 ** 3);
    await store.update(id, { walVolumeBytes: null });
    assert.deepEqual(world.store().all(), [{ ...draft, id, name: 'renamed' }]);
  });

  it('tells which connection a name stands for only where it is the only one', () => {
    const [one, other, shop] = [{ name: 'shop' }, { name: 'stock' }, { name: 'shop' }];
    assert.equal(onlyNamed([one, other], 'shop'), one);
    assert.equal(onlyNamed([one, other, shop], 'shop'), undefined);
    assert.equal(onlyNamed([one], undefined), undefined);
  });

  it('keeps passwords in the vault and nowhere else', async () => {
    const world = profile();
    const store = world.store();
    const { id } = await store.add(draft, new Secret('s3cret'));
    await store.update(id, { name: 'renamed' }, new Secret('s3cret2'));
    await store.duplicate(id);
    assert.ok(!JSON.stringify([...world.values]).includes('s3cret'));
    assert.ok(!inspect(await store.params(id), { depth: 9, showHidden: true }).includes('s3cret'));
    assert.equal(world.secrets.size, 2);
  });

  it('keeps the password of an edited connection where none is given, forgets it on null', async () => {
    const store = profile().store();
    const { id } = await store.add(draft, new Secret('s3cret'));
    const moved = await store.update(id, { target: { ...target, host: 'other' }, folder: '  ' });
    assert.deepEqual([moved.target.host, moved.folder, moved.production], ['other', null, true]);
    assert.equal((await store.params(id)).password?.reveal(), 's3cret');
    await store.update(id, {}, null);
    assert.equal(await store.hasPassword(id), false);
  });

  it('duplicates with the password, under a free name', async () => {
    const store = profile().store();
    const { id } = await store.add(draft, new Secret('s3cret'));
    const first = await store.duplicate(id);
    const second = await store.duplicate(id, { target: { ...target, database: 'other' } });
    assert.deepEqual([first.name, second.name, second.target.database], ['shop copy', 'shop copy 2', 'other']);
    assert.notEqual(first.id, id);
    assert.equal((await store.params(second.id)).password?.reveal(), 's3cret');
  });

  it('forgets the password with the connection', async () => {
    const world = profile();
    const store = world.store();
    const { id } = await store.add(draft, new Secret('s3cret'));
    await store.remove(id);
    assert.deepEqual([store.all(), world.secrets.size, store.facts(id)], [[], 0, undefined]);
    await assert.rejects(store.params(id), (error) => ReplicationError.is(error, 'unknownConnection'));
    await assert.rejects(store.update(id, {}), (error) => ReplicationError.is(error, 'unknownConnection'));
    await store.remove(id);
  });

  it('keeps records of a newer version, and damaged ones, and shows neither', async () => {
    const world = profile();
    const newer = { version: 2, id: 'from-the-future', shape: { unknown: true } };
    const damaged = { version: 1, id: 'damaged', name: 7 };
    await world.storage.update('pgReplication.connections', [newer, damaged, 'rubbish']);
    const store = world.store();
    assert.deepEqual(store.all(), []);
    const { id } = await store.add(draft);
    await store.update(id, { name: 'x' });
    await store.remove(id);
    assert.deepEqual(world.values.get('pgReplication.connections'), [newer, damaged, 'rubbish']);
  });

  it('keeps fields of a record that it does not know', async () => {
    const world = profile();
    const { id } = await world.store().add(draft);
    const [record] = world.values.get('pgReplication.connections') as [object];
    await world.storage.update('pgReplication.connections', [{ ...record, note: 'later' }]);
    await world.store().update(id, { name: 'x' });
    assert.equal((world.values.get('pgReplication.connections') as [{ note?: string }])[0].note, 'later');
  });

  it('sees what another window wrote', async () => {
    const world = profile();
    const [mine, theirs] = [world.store(), world.store()];
    assert.deepEqual(mine.all(), []);
    const { id } = await theirs.add(draft);
    assert.equal(mine.get(id)?.name, 'shop');
    await mine.update(id, { readOnly: true });
    assert.equal(theirs.get(id)?.readOnly, true);
  });

  it('loses none of several changes made at once', async () => {
    const store = profile().store();
    await Promise.all(['a', 'b', 'c'].map((name) => store.add({ ...draft, name }, new Secret(name))));
    assert.deepEqual(
      store
        .all()
        .map(({ name }) => name)
        .sort(),
      ['a', 'b', 'c'],
    );
    for (const { id, name } of store.all()) assert.equal((await store.params(id)).password?.reveal(), name);
  });

  it('sweeps passwords without a connection, of its own profile only', async () => {
    const world = profile();
    const store = world.store();
    const kept = await store.add(draft, new Secret('kept'));
    const orphan = await store.add(draft, new Secret('orphan'));
    const records = world.values.get('pgReplication.connections') as readonly unknown[];
    await world.storage.update('pgReplication.connections', [...records.slice(0, 1), { version: 2, id: 'future' }]);
    world.secrets.set('somebody else', 'x');
    const other = profile(world.secrets);
    const theirs = await other.store().add(draft, new Secret('theirs'));

    assert.equal(await world.store().sweepOrphans(), 1);
    assert.equal((await store.params(kept.id)).password?.reveal(), 'kept');
    assert.equal((await other.store().params(theirs.id)).password?.reveal(), 'theirs');
    assert.equal(store.get(orphan.id), undefined);
    assert.equal(world.secrets.get('somebody else'), 'x');
    assert.equal(await world.store().sweepOrphans(), 0);
  });

  it('adds nothing where the password cannot be stored', async () => {
    const world = profile();
    const store = new ConnectionStore({
      storage: world.storage,
      secrets: { ...world.vault, store: () => Promise.reject(new Error('the keyring is locked')) },
    });
    await assert.rejects(store.add(draft, new Secret('s3cret')), /keyring/);
    assert.deepEqual(store.all(), []);
  });

  it('tells what changed, and whether the way to the server did', async () => {
    const store = profile().store();
    const changes: ConnectionChange[] = [];
    const stop = store.onDidChange((change) => changes.push(change));
    const { id } = await store.add(draft);
    await store.update(id, { name: 'renamed' });
    await store.update(id, { target: { ...target, port: 1 } });
    await store.update(id, {}, new Secret('x'));
    await store.remove(id);
    stop();
    await store.add(draft);
    assert.deepEqual(changes, [
      { kind: 'added', connectionId: id },
      { kind: 'updated', connectionId: id, target: false },
      { kind: 'updated', connectionId: id, target: true },
      { kind: 'updated', connectionId: id, target: true },
      { kind: 'removed', connectionId: id },
    ]);
  });

  it('lists the folders in use', async () => {
    const store = profile().store();
    for (const folder of ['Live', null, 'Development', 'Live']) await store.add({ ...draft, folder });
    assert.deepEqual(store.folders(), ['Development', 'Live']);
  });
});
