import assert from 'node:assert/strict';

import type { Publication } from '../../../src/replication/model/publication.ts';
import { indexInventory } from '../../../src/ui/tree/model.ts';
import type { PublishedTableNode } from '../../../src/ui/tree/node.ts';
import { publishedTableKind } from '../../../src/ui/tree/nodes/publishedTable.ts';
import { leavesOf, publishedWords, sendingsOf } from '../../../src/ui/tree/sending.ts';
import { publication, published, table, target } from '../operations/fixture.ts';
import { connection, model, open } from './fixture.ts';

const root = table('public', 'events', { partitioned: true });
const year = table('public', 'y2026', { partitioned: true, isPartition: true, partitionOf: root.oid });
const may = table('old', 'may', { isPartition: true, partitionOf: year.oid });
const june = table('public', 'june', { isPartition: true, partitionOf: year.oid, identityUsable: false });
const plain = table('public', 'plain');
const scratch = table('public', 'scratch', { unlogged: true });
const tables = [root, year, may, june, plain, scratch];

function indexWith(...publications: readonly Publication[]) {
  return indexInventory(target({ inventory: { tables, publications } }).snapshot.inventory);
}

describe('how a publication sends partitions (in the tree)', () => {
  const words = (...publications: readonly Publication[]): readonly string[] => {
    const index = indexWith(...publications);
    return tables.map((one) => publishedWords(one, index));
  };

  it('each by itself, where their root is named', () => {
    assert.deepEqual(words(publication('p', { tables: [published(root)] })), [
      'in p, through its partitions',
      'in p, through its partitions',
      'in p, through public.events',
      'in p, through public.events',
      'not published',
      'not published',
    ]);
  });

  it('as their root, where that is asked for', () => {
    assert.deepEqual(words(publication('p', { viaRoot: true, tables: [published(root), published(june)] })), [
      'in p',
      'in p, as public.events',
      'in p, as public.events',
      'in p, as public.events',
      'not published',
      'not published',
    ]);
  });

  it('by all tables: the root through them, or they as the root', () => {
    assert.deepEqual(words(publication('p', { allTables: true })), [
      'in p, through its partitions',
      'in p, through its partitions',
      'in p',
      'in p',
      'in p',
      'not published',
    ]);
    const viaRoot = words(publication('p', { allTables: true, viaRoot: true }));
    assert.deepEqual(viaRoot.slice(0, 4), ['in p', ...Array<string>(3).fill('in p, as public.events')]);
  });

  it('those in another schema too, where the schema of their root is published', () => {
    assert.deepEqual(words(publication('p', { schemas: ['public'] })).slice(2, 5), [
      'in p, through public.y2026',
      'in p',
      'in p',
    ]);
    assert.equal(words(publication('p', { schemas: ['old'] }))[2], 'in p');
  });

  it('in part, where only some of them are named', () => {
    assert.deepEqual(words(publication('p', { tables: [published(june)] })).slice(0, 4), [
      '1 of 2 partitions published',
      '1 of 2 partitions published',
      'not published',
      'in p',
    ]);
  });

  it('not what all tables leave out, by itself or with its root (19)', () => {
    const except = (one: typeof root): Publication =>
      publication('p', { allTables: true, exceptTables: [{ oid: one.oid, schema: one.schema, name: one.name }] });
    assert.deepEqual(sendingsOf(may, indexWith(except(root))), []);
    assert.deepEqual(sendingsOf(may, indexWith(except(plain))).length, 1);
  });

  it('and says of a partitioned table how, and which of its partitions have no identity', () => {
    const inventory = { tables, publications: [publication('p', { tables: [published(root)] })] };
    const drawn = model([connection('shop')], new Map([['shop', open(target({ inventory }).snapshot)]]));
    const { oid, schema, name } = root;
    const node: PublishedTableNode = {
      kind: 'publishedTable',
      id: 'x',
      connectionId: 'shop',
      publication: 'p',
      oid,
      schema,
      name,
    };
    const row = publishedTableKind.row(node, drawn);
    assert.equal(row.description, 'sent as its 2 partitions · ⚠ partitions without replica identity');
    assert.match(
      publishedTableKind.tooltip?.(node, drawn) ?? '',
      /until they have a replica identity\\: public\\.june\\./,
    );
    assert.deepEqual(leavesOf(root, indexWith()), [may, june]);
  });
});
