import { namedObjects } from '../../pickers/object.ts';
import type { PlanPreviews } from '../../plans/preview.ts';
import { publishedTablesText } from '../../plans/publishedTablesText.ts';
import type { Services } from '../../services.ts';
import type { PublicationNode } from '../../tree/node.ts';

/** Show What Is Published: every table that is really sent, with its columns, its filter and why it is, to be read. */
export async function showPublishedTables(
  services: Services,
  previews: PlanPreviews,
  node?: PublicationNode,
): Promise<void> {
  const { target, names } = await namedObjects(services, 'publication', [node, undefined], {
    question: 'Show the tables of which publication?',
    changes: false,
  });
  const [name] = names;
  const { connectionId, serverName, snapshot } = target;
  const tables = await services.service.reads.effectiveTables(connectionId, name);
  const publication = snapshot.inventory.publications.find((one) => one.name === name);
  const text = publishedTablesText({
    name,
    serverName,
    database: snapshot.inventory.server.database,
    publication,
    tables,
  });
  const id = JSON.stringify(['published', connectionId, name, snapshot.inventory.readAt]);
  await previews.showText(id, `What ${name} sends (${serverName})`, text);
}
