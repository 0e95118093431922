import { type Connection, type ConnectionDraft, sameTarget, suggestName } from '../connection.ts';

/**
 * Drafts for the server's other databases, reached as `connection` is: same folder, colour and marks. Databases
 * that `known` has already (same server, same role) are left out.
 */
export function otherDatabases(
  connection: Connection,
  databases: readonly string[],
  known: readonly Connection[],
): readonly ConnectionDraft[] {
  const { id: _, ...shared } = connection;
  return databases
    .map((database) => {
      const target = { ...connection.target, database };
      return { ...shared, name: nameFor(connection, database), target };
    })
    .filter(({ target }) => !known.some((other) => sameTarget(other.target, target)));
}

/** The connection's name with the database in the place of its own, where it has one; otherwise with it behind. */
function nameFor(connection: Connection, database: string): string {
  const { name, target } = connection;
  if (name === suggestName(target)) return suggestName({ ...target, database });
  return `${name} / ${database}`;
}
