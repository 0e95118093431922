import * as vscode from 'vscode';

import { views } from '../../contributions.ts';
import { ReplicationError } from '../../replication/model/errors.ts';
import type { PlanTarget } from '../../replication/operations/target.ts';
import type { Services } from '../services.ts';
import { joined } from '../tree/words.ts';
import { type Need, type Unfit, unfitFor, unfitInWords } from './need.ts';
import { mustHave, pickOne } from './pick.ts';

/** Which connections can be picked. */
export interface ConnectionFilter {
  readonly only?: (connectionId: string) => boolean;
  /** What is said where there are connections, but none of these. */
  readonly none?: string | ((unfit: readonly Unfit[]) => string);
  /** What the command needs: connections that are known not to have it aren't offered, and why is said where none has. */
  readonly need?: Need;
  /** What can be done where none fits. */
  readonly advice?: string;
}

/** Asks for a connection; the only one there is isn't asked for. Throws where there is none. */
export async function pickConnection(
  { connections, service }: Pick<Services, 'connections' | 'service'>,
  placeHolder: string,
  options: ConnectionFilter & { readonly always?: boolean } = {},
): Promise<string> {
  const all = connections.all();
  const {
    only = () => true,
    none = 'No connection is fit for this.',
    need = { changes: false },
    advice = '',
  } = options;
  const asked = all.filter(({ id }) => only(id));
  const known = asked.map((connection) => {
    const state = service.state(connection.id);
    return { connection, state, why: unfitFor({ facts: connection, state }, need) };
  });
  // What is open and has what is needed comes before what would have to be opened to know.
  const fitting = known
    .filter(({ why }) => why === null)
    .toSorted((a, b) => Number(a.state.phase === 'closed') - Number(b.state.phase === 'closed'));
  const unfit = known.flatMap(({ connection, why }) => (why === null ? [] : [{ name: connection.name, why }]));
  const choices = mustHave(
    fitting.map(({ connection, state }) => ({
      value: connection.id,
      label: connection.name,
      description: joined([
        `${connection.target.database} on ${connection.target.host}:${connection.target.port}`,
        connection.production && 'production',
        connection.readOnly && 'read-only',
        state.phase === 'closed' && 'not connected',
      ]),
    })),
    all.length === 0 ? 'There is no connection yet.' : typeof none === 'string' ? none : none(unfit),
    all.length === 0
      ? 'Add one in the Servers view.'
      : [unfit.length === 0 ? '' : unfitInWords(unfit), advice].filter((text) => text !== '').join(' '),
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

/** Says that a server is marked read-only before somebody answers questions for nothing. */
export function refuseReadOnly({ connections }: Pick<Services, 'connections'>, connectionId: string): void {
  const facts = connections.facts(connectionId);
  if (!facts?.readOnly) return;
  throw new ReplicationError('readOnlyConnection', `${facts.name} is marked read-only, so nothing is changed on it.`, {
    advice: 'Take the mark off the connection to change the server.',
  });
}
