import assert from 'node:assert/strict';

import type { Capability, CapabilityName } from '../../../src/replication/model/capability.ts';
import type { PublicationChoice, SubscriptionChoice } from '../../../src/replication/model/choices.ts';
import { ReplicationError } from '../../../src/replication/model/errors.ts';
import type { Problem } from '../../../src/replication/model/plan.ts';
import type { Publication } from '../../../src/replication/model/publication.ts';
import {
  checkAlterPublication,
  planAlterPublication,
} from '../../../src/replication/operations/publication/alterPublication.ts';
import { checkPublication } from '../../../src/replication/operations/publication/createPublication.ts';
import { planAddTables } from '../../../src/replication/operations/publication/publicationMembers.ts';
import { rowsHeldBy, tablesSentTo } from '../../../src/replication/operations/publication/publishedTables.ts';
import { planDropSlots } from '../../../src/replication/operations/slot/dropSlot.ts';
import { checkAlterSubscription } from '../../../src/replication/operations/subscription/alterSubscription.ts';
import { checkSubscription } from '../../../src/replication/operations/subscription/createSubscription.ts';
import { planRefreshSequences } from '../../../src/replication/operations/subscription/refreshSequences.ts';
import {
  member,
  publication,
  publicationChoice,
  published,
  slot,
  subscription,
  subscriptionChoice,
  table,
  target,
  type ServerDraft,
} from './fixture.ts';

const orders = table('public', 'orders');
const root = table('public', 'root', { partitioned: true });
const leaf = table('public', 'leaf', { isPartition: true, partitionOf: root.oid, identityUsable: false });
const scratch = table('public', 'scratch', { unlogged: true });
const tables = [orders, root, leaf, scratch];

const notSuperuser: Capability = { can: false, because: 'privilege', reason: 'Needs a superuser.' };

function words(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ field, message, severity }) => `${severity} ${field ?? '-'} ${message}`);
}

describe('publications as PostgreSQL 19 has them', () => {
  const check = (choice: Partial<PublicationChoice>, draft: ServerDraft = { major: 19 }): readonly string[] =>
    words(
      checkPublication(
        target({ ...draft, inventory: { tables } }),
        publicationChoice({ name: 'p', tables: [], ...choice }),
        new Map(),
      ),
    );
  const except = (...names: readonly string[]): Pick<PublicationChoice, 'scope' | 'exceptTables'> => ({
    scope: 'allTables',
    exceptTables: names.map((name) => ({ schema: 'public', name })),
  });

  it('may take all sequences without a word about missing tables', () => {
    assert.deepEqual(check({ allSequences: true }), []);
    assert.deepEqual(check({ ...except('root'), allSequences: true }), []);
  });

  it('warn of no identity of a table that is left out with the partitioned one above it', () => {
    assert.match(check({ scope: 'allTables' }).join(), /public\.leaf has no replica identity/);
    assert.deepEqual(check(except('root')), []);
  });

  it('can’t leave out what can’t be published by itself, or isn’t there', () => {
    assert.deepEqual(check(except('leaf', 'scratch', 'gone', 'root')), [
      'error tables public.leaf is a partition: only the whole partitioned table can be left out.',
      'error tables public.scratch is an unlogged table, which is never published: it needn’t be left out.',
      'error tables public.gone isn’t there any more, so it can’t be left out.',
    ]);
  });

  it('need the version, and a superuser', () => {
    assert.deepEqual(check({ allSequences: true }, { major: 18 }), ['error tables Needs PostgreSQL 19 or newer.']);
    assert.deepEqual(check(except('root', 'orders'), { major: 18 }).slice(0, 1), [
      'error tables Needs PostgreSQL 19 or newer.',
    ]);
    const without: Partial<Record<CapabilityName, typeof notSuperuser>> = {
      'publication.allTables': notSuperuser,
      'publication.allSequences': notSuperuser,
      'publication.exceptTables': notSuperuser,
    };
    assert.deepEqual(check({ ...except('root'), allSequences: true }, { major: 19, without }), [
      'error tables Needs a superuser.',
    ]);
  });

  describe('when they are edited', () => {
    const shop = (present: Partial<Publication>, draft: ServerDraft = {}) =>
      target({ major: 19, ...draft, inventory: { tables, publications: [publication('p', present)] } });
    const checkEdit = (present: Partial<Publication>, choice: Partial<PublicationChoice>, draft?: ServerDraft) =>
      words(
        checkAlterPublication(
          shop(present, draft),
          'p',
          publicationChoice({ name: 'p', tables: [], ...choice }),
          new Map(),
          null,
        ),
      );

    it('let an owner who isn’t a superuser change all but what they take as a whole', () => {
      const without: ServerDraft = { without: { 'publication.allTables': notSuperuser } };
      const present = { allTables: true, exceptTables: [root] };
      assert.deepEqual(checkEdit(present, { ...except('root'), viaRoot: true }, without), []);
      assert.deepEqual(checkEdit(present, except('root', 'orders'), without), ['error tables Needs a superuser.']);
    });

    it('say before that it takes dropping to name tables again, and only that', () => {
      const [warning] = checkEdit({ allTables: true }, { tables: [member('public', 'orders')] });
      assert.match(
        warning ?? '',
        /^warning tables PostgreSQL 19\.1 can’t turn a publication of all into one of chosen/,
      );
      assert.deepEqual(checkEdit({ tables: [published(orders)] }, { allSequences: true }), []);
      assert.deepEqual(checkEdit({ allSequences: true }, { ...except('root'), allSequences: true }), []);
    });

    it('have no step where nothing differs, in whatever order', () => {
      const present = { allTables: true, allSequences: true as const, exceptTables: [orders, root] };
      const choice = publicationChoice({ name: 'p', tables: [], ...except('root', 'orders'), allSequences: true });
      assert.deepEqual(planAlterPublication(shop(present), 'p', choice).steps, []);
    });

    it('take no single tables where they are of all sequences', () => {
      assert.throws(
        () => planAddTables(shop({ allSequences: true }), 'p', [member('public', 'orders')]),
        (error) => ReplicationError.is(error, 'unsupported') && /FOR ALL SEQUENCES/.test(error.message),
      );
    });
  });

  it('send a subscriber nothing of what is left out, nor of its partitions', () => {
    const { inventory } = target({ major: 19, inventory: { tables } }).snapshot;
    const all = publication('p', { allTables: true, exceptTables: [root] });
    const names = (of: readonly { readonly name: string }[]) => of.map(({ name }) => name);
    assert.deepEqual(names(tablesSentTo(inventory, all)), ['orders']);
    assert.deepEqual(names(rowsHeldBy(inventory, { ...all, viaRoot: true })), ['orders']);
    assert.deepEqual(names(tablesSentTo(inventory, publication('p', { allSequences: true }))), []);
  });
});

