/** Who is to be let in, and from where. */
export interface HbaEntry {
  readonly database: string;
  readonly user: string;
  /** The client's address as the server sees it; null where that isn't known. */
  readonly address: string | null;
  /** Over TLS only. */
  readonly tls: boolean;
}

/**
 * The line of pg_hba.conf that lets a role in with its password. A connection for logical replication
 * (replication=database) is matched by its database, on all versions from 10; the keyword `replication` stands for
 * physical replication alone.
 */
export function hbaLine({ database, user, address, tls }: HbaEntry): string {
  const range = address === null ? '<address of the client>/32' : `${address}/${address.includes(':') ? 128 : 32}`;
  return [tls ? 'hostssl' : 'host', hbaName(database), hbaName(user), range, 'scram-sha-256'].join('  ');
}

/** Quoted where it isn't a plain word: quotes also take the meaning from words such as `all`. */
function hbaName(name: string): string {
  const plain = /^[a-z_][a-z0-9_]*$/.test(name) && !/^(all|replication|sameuser|samerole|samegroup)$/.test(name);
  return plain ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The client's address and whether it came over TLS, from the words of a server that turned it away. */
export function seenByServer(message: string): Pick<HbaEntry, 'address' | 'tls'> {
  const address = /host "([0-9a-fA-F:.]+)"/.exec(message)?.[1] ?? null;
  return { address, tls: /SSL on|SSL encryption/.test(message) };
}
