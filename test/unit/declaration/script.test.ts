import assert from 'node:assert/strict';

import { ReplicationError } from '../../../src/replication/model/errors.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import type { Statement } from '../../../src/replication/model/statement.ts';
import { renderRedacted } from '../../../src/replication/postgres/statement.ts';
import { scriptIdentity } from '../../../src/replication/script/identity.ts';
import { scriptPublication } from '../../../src/replication/script/publication.ts';
import { scriptSlot, slotScriptNotes } from '../../../src/replication/script/slot.ts';
import { scriptSubscription, subscriptionScriptNotes } from '../../../src/replication/script/subscription.ts';
import { password, publication, published, slot, subscription, table, target } from '../operations/fixture.ts';

function sql(statements: readonly Statement[]): readonly string[] {
  return statements.map(renderRedacted);
}

describe('the SQL of an object', () => {
  it('names with ONLY a table whose heirs are published otherwise', () => {
    const parent = table('public', 'parent');
    const child = table('public', 'child', { inheritsFrom: [parent.oid] });
    const script = (tables: readonly ReturnType<typeof published>[]): string =>
      sql(
        scriptPublication(
          target({ inventory: { tables: [parent, child], publications: [publication('p', { tables })] } }).snapshot
            .inventory,
          'p',
        ),
      )[0] ?? '';
    const options = `  WITH (publish = 'insert, update, delete, truncate')`;
    assert.equal(script([published(parent)]), `CREATE PUBLICATION "p"\n  FOR TABLE ONLY "public"."parent"\n${options}`);
    assert.equal(
      script([published(parent), published(child)]),
      `CREATE PUBLICATION "p"\n  FOR TABLE "public"."parent"\n${options}`,
    );
    assert.equal(
      script([published(parent), published(child, { filter: '(id > 1)' })]),
      `CREATE PUBLICATION "p"\n  FOR TABLE ONLY "public"."parent",\n  "public"."child" WHERE ((id > 1))\n${options}`,
    );
  });

  it('says what is published also where it is the default', () => {
    const script = (major: number): string | undefined =>
      sql(
        scriptPublication(
          target({ major, inventory: { publications: [publication('p', { allTables: true })] } }).snapshot.inventory,
          'p',
        ),
      )[0];
    assert.equal(script(10), `CREATE PUBLICATION "p"\n  FOR ALL TABLES\n  WITH (publish = 'insert, update, delete')`);
    assert.equal(
      script(18),
      `CREATE PUBLICATION "p"\n  FOR ALL TABLES\n  WITH (publish = 'insert, update, delete, truncate')`,
    );
  });

  it('shows no secret of a subscription, keeps every keyword, and says what to fill in', () => {
    const { inventory } = target({
      inventory: {
        subscriptions: [
          subscription('s', {
            options: { ...subscription('x').options, streaming: 'parallel', passwordRequired: false },
          }),
        ],
      },
    }).snapshot;
    const conninfo = [
      ['host', 'a,b'],
      ['service', 'shop'],
      ['password', new Secret(password)],
      ['sslpassword', new Secret('key')],
      ['unheard_of', 'x y'],
    ] as const;
    const statements = scriptSubscription(inventory, 's', { conninfo });
    assert.deepEqual(sql(statements), [
      [
        'CREATE SUBSCRIPTION "s"',
        `  CONNECTION 'host=a,b service=shop password=•••••••• sslpassword=•••••••• unheard_of=''x y'''`,
        '  PUBLICATION "orders_pub"',
        `  WITH (slot_name = 's', copy_data = false, streaming = parallel, password_required = false)`,
      ].join('\n'),
      'ALTER SUBSCRIPTION "s" OWNER TO "postgres"',
    ]);
    assert.deepEqual(subscriptionScriptNotes(inventory, 's', { conninfo }), [
      'Fill in the password where the dots are.',
      'Fill in the secret sslpassword where the dots are.',
      'The replication slot s is made on the publisher. Where it is still there, write create_slot = false.',
    ]);
  });

  it('holds what the snapshot knows where the connection string may not be read', () => {
    const { inventory } = target({
      inventory: { subscriptions: [subscription('s'), subscription('hidden', { publisher: null })] },
    }).snapshot;
    assert.match(
      sql(scriptSubscription(inventory, 's'))[0] ?? '',
      /CONNECTION 'host=shop\.example port=5432 dbname=shop user=replicator password=•+'/,
    );
    assert.match(sql(scriptSubscription(inventory, 'hidden'))[0] ?? '', /CONNECTION '•+'/);
    assert.match(subscriptionScriptNotes(inventory, 'hidden')[0] ?? '', /connection string where the dots are/);
  });

  it('does not wait for itself within one cluster', () => {
    const { inventory } = target({ inventory: { subscriptions: [subscription('s')] } }).snapshot;
    assert.match(sql(scriptSubscription(inventory, 's', { sameCluster: true }))[0] ?? '', /create_slot = false/);
    assert.match(
      subscriptionScriptNotes(inventory, 's', { sameCluster: true }).join('\n'),
      /create the replication slot first.*pg_create_logical_replication_slot\('s', 'pgoutput'\)/,
    );
  });

  it('makes a slot as it was made, and says that its position is lost', () => {
    const { snapshot } = target({
      pulse: {
        slots: [
          slot('a', { twoPhase: true, failover: true }),
          slot('b', { type: 'physical', plugin: null, database: null, restartLsn: null }),
          slot('c', { database: 'other', temporary: true }),
        ],
      },
    });
    assert.deepEqual(sql(scriptSlot(snapshot, 'a')), [
      `SELECT pg_catalog.pg_create_logical_replication_slot('a', 'pgoutput', twophase => true, failover => true)`,
    ]);
    assert.deepEqual(sql(scriptSlot(snapshot, 'b')), [`SELECT pg_catalog.pg_create_physical_replication_slot('b')`]);
    assert.match(slotScriptNotes(snapshot, 'c').join(' '), /begins at the present.*in the database other.*temporary/);
    assert.throws(
      () => scriptSlot(snapshot, 'gone'),
      (error) => ReplicationError.is(error, 'missing'),
    );
  });

  it('sets an identity as it is, and refuses where its index is gone', () => {
    const { inventory } = target({
      inventory: {
        tables: [
          table('public', 'a', { replicaIdentity: 'index', identityIndex: 'a"k' }),
          table('public', 'b', { replicaIdentity: 'index' }),
        ],
      },
    }).snapshot;
    assert.deepEqual(sql(scriptIdentity(inventory, { schema: 'public', name: 'a' })), [
      'ALTER TABLE "public"."a" REPLICA IDENTITY USING INDEX "a""k"',
    ]);
    assert.throws(
      () => scriptIdentity(inventory, { schema: 'public', name: 'b' }),
      (error) => ReplicationError.is(error, 'invalidInput'),
    );
  });
});
