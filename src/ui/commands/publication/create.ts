import { openPublicationPanel } from '../../panels/publicationPanel.ts';
import { lacksCapability } from '../../pickers/need.ts';
import { rowsOf, pickTarget } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { ConnectionNode, EmptyNode, GroupNode, SchemaNode, TableNode, TreeNode } from '../../tree/node.ts';

/** Opens the form of a new publication: of a connection, or of the tables and schemas that are selected. */
export async function createPublication(
  services: Services,
  node?: ConnectionNode | GroupNode | EmptyNode | TableNode | SchemaNode,
  selected?: readonly TreeNode[],
): Promise<void> {
  const { connectionId } = await pickTarget(services, node, {
    question: 'Create a publication on which connection?',
    changes: true,
    lacks: lacksCapability('publication.create', 'have a new publication'),
    none: 'can have a new publication',
  });
  const rows = rowsOf([node, selected]).filter((row) => 'connectionId' in row && row.connectionId === connectionId);
  const tables = rows.flatMap((row) => (row.kind === 'table' ? [{ schema: row.schema, name: row.name }] : []));
  const schemas = rows.flatMap((row) => (row.kind === 'schema' ? [row.schema] : []));
  await openPublicationPanel(services, {
    connectionId,
    ...(tables.length > 0 ? { tables } : {}),
    ...(schemas.length > 0 ? { schemas } : {}),
  });
}
