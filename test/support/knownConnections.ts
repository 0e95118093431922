import type { ConnectionFacts, ConnectionSource, ConnectParams } from '../../src/replication/model/connect.ts';
import { ReplicationError } from '../../src/replication/model/errors.ts';

/** A source of connections over a plain map of params by id; ids are their names. */
export class KnownConnections implements ConnectionSource {
  readonly #params = new Map<string, ConnectParams>();
  readonly #marks = new Map<string, { readonly production?: boolean; readonly readOnly?: boolean }>();

  /** Adds a connection, or changes it. */
  set(
    id: string,
    params: ConnectParams,
    marks: { readonly production?: boolean; readonly readOnly?: boolean } = {},
  ): void {
    this.#params.set(id, params);
    this.#marks.set(id, marks);
  }

  facts(id: string): ConnectionFacts | undefined {
    const params = this.#params.get(id);
    if (!params) return undefined;
    const { password: _, ...target } = params;
    return { id, name: id, production: false, readOnly: false, ...this.#marks.get(id), target };
  }

  all(): readonly ConnectionFacts[] {
    return [...this.#params.keys()].flatMap((id) => this.facts(id) ?? []);
  }

  async params(id: string): Promise<ConnectParams> {
    const params = this.#params.get(id);
    if (!params) throw new ReplicationError('unknownConnection', `There is no connection ${id}.`);
    return params;
  }
}
