import { readFile, stat } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';

/** A file as an import needs it. */
export interface FoundFile {
  readonly text: string;
  /** Permission bits; meaningless on Windows. */
  readonly mode: number;
}

/** What the imports read of the machine. Given by hand in tests. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Name of the operating system's user, libpq's default role. */
  readonly user: string;
  /** Null where there is no such (regular) file. Rejects where it exists and can't be read. */
  readonly readFile: (file: string) => Promise<FoundFile | null>;
}

/** The machine this runs on. */
export function machineSurroundings(): Surroundings {
  return {
    env: process.env,
    platform: process.platform,
    home: homedir(),
    user: currentUser(),
    readFile: async (file) => {
      try {
        const stats = await stat(file);
        return stats.isFile() ? { text: await readFile(file, 'utf8'), mode: stats.mode & 0o777 } : null;
      } catch (error) {
        if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
          return null;
        throw error;
      }
    },
  };
}

/** The operating system's user. A container may run as a number without a name. */
export function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'postgres';
  }
}

/** The folder of the user's libpq files: the home folder, or on Windows `%APPDATA%\postgresql` (where it is known). */
export function userFile(surroundings: Surroundings, unixName: string, windowsName: string): string | null {
  if (surroundings.platform !== 'win32') return path.join(surroundings.home, unixName);
  const { APPDATA } = surroundings.env;
  return APPDATA ? path.join(APPDATA, 'postgresql', windowsName) : null;
}
