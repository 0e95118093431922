import { once } from 'node:events';
import net from 'node:net';

import { freePort } from '../support/servers/freePort.ts';

/** Where exactly the line is cut, and what comes after it. */
export interface Cut {
  /** The next statement (of the simple protocol) that begins so. */
  readonly statement: string;
  /** before: it never reaches the server; after: the server has answered it, and the answer never comes back. */
  readonly when: 'before' | 'after';
  /** What happens at that moment, before the line is dropped. */
  readonly onCut?: () => Promise<void>;
  /** Whether new connections get through at once. */
  readonly mended: boolean;
}

/** A TCP way to a server on loopback that can be cut around one statement, to the byte. */
export class CutRelay {
  readonly host = '127.0.0.1';
  readonly #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<net.Socket>();
  readonly #listener: net.Server;
  #port = 0;
  #cut: Cut | undefined;
  #fired = 0;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#listener = net.createServer((client) => this.#accept(client));
  }

  static async open(target: { readonly host: string; readonly port: number }): Promise<CutRelay> {
    const relay = new CutRelay(target);
    relay.#port = await freePort();
    await relay.mend();
    return relay;
  }

  get port(): number {
    return this.#port;
  }

  /** How often an armed cut happened. */
  get fired(): number {
    return this.#fired;
  }

  /** Cuts as soon as the statement comes by; undefined disarms. */
  arm(cut: Cut | undefined): void {
    this.#cut = cut;
  }

  /** Drops every connection, and refuses new ones. */
  async cut(): Promise<void> {
    this.#drop();
    if (this.#listener.listening) await new Promise((resolve) => this.#listener.close(resolve));
  }

  /** Lets new connections through. */
  async mend(): Promise<void> {
    if (this.#listener.listening) return;
    this.#listener.listen(this.#port, this.host);
    await once(this.#listener, 'listening');
  }

  #drop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  #accept(client: net.Socket): void {
    const server = net.connect(this.#target);
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.once('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    let swallowing: Cut | undefined;
    let answer = Buffer.alloc(0);
    client.on('data', (chunk) => {
      const cut = this.#cut;
      // Q, then the length in four bytes.
      if (cut && chunk[0] === 0x51 && chunk.subarray(5).toString().startsWith(cut.statement)) {
        this.#cut = undefined;
        if (cut.when === 'before') {
          void this.#fire(cut);
          return;
        }
        swallowing = cut;
      }
      server.write(chunk);
    });
    server.on('data', (chunk) => {
      if (!swallowing) {
        client.write(chunk);
        return;
      }
      answer = Buffer.concat([answer, chunk]);
      // ReadyForQuery, which comes once the statement is committed.
      if (answer.length >= 6 && answer.subarray(-6, -1).equals(Buffer.from([0x5a, 0, 0, 0, 5]))) {
        void this.#fire(swallowing);
      }
    });
  }

  async #fire(cut: Cut): Promise<void> {
    this.#fired += 1;
    await cut.onCut?.();
    if (cut.mended) this.#drop();
    else await this.cut();
  }
}
