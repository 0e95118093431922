import { readCountRows } from './catalog/countRows.ts';
import { readEffectiveTables } from './catalog/effectiveTables.ts';
import { readRoles } from './catalog/roles.ts';
import { readSettings } from './catalog/settings.ts';
import { readSubscriptionConninfo } from './catalog/subscriptionConninfo.ts';
import { readTableDefinitions } from './catalog/tableDefinitions.ts';
import { readTablesWithRows } from './catalog/tablesWithRows.ts';
import type { ConnectionSource } from './model/connect.ts';
import { ReplicationError } from './model/errors.ts';
import { readPeek } from './peek/readPeek.ts';
import { replicationLogin } from './postgres/replicationLogin.ts';
import type { Session } from './postgres/session.ts';
import type { OnDemandReads } from './reads.ts';
import { tryMembers } from './trials/tryMembers.ts';
import { trySubscription } from './trials/trySubscription.ts';

/** What the reads stand on. */
export interface ReadDependencies {
  /** The session that watches a server, opened where needed. */
  watchSession(connectionId: string): Promise<Session>;
  /** A session of its own, which the caller closes. */
  ownSession(connectionId: string): Promise<Session>;
  readonly connections: Pick<ConnectionSource, 'facts'>;
}

/** The reads over a service's sessions. What may take long runs on a session of its own, so that no beat is missed. */
export function onDemandReads(dependencies: ReadDependencies): OnDemandReads {
  const watched = async <Result>(id: string, read: (session: Session) => Promise<Result>): Promise<Result> =>
    read(await dependencies.watchSession(id));
  const own = async <Result>(id: string, read: (session: Session) => Promise<Result>): Promise<Result> => {
    const session = await dependencies.ownSession(id);
    try {
      return await read(session);
    } finally {
      await session.close();
    }
  };
  const trial = async <Result>(id: string, read: (session: Session) => Promise<Result>): Promise<Result> => {
    const facts = dependencies.connections.facts(id);
    if (facts?.readOnly) {
      throw new ReplicationError(
        'readOnlyConnection',
        `${facts.name} is marked read-only, so nothing is tried out on it, not even to be rolled back.`,
        { advice: 'The server will judge it when it runs. Take the mark off the connection to have it tried before.' },
      );
    }
    return own(id, read);
  };
  return {
    effectiveTables: (id, publication) => watched(id, (session) => readEffectiveTables(session, publication)),
    tryMembers: (id, choice) => trial(id, (session) => tryMembers(session, choice)),
    countRows: (id, table, filter, limitMs) => own(id, (session) => readCountRows(session, table, filter, limitMs)),
    subscriptionConninfo: (id, name) => watched(id, (session) => readSubscriptionConninfo(session, name)),
    trySubscription: (id, choice) => trial(id, (session) => trySubscription(session, choice)),
    tableDefinitions: (id, tables) => watched(id, (session) => readTableDefinitions(session, tables)),
    tablesWithRows: (id, tables) => own(id, (session) => readTablesWithRows(session, tables)),
    peek: (id, request) => own(id, (session) => readPeek(session, request)),
    settings: (id) => watched(id, readSettings),
    roles: (id) => watched(id, readRoles),
    replicationLogin,
  };
}
