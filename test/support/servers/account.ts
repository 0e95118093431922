import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';

/** The user that runs the servers: PostgreSQL refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account to run servers as: none (undefined) when this process is an ordinary user, otherwise the
 * machine's `postgres` user, or `nobody`. Throws for root on a machine that has neither.
 */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== undefined && gid !== undefined) {
      return { uid, gid };
    }
  }
  throw new Error('PostgreSQL refuses to run as root, and this machine has neither a user postgres nor a user nobody');
}

/** Gives a file or folder to the account, if there is one. */
export function giveTo(account: Account | undefined, file: string): void {
  if (account !== undefined) {
    chownSync(file, account.uid, account.gid);
  }
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  const asked = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return asked.status === 0 ? Number(asked.stdout.trim()) : undefined;
}
