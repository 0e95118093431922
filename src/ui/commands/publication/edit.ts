import { openPublicationEditor } from '../../panels/publicationPanel.ts';
import { namedObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { PublicationNode } from '../../tree/node.ts';

/** Opens the form that edits a publication; on a connection marked read-only it says so, and only shows. */
export async function editPublication(services: Services, node?: PublicationNode): Promise<void> {
  const { target, names } = await namedObjects(services, 'publication', [node, undefined], {
    question: 'Edit which publication?',
    changes: false,
    advice: 'Create a publication first.',
  });
  await openPublicationEditor(services, { connectionId: target.connectionId, publication: names[0] });
}
