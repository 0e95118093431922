import { planRemoveMembers } from '../../../replication/operations/publication/publicationMembers.ts';
import { openTarget, refuseReadOnly } from '../../pickers/connection.ts';
import { rowsOf } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { PublishedSchemaNode, PublishedTableNode, TreeNode } from '../../tree/node.ts';
import { count, sentenceList, tableName } from '../../tree/words.ts';
import { runWithRefresh } from './offerRefresh.ts';
import { readersOfSubject, subjectOf } from './subject.ts';

/** Remove From Publication…: tables and schemas that are selected, of the publication of the clicked row. */
export async function removeMember(
  services: Services,
  node?: PublishedTableNode | PublishedSchemaNode,
  selected?: readonly TreeNode[],
): Promise<void> {
  if (!node) return;
  refuseReadOnly(services, node.connectionId);
  const members = rowsOf([node, selected]).filter(
    (row): row is PublishedTableNode | PublishedSchemaNode =>
      (row.kind === 'publishedTable' || row.kind === 'publishedSchema') &&
      row.connectionId === node.connectionId &&
      row.publication === node.publication,
  );
  const tables = members.flatMap((row) =>
    row.kind === 'publishedTable' ? [{ schema: row.schema, name: row.name }] : [],
  );
  const schemas = members.flatMap((row) => (row.kind === 'publishedSchema' ? [row.schema] : []));
  const target = await openTarget(services, node.connectionId);
  const subject = subjectOf(services, target, node.publication);
  const names = [...schemas.map((schema) => `the schema ${schema}`), ...tables.map(tableName)];
  const what = names.length > 3 ? count(names.length, 'member') : sentenceList(names);
  const known = readersOfSubject(subject);
  await runWithRefresh(services, {
    verb: 'Remove',
    verbWithReaders: 'Remove and Refresh',
    meaning: 'a subscription learns of it only when it is refreshed. The rows stay there as they are.',
    question: `Remove ${what} from ${node.publication} on ${target.serverName}?`,
    warnings: [],
    readers: subject.readers,
    always: false,
    planFor: (refresh) => planRemoveMembers(target, node.publication, { tables, schemas }, { ...known, refresh }),
  });
}
