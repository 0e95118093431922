import assert from 'node:assert/strict';

import { draggedTables, refusalOfDrop } from '../../../src/ui/tree/dragging.ts';
import type { PublicationNode, PublishedTableNode, TableNode } from '../../../src/ui/tree/node.ts';

const orders: TableNode = {
  kind: 'table',
  id: 't/1',
  connectionId: 'shop',
  oid: 1,
  schema: 'public',
  name: 'orders',
};
const customers: TableNode = { ...orders, id: 't/2', oid: 2, name: 'customers' };
const published: PublishedTableNode = { ...orders, kind: 'publishedTable', id: 'p/1', publication: 'old_pub' };
const ordersPub: PublicationNode = { kind: 'publication', id: 'p', connectionId: 'shop', name: 'orders_pub' };
const name = (id: string): string => `the ${id}`;

describe('rows that are dragged', () => {
  it('are tables, published or not, each once', () => {
    assert.deepEqual(draggedTables([orders, customers]), [orders, customers]);
    assert.deepEqual(draggedTables([orders, published]), [published]);
    assert.deepEqual(draggedTables([]), []);
  });

  it('are nothing where anything else is among them', () => {
    assert.deepEqual(draggedTables([orders, ordersPub]), []);
  });

  it('may be dropped onto a publication of their own connection only, and it says why', () => {
    assert.equal(refusalOfDrop(ordersPub, [orders, published], name), null);
    const foreign = { ...customers, connectionId: 'warehouse' };
    const refusal = refusalOfDrop(ordersPub, [orders, foreign], name);
    assert.match(refusal ?? '', /^public\.customers can’t be added to orders_pub: .* the shop, .* of the warehouse\./);
    const many = [1, 2, 3, 4].map((oid) => ({ ...foreign, oid }));
    assert.match(refusalOfDrop(ordersPub, many, name) ?? '', /^4 tables /);
  });
});
