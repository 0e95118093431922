import * as vscode from 'vscode';

import { views } from '../../contributions.ts';
import { ReplicationError } from '../../replication/model/errors.ts';
import type { PlanTarget } from '../../replication/operations/target.ts';
import type { Services } from '../services.ts';
import { joined } from '../tree/words.ts';
import { mustHave, pickOne } from './pick.ts';

/** Which connections can be picked. */
export interface ConnectionFilter {
  readonly only?: (connectionId: string) => boolean;
  /** What is said where there are connections, but none of these. */
  readonly none?: string;
}

/** Asks for a connection; the only one there is isn't asked for. Throws where there is none. */
export async function pickConnection(
  { connections }: Pick<Services, 'connections'>,
  placeHolder: string,
  options: ConnectionFilter & { readonly always?: boolean } = {},
): Promise<string> {
  const all = connections.all();
  const { only = () => true, none = 'There is no such connection.' } = options;
  const fitting = all.filter(({ id }) => only(id));
  const choices = mustHave(
    fitting.map((connection) => ({
      value: connection.id,
      label: connection.name,
      description: joined([
        `${connection.target.database} on ${connection.target.host}:${connection.target.port}`,
        connection.production && 'production',
        connection.readOnly && 'read-only',
      ]),
    })),
    all.length === 0 ? 'There is no connection yet.' : none,
    all.length === 0 ? 'Add one in the Servers view.' : '',
  );
  const [first] = choices;
  if (choices.length === 1 && first && !options.always) return first.value;
  return pickOne(placeHolder, choices);
}

/** The server that a command is about, with its snapshot; connects where needed, showing progress in the view. */
export async function openTarget(
  { connections, service }: Pick<Services, 'connections' | 'service'>,
  connectionId: string,
): Promise<PlanTarget> {
  const name = connections.facts(connectionId)?.name;
  if (name === undefined) {
    throw new ReplicationError('unknownConnection', 'This connection does not exist any more.', {
      advice: 'Refresh the view.',
    });
  }
  const snapshot = await vscode.window.withProgress({ location: { viewId: views.servers } }, () =>
    // What is open may have been read a while ago, and a plan is made from the present.
    service.state(connectionId).phase === 'open' ? service.refresh(connectionId) : service.open(connectionId),
  );
  return { connectionId, serverName: name, snapshot };
}
