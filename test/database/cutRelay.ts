import type net from 'node:net';

import { Relay, type RelayTarget } from '../support/servers/relay.ts';

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
export class CutRelay extends Relay {
  #cut: Cut | undefined;
  #fired = 0;

  /** Opens a relay to a server, on a free port. */
  static async open(target: RelayTarget): Promise<CutRelay> {
    const relay = new CutRelay(target);
    await relay.mend();
    return relay;
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
    this.drop('close');
    await this.refuse();
  }

  /** Lets new connections through. */
  async mend(): Promise<void> {
    await this.listen();
  }

  protected override join(client: net.Socket, server: net.Socket): void {
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
    if (cut.mended) this.drop('close');
    else await this.cut();
  }
}
