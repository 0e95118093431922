import { once } from 'node:events';
import net from 'node:net';

/** A TCP way to a server on loopback that counts the bytes of both directions. */
export class CountingWay {
  readonly host = '127.0.0.1';
  readonly #listener: net.Server;
  sent = 0;
  received = 0;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#listener = net.createServer((client) => {
      const server = net.connect(target);
      client.setNoDelay(true);
      server.setNoDelay(true);
      client.on('data', (chunk) => (this.sent += chunk.length));
      server.on('data', (chunk) => (this.received += chunk.length));
      client.pipe(server).pipe(client);
      client.on('error', () => server.destroy());
      server.on('error', () => client.destroy());
    });
  }

  /** Opens a way to the server, on a free port. */
  static async open(target: { readonly host: string; readonly port: number }): Promise<CountingWay> {
    const way = new CountingWay(target);
    way.#listener.listen(0, way.host);
    await once(way.#listener, 'listening');
    return way;
  }

  get port(): number {
    const address = this.#listener.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** Lets nobody in any more; those inside go on to their end. */
  close(): void {
    this.#listener.close();
  }
}
