import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Inventory } from '../../../replication/model/snapshot.ts';
import type { Table } from '../../../replication/model/table.ts';
import { planAddTables } from '../../../replication/operations/publication/publicationMembers.ts';
import { scopeInWords, scopeOf, takesAll } from '../../../replication/operations/publication/publicationScope.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { openTarget, refuseReadOnly } from '../../pickers/connection.ts';
import { rowsOf, type TableRef } from '../../pickers/object.ts';
import { mustHave, pickMany, pickOne } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import { draggedTables, refusalOfDrop } from '../../tree/dragging.ts';
import { byText } from '../../tree/model.ts';
import type { PublicationNode, TableNode, TreeNode } from '../../tree/node.ts';
import { scopeWords } from '../../tree/nodes/publication.ts';
import { count, joined, sentenceList, tableName } from '../../tree/words.ts';
import { runWithRefresh } from './offerRefresh.ts';
import { publicationSubject, type PublicationSubject, readersOfSubject, subjectOf } from './subject.ts';

/**
 * Add Tables…: to the publication that it was called on, those that are picked; of the tables that it was called on,
 * to the publication that is picked. Tables that were dragged come as `selected` of the publication.
 */
export async function addTables(
  services: Services,
  node?: PublicationNode | TableNode,
  selected?: readonly TreeNode[],
): Promise<void> {
  if (node?.kind === 'table') {
    refuseReadOnly(services, node.connectionId);
    const tables = rowsOf([node, selected]).filter(
      (row): row is TableNode => row.kind === 'table' && row.connectionId === node.connectionId,
    );
    const target = await openTarget(services, node.connectionId);
    await add(services, await pickPublication(services, target, tables), tables, false);
    return;
  }
  const dropped = draggedTables(selected ?? []);
  if (node && dropped.length > 0) {
    const refusal = refusalOfDrop(node, dropped, (id) => services.connections.facts(id)?.name ?? 'another connection');
    if (refusal !== null) throw new ReplicationError('invalidInput', refusal);
    const subject = await publicationSubject(services, node, '');
    await add(services, subject, dropped, true);
    return;
  }
  const subject = await publicationSubject(services, node, 'Add tables to which publication?', {
    fits: (publication) => !takesAll(scopeOf(publication)),
    none: 'no publication that tables can be added to',
  });
  await add(services, subject, await pickTables(subject), false);
}

async function add(
  services: Services,
  subject: PublicationSubject,
  tables: readonly Pick<TableRef, 'schema' | 'name'>[],
  always: boolean,
): Promise<void> {
  const { publication, readers, target } = subject;
  const choices = tables.map(({ name, schema }) => ({ schema, name, columns: null, filter: null }));
  const what = tables.length > 3 ? count(tables.length, 'table') : sentenceList(tables.map(tableName));
  const planned = readersOfSubject(subject);
  await runWithRefresh(services, {
    verb: 'Add',
    verbWithReaders: 'Add and Refresh',
    meaning:
      'a subscription learns of it only when it is refreshed. Refreshing copies the rows that are there already.',
    question: `Add ${what} to ${publication.name} on ${target.serverName}?`,
    warnings: identityWarnings(subject, tables),
    readers,
    always,
    planFor: (refresh) => planAddTables(target, publication.name, choices, { ...planned, refresh }),
  });
}

/** What the publisher's own applications would meet. */
function identityWarnings(
  { publication, target }: PublicationSubject,
  tables: readonly Pick<TableRef, 'schema' | 'name'>[],
): readonly string[] {
  const { operations } = publication;
  if (!operations.update && !operations.delete) return [];
  const without = tables.filter(({ name, schema }) => {
    const table = target.snapshot.inventory.tables.find((one) => one.name === name && one.schema === schema);
    return table && !table.identityUsable && !table.partitioned;
  });
  if (without.length === 0) return [];
  const failing = [operations.update && 'UPDATE', operations.delete && 'DELETE'].filter((verb) => verb !== false);
  const names =
    without.length > 6
      ? `${without.length} of them have`
      : `${sentenceList(without.map(tableName))} ${without.length === 1 ? 'has' : 'have'}`;
  return [
    `${names} no replica identity: once published, every ${failing.join(' and ')} there fails. Set a replica identity first.`,
  ];
}

async function pickPublication(
  services: Services,
  target: PlanTarget,
  tables: readonly TableRef[],
): Promise<PublicationSubject> {
  const chosen = target.snapshot.inventory.publications.filter((publication) => !takesAll(scopeOf(publication)));
  const what = tables.length === 1 && tables[0] ? tableName(tables[0]) : count(tables.length, 'table');
  const name = await pickOne(
    `Add ${what} to which publication?`,
    mustHave(
      chosen.map((publication) => ({
        value: publication.name,
        label: publication.name,
        description: joined([scopeWords(publication), has(publication.tables, tables) && 'has it already']),
      })),
      `${target.serverName} has no publication that tables can be added to.`,
      'Create one for them.',
    ),
  );
  return subjectOf(services, target, name);
}

async function pickTables({ publication, target }: PublicationSubject): Promise<readonly TableRef[]> {
  const { inventory } = target.snapshot;
  const whole = takesAll(scopeOf(publication));
  const nothing = whole
    ? `${publication.name} publishes ${scopeInWords(scopeOf(publication))}: no single tables can be added.`
    : `All tables that can be published are in ${publication.name} already.`;
  const free = whole ? [] : freeTables(inventory, publication.tables);
  return pickMany(
    `Add which tables to ${publication.name}?`,
    mustHave(
      free.map((table) => ({
        value: table,
        label: tableName(table),
        description: joined([
          table.partitioned && 'partitioned',
          table.isPartition && 'partition',
          !table.identityUsable && !table.partitioned && 'no replica identity',
          !table.ownedByMe && `owner ${table.owner}`,
        ]),
      })),
      nothing,
      '',
    ),
  );
}

/** Tables that can be published and aren't named in it, by name. */
function freeTables(inventory: Inventory, members: readonly { readonly oid: number }[]): readonly Table[] {
  const named = new Set(members.map(({ oid }) => oid));
  const partitions = inventory.server.capabilities['publication.partitionedTables'].can;
  return inventory.tables
    .filter(({ oid, partitioned, unlogged }) => !named.has(oid) && !unlogged && (partitions || !partitioned))
    .sort((a, b) => byText(a.schema, b.schema) || byText(a.name, b.name));
}

function has(members: readonly { readonly oid: number }[], tables: readonly TableRef[]): boolean {
  const named = new Set(members.map(({ oid }) => oid));
  return tables.every(({ oid }) => named.has(oid));
}
