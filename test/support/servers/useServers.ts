import type { ServerOptions } from './options.ts';
import { startServer } from './startServer.ts';
import type { TestServer } from './testServer.ts';

/**
 * Starts the named servers before the tests of the enclosing `describe` and ends them after it. Gives an object
 * with the same names; a server can be read from it once the tests run, and reading it before throws.
 */
export function useServers<Name extends string>(
  wanted: Readonly<Record<Name, ServerOptions>>,
): Readonly<Record<Name, TestServer>> {
  const started = new Map<string, TestServer>();
  before(async function () {
    this.timeout(10 * 60_000);
    const names = Object.keys(wanted) as Name[];
    await Promise.all(names.map(async (name) => started.set(name, await startServer(wanted[name]))));
  });
  after(async function () {
    this.timeout(2 * 60_000);
    await Promise.all([...started.values()].map((server) => server.dispose()));
  });
  return new Proxy({} as Readonly<Record<Name, TestServer>>, {
    get(_target, name) {
      const server = started.get(String(name));
      if (server === undefined) {
        throw new Error(`The server "${String(name)}" is there only while the tests run`);
      }
      return server;
    },
  });
}
