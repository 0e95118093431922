import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { completionsAt, type JsonSchema, type KnownNames } from '../../../src/replication/declaration/complete.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../schemas/pgreplication.schema.json'), 'utf8'),
) as JsonSchema;
const known: KnownNames = {
  connections: ['shop-primary', 'a: b'],
  tables: [
    { schema: 'public', name: 'orders' },
    { schema: 'sales', name: 'leads' },
    { schema: 'sales', name: 'odd "name"' },
  ],
  schemas: ['public', 'sales'],
  plugins: ['pgoutput'],
};

/** What is offered where `|` stands. */
function offered(text: string): readonly string[] {
  const [before = '', after = ''] = text.split('|');
  return completionsAt(before.split('\n'), after.split('\n').slice(1), schema, known).map(({ insert }) => insert);
}

describe('completion in declaration files', () => {
  it('offers the keys of the place, without those that are there', () => {
    assert.deepEqual(offered('format: 1\n|\nslots:\n'), [
      'server: ',
      'prune:',
      'publications:',
      'subscriptions:',
      'replicaIdentities:',
    ]);
    assert.deepEqual(offered('slots:\n  - name: a\n    plugin: pgoutput\n    |'), ['twoPhase: ', 'failover: ']);
    assert.deepEqual(offered('slots:\n  - name: a\n    plugin: p\n  - |\n  - name: b'), [
      'name: ',
      'plugin: ',
      'twoPhase: ',
      'failover: ',
    ]);
    assert.deepEqual(offered('slots:\n- name: a\n  |\n  plugin: p\n- failover: true'), ['twoPhase: ', 'failover: ']);
  });

  it('finds its way through what is nested', () => {
    const inTable = 'publications:\n  - name: p\n    publish: [insert]\n    tables:\n      - schema: sales\n        ';
    assert.deepEqual(offered(`${inTable}|`), ['name: ', 'only: ', 'columns:', 'filter: ']);
    assert.deepEqual(offered(`${inTable}name: |`), ['leads', String.raw`"odd \"name\""`]);
    assert.deepEqual(offered(`${inTable}name: x\n    |`), [
      'owner: ',
      'comment: ',
      'allTables: ',
      'exceptTables:',
      'allSequences: ',
      'schemas:',
      'viaPartitionRoot: ',
      'generatedColumns: ',
    ]);
    assert.deepEqual(offered('subscriptions:\n  - name: s\n    options:\n      binary: true\n      or|'), [
      'synchronousCommit: ',
      'streaming: ',
      'twoPhase: ',
      'disableOnError: ',
      'passwordRequired: ',
      'runAsOwner: ',
      'origin: ',
      'failover: ',
      'retainDeadTuples: ',
      'maxRetentionDuration: ',
      'walReceiverTimeout: ',
    ]);
  });

  it('offers the values of a key, and the names it can take', () => {
    assert.deepEqual(offered('subscriptions:\n  - options:\n      streaming: |'), ['off', 'on', 'parallel']);
    assert.deepEqual(offered('publications:\n  - allTables: t|'), ['true', 'false']);
    assert.deepEqual(offered('publications:\n  - publish:\n      - |'), ['insert', 'update', 'delete', 'truncate']);
    assert.deepEqual(offered('publications:\n  - schemas:\n      - |'), ['public', 'sales']);
    assert.deepEqual(offered('format: |'), ['1']);
    assert.deepEqual(offered('server: |'), ['shop-primary', '"a: b"']);
    assert.deepEqual(offered('slots:\n  - plugin: |'), ['pgoutput']);
    assert.deepEqual(offered('replicaIdentities:\n  - schema: |'), ['public', 'sales']);
  });

  it('offers nothing where it knows nothing', () => {
    for (const text of ['nowhere:\n  |', 'server: a b |', '# a comment |', 'publications:\n  - name: {a: |']) {
      assert.deepEqual(offered(text), [], text);
    }
  });
});
