import { randomInt } from 'node:crypto';
import net from 'node:net';

/**
 * Below the ports that systems give to outgoing connections and to whoever listens on any: a server that is stopped for a
 * while finds its own port free when it starts again. Each of the processes that run test files at once has a part of
 * its own, so that none of them takes it meanwhile.
 */
const first = 16_384;
const perProcess = 3276;
const processes = 5;

/**
 * Gives a TCP port of loopback that nothing listens on at the moment, for a process with this environment: that of the
 * present one unless told. Throws where there is none.
 */
export async function freePort(environment: NodeJS.ProcessEnv = process.env): Promise<number> {
  // Files that run beside each other are numbered by mocha; whatever runs alone has the last part.
  const part = Number(environment['MOCHA_WORKER_ID'] ?? processes - 1) % processes;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = first + part * perProcess + randomInt(perProcess);
    if (await isFree(port)) return port;
  }
  throw new Error('No free port was found');
}

function isFree(port: number): Promise<boolean> {
  const listener = net.createServer();
  return new Promise((resolve) => {
    listener.once('error', () => resolve(false));
    listener.listen(port, '127.0.0.1', () => listener.close(() => resolve(true)));
  });
}
