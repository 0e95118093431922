import { type ConnectionFilter, pickConnection } from '../pickers/connection.ts';
import type { Services } from '../services.ts';
import type { TreeNode } from '../tree/node.ts';

/** What a command on a connection is called with: any row of it, or an id by hand. */
export interface ConnectionRef {
  readonly connectionId: string;
}

/** The connection a command is about: that of the row, or the one the person picks. */
export async function chosenConnection(
  services: Pick<Services, 'connections' | 'service'>,
  node: ConnectionRef | undefined,
  question: string,
  among: ConnectionFilter = {},
): Promise<string> {
  return node ? node.connectionId : pickConnection(services, question, among);
}

/** The same for commands that work on several: all selected connections, where the clicked row is one of them. */
export async function chosenConnections(
  services: Pick<Services, 'connections' | 'service'>,
  node: ConnectionRef | undefined,
  selected: readonly TreeNode[] | undefined,
  question: string,
): Promise<readonly string[]> {
  const first = await chosenConnection(services, node, question);
  const rows = (selected ?? []).flatMap((row) => (row.kind === 'connection' ? [row.connectionId] : []));
  return rows.includes(first) ? rows : [first];
}
