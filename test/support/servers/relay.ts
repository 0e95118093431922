import net from 'node:net';

import { freePort } from './freePort.ts';

/** A server on loopback. */
export interface RelayTarget {
  readonly host: string;
  readonly port: number;
}

/**
 * A TCP way to a server on loopback that can be cut and mended. How bytes come from one end to the other is up to its
 * kinds. When one end of a connection closes, so does the other.
 */
export abstract class Relay {
  readonly host = '127.0.0.1';
  readonly #target: RelayTarget;
  readonly #listener: net.Server;
  readonly #sockets = new Set<net.Socket>();
  #port = 0;

  protected constructor(target: RelayTarget) {
    this.#target = target;
    this.#listener = net.createServer((client) => this.accept(client));
  }

  /** The port to connect to instead of the server's; stays the same for the relay's life. */
  get port(): number {
    return this.#port;
  }

  /** How many connections are open now. */
  get openConnections(): number {
    return this.#sockets.size / 2;
  }

  /** Drops every connection and closes. */
  async dispose(): Promise<void> {
    this.drop('reset');
    await this.refuse();
  }

  /** Passes the bytes of one connection on, each way. */
  protected abstract join(client: net.Socket, server: net.Socket): void;

  /** What becomes of a new connection: it is joined with one to the server. */
  protected accept(client: net.Socket): void {
    const server = net.connect(this.#target);
    this.track(client);
    this.track(server);
    client.once('close', () => server.destroy());
    server.once('close', () => client.destroy());
    this.join(client, server);
  }

  /** Makes a socket one that `drop` ends. */
  protected track(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Listens, on a free port the first time and on the same one after that. */
  protected async listen(): Promise<void> {
    if (this.#listener.listening) return;
    this.#port ||= await freePort();
    await new Promise<void>((resolve, reject) => {
      this.#listener.once('error', reject);
      this.#listener.listen(this.#port, this.host, () => {
        this.#listener.off('error', reject);
        resolve();
      });
    });
  }

  /** Takes no new connections. */
  protected async refuse(): Promise<void> {
    if (this.#listener.listening) await new Promise((resolve) => this.#listener.close(resolve));
  }

  /** Ends every connection, as a closed program or as a broken line does. */
  protected drop(how: 'close' | 'reset'): void {
    for (const socket of this.#sockets) {
      if (how === 'close') socket.destroy();
      else socket.resetAndDestroy();
    }
  }
}
