import type { ConnectionSource } from './model/connect.ts';
import { ReplicationError } from './model/errors.ts';
import type { Session } from './postgres/session.ts';
import type { OnDemandReads } from './reads.ts';

/** What the reads stand on. */
export interface ReadDependencies {
  /** The session that watches a server, opened where needed. */
  watchSession(connectionId: string): Promise<Session>;
  /** A session of its own, which the caller closes. */
  ownSession(connectionId: string): Promise<Session>;
  readonly connections: Pick<ConnectionSource, 'facts'>;
}

/** The reads over a service's sessions, each loaded when it is first asked for. What may take long runs on a session of its own, so that no beat is missed. */
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
    effectiveTables: (id, publication) =>
      watched(id, async (session) =>
        (await import('./catalog/effectiveTables.ts')).readEffectiveTables(session, publication),
      ),
    tryMembers: (id, choice) =>
      trial(id, async (session) => (await import('./trials/tryMembers.ts')).tryMembers(session, choice)),
    countRows: (id, table, filter, limitMs) =>
      own(id, async (session) =>
        (await import('./catalog/countRows.ts')).readCountRows(session, table, filter, limitMs),
      ),
    subscriptionConninfo: (id, name) =>
      watched(id, async (session) =>
        (await import('./catalog/subscriptionConninfo.ts')).readSubscriptionConninfo(session, name),
      ),
    trySubscription: (id, choice, first) =>
      trial(id, async (session) =>
        (await import('./trials/trySubscription.ts')).trySubscription(session, choice, { first }),
      ),
    tableDefinitions: (id, tables) =>
      watched(id, async (session) =>
        (await import('./catalog/tableDefinitions.ts')).readTableDefinitions(session, tables),
      ),
    tableDefinitionsAt: async (params, tables) => {
      const session = await (await import('./postgres/session.ts')).openSession(params);
      try {
        return await (await import('./catalog/tableDefinitions.ts')).readTableDefinitions(session, tables);
      } finally {
        await session.close();
      }
    },
    neededThere: (id, needs) =>
      watched(id, async (session) => (await import('./catalog/neededThere.ts')).readNeededThere(session, needs)),
    tablesWithRows: (id, tables) =>
      own(id, async (session) => (await import('./catalog/tablesWithRows.ts')).readTablesWithRows(session, tables)),
    copySizes: (id, tables) =>
      own(id, async (session) => (await import('./catalog/copySizes.ts')).readCopySizes(session, tables)),
    peek: (id, request) => own(id, async (session) => (await import('./peek/readPeek.ts')).readPeek(session, request)),
    settings: (id) => watched(id, async (session) => (await import('./catalog/settings.ts')).readSettings(session)),
    roles: (id) => watched(id, async (session) => (await import('./catalog/roles.ts')).readRoles(session)),
    roleAccess: (id, role, oids) =>
      watched(id, async (session) => (await import('./catalog/roleAccess.ts')).readRoleAccess(session, role, oids)),
    replicationLogin: async (params) => (await import('./postgres/replicationLogin.ts')).replicationLogin(params),
  };
}
