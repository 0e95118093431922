import assert from 'node:assert/strict';

import type { TableDetails, UniqueIndex } from '../../../src/replication/model/table.ts';
import { identityChoices, identityChoicesOfAll } from '../../../src/ui/commands/table/identityChoices.ts';
import { table } from '../operations/fixture.ts';

function index(name: string, more: Partial<UniqueIndex> = {}): UniqueIndex {
  return { name, columns: ['a'], primary: false, unfit: null, ...more };
}

function details(name: string, ...uniqueIndexes: readonly UniqueIndex[]): TableDetails {
  return { oid: 1, schema: 'public', name, columns: [], uniqueIndexes };
}

const key = index('pkey', { primary: true, columns: ['id'] });

describe('the replica identities that are offered', () => {
  it('for one table: the indexes that qualify, and why others don’t', () => {
    const choices = identityChoices(
      details('t', key, index('fits'), index('part', { unfit: 'It is partial.' })),
      table('public', 't', { replicaIdentity: 'index', identityIndex: 'fits' }),
    );
    assert.deepEqual(
      choices.map(({ detail, label, value }) => [label, value.unfit, detail]),
      [
        ['Default: the primary key', false, 'pkey (id)'],
        ['Index fits (now)', false, 'A unique index on columns that are never null'],
        ['Not possible: index part', true, 'It is partial.'],
        [
          'Full: all columns',
          false,
          '⚠ More WAL; a subscriber without a fitting index searches all rows for each change',
        ],
        ['Nothing', false, '⚠ UPDATE and DELETE fail on the table while it is in a publication that sends them'],
      ],
    );
  });

  it('warns of a primary key that is missing or can’t serve', () => {
    const [none] = identityChoices(details('t'), table('public', 't'));
    assert.match(none?.detail ?? '', /no primary key/);
    const [late] = identityChoices(details('t', { ...key, unfit: 'It is deferrable.' }), undefined);
    assert.match(late?.detail ?? '', /can’t serve.*It is deferrable/);
  });

  it('for several: an index of each, where each has one that qualifies', () => {
    const tables = [table('public', 'a'), table('public', 'b')];
    const all = identityChoicesOfAll(
      [details('a', key, index('wide', { columns: ['a', 'b'] }), index('narrow')), details('b', index('own'))],
      tables,
    );
    assert.deepEqual(
      all.slice(0, 2).map(({ detail, label, value }) => [label, value.unfit, detail]),
      [
        [
          'Default: the primary key (now)',
          false,
          '⚠ public.b has no primary key: UPDATE and DELETE fail there once published',
        ],
        ['A unique index of each table', false, 'public.a: narrow, public.b: own'],
      ],
    );
    const some = identityChoicesOfAll([details('a', key), details('b', key)], tables)[1];
    assert.equal(some?.value.unfit, true);
    assert.equal(some.detail, '2 tables have no unique index that qualifies besides a primary key');
  });
});