describe('subscriptions as PostgreSQL 19 has them', () => {
  const servers = { foreignServers: [{ name: 'shop_server', host: 'shop.example', port: 5432, database: 'shop' }] };
  const check = (
    choice: Partial<SubscriptionChoice>,
    subscriber: ServerDraft = {},
    publisher: ServerDraft = {},
  ): readonly string[] =>
    words(
      checkSubscription(
        {
          subscriber: target({
            connectionId: 'warehouse',
            major: 19,
            inventory: { tables: [orders] },
            ...subscriber,
            server: { ...servers, ...subscriber.server },
          }),
          publisher: target({
            major: 19,
            ...publisher,
            inventory: { tables: [orders], publications: [publication('orders_pub', { tables: [published(orders)] })] },
          }),
          publisherInventory: null,
        },
        subscriptionChoice(choice),
      ),
    );

  it('retain dead tuples only where both ends can', () => {
    const retain = { options: { retainDeadTuples: true } };
    const setting = (name: string, value: string): ServerDraft => ({
      server: { settings: { [name]: { name, value, unit: null } } },
    });
    assert.deepEqual(check(retain), []);
    assert.deepEqual(check(retain, setting('wal_level', 'minimal')), [
      'error options retain_dead_tuples needs wal_level = replica or logical on the subscriber (restart).',
    ]);
    assert.match(
      check(retain, setting('track_commit_timestamp', 'off')).join(),
      /^warning options .*when a row was deleted/,
    );
    assert.match(check({ ...retain, enabled: false }).join(), /^warning options .*VACUUM/);
    assert.deepEqual(check(retain, {}, { major: 18 }), [
      'error options retain_dead_tuples: the publisher must be PostgreSQL 19 or newer too.',
    ]);
    assert.deepEqual(check(retain, {}, { server: { inRecovery: true } }), [
      'error options retain_dead_tuples: the publisher must not be a standby.',
    ]);
  });

  it('take a duration and a timeout that can be ones', () => {
    const at = (maxRetentionDuration: number) =>
      check({ options: { retainDeadTuples: true, maxRetentionDuration } }).join();
    assert.equal(at(0), '');
    assert.equal(at(2_147_483_647), '');
    for (const wrong of [-1, 1.5, 2_147_483_648, Number.NaN]) assert.match(at(wrong), /^error options max_retention/);
    assert.match(
      check({ options: { retainDeadTuples: false, maxRetentionDuration: 1 } }).join(),
      /^warning options max_retention_duration has no effect/,
    );
    assert.deepEqual(check({ options: { walReceiverTimeout: '30s' } }), []);
    assert.match(check({ options: { walReceiverTimeout: ' ' } }).join(), /^error options wal_receiver_timeout/);
  });

  it('have none of it on an older server, which says so by the name of the option', () => {
    const options = { retainDeadTuples: true, maxRetentionDuration: 1, walReceiverTimeout: '1s' };
    assert.deepEqual(check({ options }, { major: 18 }), [
      'error options retain_dead_tuples: Needs PostgreSQL 19 or newer.',
      'error options max_retention_duration: Needs PostgreSQL 19 or newer.',
      'error options wal_receiver_timeout: Needs PostgreSQL 19 or newer.',
    ]);
  });

  it('connect by a foreign server that is there, without a password of their own', () => {
    const bySelf = { foreignServer: 'shop_server', conninfo: [], password: null };
    const role = {
      role: { name: 'ada', superuser: false, replication: false, readsAllStats: false, createsInDatabase: true },
    };
    const mapping =
      'info connection The subscription’s owner needs a user mapping on the foreign server shop_server, with the role and the password for the publisher.';
    assert.deepEqual(check(bySelf), [mapping]);
    assert.deepEqual(check(bySelf, { server: role }), [mapping]);
    assert.deepEqual(check({ ...bySelf, foreignServer: 'gone' }), [
      'error connection warehouse has no foreign server gone by which this role can connect a subscription.',
    ]);
    assert.deepEqual(check(bySelf, { major: 18 }), ['error connection Needs PostgreSQL 19 or newer.']);
  });

  it('take over the sequences of a publication only from 19 on', () => {
    const sent = publication('orders_pub', { allTables: true, allSequences: true });
    const problems = (major: number) =>
      checkSubscription(
        {
          subscriber: target({ connectionId: 'warehouse', major, inventory: { tables: [orders] } }),
          publisher: target({ major: 19, inventory: { tables: [orders], publications: [sent] } }),
          publisherInventory: null,
        },
        subscriptionChoice(),
      );
    assert.match(words(problems(19)).join(), /^info publications .*every sequence of the publisher must be there/);
    assert.match(words(problems(18)).join(), /^warning publications .*doesn’t take over sequences/);
  });

  it('are judged alike when they are edited', () => {
    const on = target({ major: 19, server: servers, inventory: { subscriptions: [subscription('s')] } });
    const judge = (change: Parameters<typeof checkAlterSubscription>[2]) =>
      words(checkAlterSubscription(on, 's', change));
    assert.match(judge({ foreignServer: { name: 'gone', before: null } }).join(), /^error connection .*gone/);
    assert.match(judge({ foreignServer: { name: 'shop_server', before: null } }).join(), /^info connection/);
    assert.match(judge({ options: { retainDeadTuples: true }, enabled: false }).join(), /VACUUM/);
  });

  it('synchronize their sequences again only where the server can, and they are enabled', () => {
    const on = (major: number, enabled: boolean) =>
      target({ major, inventory: { subscriptions: [subscription('s', { enabled })] } });
    assert.throws(
      () => planRefreshSequences(on(18, true), 's'),
      (error) => ReplicationError.is(error, 'unsupported') && /Needs PostgreSQL 19/.test(error.message),
    );
    assert.throws(
      () => planRefreshSequences(on(19, false), 's'),
      (error) => ReplicationError.is(error, 'invalidInput') && error.advice === 'Enable it first.',
    );
    assert.throws(() => planRefreshSequences(on(19, true), 'gone'), ReplicationError);
  });

  it('leave the slot that keeps dead tuples to the server', () => {
    const kept = slot('pg_conflict_detection', { type: 'physical', plugin: null, database: null });
    assert.throws(
      () => planDropSlots(target({ major: 19, pulse: { slots: [kept] } }), ['pg_conflict_detection']),
      (error) => ReplicationError.is(error, 'unsupported'),
    );
  });
});
