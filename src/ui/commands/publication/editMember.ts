import type { TableName } from '../../../replication/model/reads.ts';
import { openPublicationEditor } from '../../panels/publicationPanel.ts';
import { mustHave, pickOne } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import type { PublishedTableNode } from '../../tree/node.ts';
import { tableName } from '../../tree/words.ts';
import { publicationSubject } from './subject.ts';

/** Edit Columns and Filter…: the form of the publication with the editor of that table open. */
export async function editMember(services: Services, node?: PublishedTableNode): Promise<void> {
  if (node) {
    const { connectionId, publication, schema, name } = node;
    await openPublicationEditor(services, { connectionId, publication, table: { schema, name } });
    return;
  }
  const { target, publication } = await publicationSubject(services, undefined, 'Edit a table of which publication?', {
    fits: ({ tables }) => tables.length > 0,
    none: 'no publication that names tables',
    advice: 'Columns and filters belong to tables that are chosen one by one.',
  });
  const tables = publication.tables.map(({ columns, filter, name, schema }) => ({
    value: { schema, name } satisfies TableName,
    label: tableName({ schema, name }),
    ...(filter === null ? {} : { detail: filter }),
    description: columns === null ? 'all columns' : columns.join(', '),
  }));
  const table = await pickOne(
    `Edit which table of ${publication.name}?`,
    mustHave(tables, `No table is named in ${publication.name}.`, 'Add tables to it first.'),
  );
  await openPublicationEditor(services, { connectionId: target.connectionId, publication: publication.name, table });
}
