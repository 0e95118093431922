import net from 'node:net';

import { DelayedPipe } from './delayedPipe.ts';
import { freePort } from './freePort.ts';

/** What new connections through a proxy get: the server, a refusal, or silence. */
export type ProxyMode = 'pass' | 'refuse' | 'silent';

/** How slow the way is. */
export interface ProxySpeed {
  /** Milliseconds that every byte takes, each way. */
  readonly latency?: number;
  /** Bytes a second, each way; unlimited unless told. */
  readonly throttle?: number;
}

/** A TCP way to a server on loopback that can be slow, cut, or counted. */
export class Proxy {
  readonly host = '127.0.0.1';
  readonly #listener: net.Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<net.Socket>();
  #speed: ProxySpeed = {};
  #mode: ProxyMode = 'pass';
  #port = 0;
  #roundTrips = 0;
  #connections = 0;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#listener = net.createServer((socket) => this.#accept(socket));
  }

  /** Opens a proxy to a server, on a free port. */
  static async open(target: { readonly host: string; readonly port: number }, speed: ProxySpeed = {}): Promise<Proxy> {
    const proxy = new Proxy(target);
    proxy.slow(speed);
    proxy.#port = await freePort();
    await proxy.#listen();
    return proxy;
  }

  /** The port to connect to instead of the server's; stays the same for the proxy's life. */
  get port(): number {
    return this.#port;
  }

  /**
   * How many round trips were made: times that the client sent something after the server had the last word
   * (on each connection, logging in included). Bytes sent while the server still owes an answer count once.
   */
  get roundTrips(): number {
    return this.#roundTrips;
  }

  /** How many connections were made in all. */
  get connections(): number {
    return this.#connections;
  }

  /** How many connections are open now. */
  get openConnections(): number {
    return this.#sockets.size / 2;
  }

  /** Sets both counts back to zero. */
  resetCounts(): void {
    this.#roundTrips = 0;
    this.#connections = 0;
  }

  /** Changes the speed, of open connections too. */
  slow(speed: ProxySpeed): void {
    this.#speed = speed;
  }

  /**
   * Drops every open connection and decides what new ones get: `refuse` (nothing listens), `silent` (accepted and
   * never answered), or `pass` (only the open ones were dropped).
   */
  async cut(mode: ProxyMode = 'refuse'): Promise<void> {
    this.#mode = mode;
    this.#drop();
    if (mode === 'refuse') {
      await this.#close();
    } else {
      await this.#listen();
    }
  }

  /** Lets new connections through again. */
  async mend(): Promise<void> {
    this.#mode = 'pass';
    this.#drop();
    await this.#listen();
  }

  /** Closes everything. */
  async dispose(): Promise<void> {
    this.#drop();
    await this.#close();
  }

  async #listen(): Promise<void> {
    if (this.#listener.listening) {
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#listener.once('error', reject);
      this.#listener.listen(this.#port, '127.0.0.1', () => {
        this.#listener.off('error', reject);
        resolve();
      });
    });
  }

  async #close(): Promise<void> {
    if (this.#listener.listening) {
      await new Promise((resolve) => this.#listener.close(resolve));
    }
  }

  #drop(): void {
    for (const socket of this.#sockets) {
      socket.resetAndDestroy();
    }
  }

  #accept(client: net.Socket): void {
    this.#connections += 1;
    this.#track(client);
    if (this.#mode === 'silent') {
      client.resume();
      return;
    }
    const server = net.connect(this.#target);
    this.#track(server);
    client.setNoDelay(true);
    server.setNoDelay(true);
    let serverSpokeLast = true;
    client.on('data', () => {
      this.#roundTrips += serverSpokeLast ? 1 : 0;
      serverSpokeLast = false;
    });
    server.on('data', () => {
      serverSpokeLast = true;
    });
    const speed = (): ProxySpeed => this.#speed;
    const ways = [new DelayedPipe(speed), new DelayedPipe(speed)] as const;
    client.pipe(ways[0]).pipe(server);
    server.pipe(ways[1]).pipe(client);
    // What is still under way in a slow pipe would keep the process alive until it is due.
    const close = (): void => {
      for (const stream of [client, server, ...ways]) stream.destroy();
    };
    client.once('close', close);
    server.once('close', close);
  }

  #track(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
