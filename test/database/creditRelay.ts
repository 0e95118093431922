import { once } from 'node:events';
import net from 'node:net';

/** So much of what a server sends on a connection passes without credit: logging in, and looking up a table. Bytes. */
export const freeBytes = 16_384;

/**
 * A TCP way to a server on loopback through which, beyond a little, only as many bytes come from the server as were
 * granted: a speed that is what the test says it is, whatever the machine.
 */
export class CreditRelay {
  readonly host = '127.0.0.1';
  readonly #target: { readonly host: string; readonly port: number };
  readonly #listener: net.Server;
  readonly #sockets = new Set<net.Socket>();
  readonly #waiting = new Set<() => void>();
  #credit = 0;
  #port = 0;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#listener = net.createServer((client) => this.#accept(client));
  }

  /** Opens a relay to a server, on a free port. */
  static async open(target: { readonly host: string; readonly port: number }): Promise<CreditRelay> {
    const relay = new CreditRelay(target);
    relay.#listener.listen(0, relay.host);
    await once(relay.#listener, 'listening');
    const address = relay.#listener.address();
    if (typeof address === 'object' && address) relay.#port = address.port;
    return relay;
  }

  get port(): number {
    return this.#port;
  }

  /** Lets so many more bytes through; Infinity from now on all. */
  grant(bytes: number): void {
    this.#credit += bytes;
    // As they are now: one that still lacks credit waits again.
    const waiting = [...this.#waiting];
    for (const resume of waiting) resume();
  }

  async dispose(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  #accept(client: net.Socket): void {
    const server = net.connect(this.#target);
    let passed = 0;
    let held: Buffer[] = [];
    const pass = (): void => {
      this.#waiting.delete(pass);
      for (let chunk = held.shift(); chunk !== undefined; chunk = held.shift()) {
        const allowed = Math.min(chunk.length, Math.max(0, freeBytes - passed) + this.#credit);
        if (allowed > 0) client.write(chunk.subarray(0, allowed));
        this.#credit -= Math.max(0, allowed - Math.max(0, freeBytes - passed));
        passed += allowed;
        if (allowed === chunk.length) continue;
        held = [chunk.subarray(allowed), ...held];
        this.#waiting.add(pass);
        server.pause();
        return;
      }
      server.resume();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.once('close', () => {
        this.#sockets.delete(socket);
        this.#waiting.delete(pass);
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk: Buffer) => {
      held.push(chunk);
      pass();
    });
  }
}
