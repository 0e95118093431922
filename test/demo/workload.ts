import type { Client } from 'pg';

import type { TestServer } from '../support/servers/testServer.ts';
import { shopDatabase } from './shop.ts';

const statements = [
  `WITH placed AS (
     INSERT INTO orders (customer_id, total) SELECT 1 + floor(random() * 2000)::int, 40 RETURNING id
   )
   INSERT INTO order_items (order_id, line, product_id, quantity, unit_price)
   SELECT id, line, 1 + floor(random() * 500)::int, 1 + floor(random() * 3)::int, 19.99
   FROM placed, generate_series(1, 2) AS line`,
  `UPDATE products SET stock = greatest(0, stock - 1 + floor(random() * 3)::int), updated_at = now()
   WHERE id = 1 + floor(random() * 500)::int`,
  `UPDATE customers SET name = 'Customer ' || id || ' ' || to_char(now(), 'HH24:MI:SS')
   WHERE id = 1 + floor(random() * 2000)::int`,
  `INSERT INTO events (kind, details) VALUES ('page_view', jsonb_build_object('path', '/product/' || floor(random() * 500)))`,
  `UPDATE orders SET status = 'shipped' WHERE id = (SELECT max(id) FROM orders WHERE status = 'placed')`,
  `INSERT INTO customers (email, name, country) VALUES (md5(random()::text) || '@shop.example', 'New customer', 'DE')`,
  `INSERT INTO audit_log (actor, action) VALUES ('workload', 'still here')`,
];

/** Customers at work: writes to the shop, one small transaction after the other, until it is stopped. */
export class Workload {
  readonly #server: TestServer;
  #rate: number;
  #done = 0;
  #client: Client | undefined;
  #stopped = false;
  #running: Promise<void> | undefined;

  /** `rate` is in transactions a second; 0 pauses. */
  constructor(server: TestServer, rate: number) {
    this.#server = server;
    this.#rate = rate;
  }

  /** How many transactions were committed. */
  get transactions(): number {
    return this.#done;
  }

  /** Transactions a second. */
  get rate(): number {
    return this.#rate;
  }

  set rate(rate: number) {
    this.#rate = rate;
  }

  /** Begins. While the server is away it keeps trying. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after the transaction at hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await this.#client?.end().catch(() => {});
  }

  async #run(): Promise<void> {
    const tick = 50;
    let owed = 0;
    while (!this.#stopped) {
      const begun = performance.now();
      owed = Math.min(owed + (this.#rate * tick) / 1000, this.#rate);
      while (owed >= 1 && !this.#stopped && (await this.#write())) {
        owed -= 1;
      }
      const rest = tick - (performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, rest)));
    }
  }

  async #write(): Promise<boolean> {
    try {
      this.#client ??= await this.#server.client(shopDatabase);
      await this.#client.query(statements[this.#done % statements.length] ?? '');
      this.#done += 1;
      return true;
    } catch {
      await this.#client?.end().catch(() => {});
      this.#client = undefined;
      return false;
    }
  }
}
