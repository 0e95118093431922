import { Transform, type TransformCallback } from 'node:stream';

import type { ProxySpeed } from './proxy.ts';

/** Passes bytes on after the latency and at the rate that `speed` gives at that moment, in their order. */
export class DelayedPipe extends Transform {
  readonly #speed: () => ProxySpeed;
  readonly #queue: { readonly due: number; readonly chunk: Buffer }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sentAt = 0;
  #whenEmpty: TransformCallback | undefined;

  constructor(speed: () => ProxySpeed) {
    super({ highWaterMark: 1024 * 1024 });
    this.#speed = speed;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const { latency = 0, throttle } = this.#speed();
    const now = performance.now();
    const sending = throttle === undefined ? 0 : (chunk.length / throttle) * 1000;
    this.#sentAt = Math.max(now, this.#sentAt) + sending;
    this.#queue.push({ due: this.#sentAt + latency, chunk });
    this.#deliver();
    if (sending === 0) {
      done();
    } else {
      setTimeout(done, this.#sentAt - now);
    }
  }

  override _flush(done: TransformCallback): void {
    this.#whenEmpty = done;
    this.#deliver();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    done(error);
  }

  #deliver(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      if (first.due > now + 0.5) {
        this.#timer = setTimeout(() => this.#deliver(), first.due - now);
        return;
      }
      this.#queue.shift();
      this.push(first.chunk);
    }
    this.#whenEmpty?.();
    this.#whenEmpty = undefined;
  }
}
