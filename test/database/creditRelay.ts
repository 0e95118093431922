import type net from 'node:net';

import { Relay, type RelayTarget } from '../support/servers/relay.ts';

/** So much of what a server sends on a connection passes without credit: logging in, and looking up a table. Bytes. */
export const freeBytes = 16_384;

/**
 * A TCP way to a server on loopback through which, beyond a little, only as many bytes come from the server as were
 * granted: a speed that is what the test says it is, whatever the machine.
 */
export class CreditRelay extends Relay {
  readonly #waiting = new Set<() => void>();
  #credit = 0;

  /** Opens a relay to a server, on a free port. */
  static async open(target: RelayTarget): Promise<CreditRelay> {
    const relay = new CreditRelay(target);
    await relay.listen();
    return relay;
  }

  /** Lets so many more bytes through; Infinity from now on all. */
  grant(bytes: number): void {
    this.#credit += bytes;
    // As they are now: one that still lacks credit waits again.
    const waiting = [...this.#waiting];
    for (const resume of waiting) resume();
  }

  protected override join(client: net.Socket, server: net.Socket): void {
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
    client.once('close', () => this.#waiting.delete(pass));
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk: Buffer) => {
      held.push(chunk);
      pass();
    });
  }
}
