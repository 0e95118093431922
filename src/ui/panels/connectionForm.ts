import type { ConnectionStore } from '../../connections/store.ts';
import type {
  ConnectionAttempt,
  ConnectionFields,
  ConnectionFormPurpose,
  ConnectionRequest,
  ConnectionUpdate,
  FileField,
} from '../../protocol/connection.ts';
import { parseConninfo, tidyPastedConninfo } from '../../replication/model/conninfo.ts';
import { describeError, type ErrorDescription, ReplicationError } from '../../replication/model/errors.ts';
import { Secret } from '../../replication/model/secret.ts';
import type { ReplicationService } from '../../replication/service.ts';
import { describeServer } from './connectionAbilities.ts';
import { emptyFields, fieldsOf, fillFields, readFields } from './connectionFields.ts';

/** What the Connection form needs; no VS Code, so that it is tried in plain Node. */
export interface ConnectionFormDeps {
  readonly service: Pick<ReplicationService, 'inspect'>;
  readonly connections: ConnectionStore;
  readonly post: (message: ConnectionUpdate) => void;
  /** Asks for a file; undefined where the person declined. */
  readonly chooseFile: (field: FileField) => Promise<string | undefined>;
  /** The operating system's user, which libpq takes where a connection string names none. */
  readonly user: string;
  /** It is stored: close the form and show it. */
  readonly saved: (connectionId: string) => Promise<void>;
  readonly dismiss: () => void;
}

/**
 * The host's half of the Connection form. The page owns the fields while it is shown; this half keeps the last it
 * saw, and the password, which the page never gets back.
 */
export class ConnectionForm {
  readonly #deps: ConnectionFormDeps;
  readonly #purpose: ConnectionFormPurpose;
  #fields: ConnectionFields;
  #password: Secret | null = null;
  #attempt: ConnectionAttempt = { type: 'attempt', state: 'none' };
  #running: AbortController | null = null;

  constructor(deps: ConnectionFormDeps, purpose: ConnectionFormPurpose, kept?: ConnectionFields) {
    this.#deps = deps;
    this.#purpose = purpose;
    this.#fields = kept ?? this.#firstFields();
  }

  /** The page (again) listens: give it all there is to know. */
  async show(): Promise<void> {
    const storedPassword = this.#sourceId !== null && (await this.#deps.connections.hasPassword(this.#sourceId));
    this.#deps.post({
      type: 'model',
      purpose: this.#purpose,
      fields: this.#fields,
      storedPassword,
      typedPassword: this.#password !== null,
      folders: this.#deps.connections.folders(),
    });
    this.#deps.post(this.#attempt);
  }

  async handle(message: ConnectionRequest): Promise<void> {
    switch (message.type) {
      case 'draft':
        this.#fields = message.fields;
        this.#review(message.sequence);
        return;
      case 'password':
        this.#password = message.value === '' ? null : new Secret(message.value);
        return;
      case 'paste':
        this.#fields = message.fields;
        this.#paste(message.text);
        return;
      case 'test':
        this.#fields = message.fields;
        await this.#try();
        return;
      case 'save':
        this.#fields = message.fields;
        return this.#save(message.untested);
      case 'stop':
        this.#running?.abort();
        return;
      case 'browse': {
        const path = await this.#deps.chooseFile(message.field);
        if (path !== undefined) this.#deps.post({ type: 'chosen', field: message.field, path });
        return;
      }
      case 'dismiss':
        this.#deps.dismiss();
        return;
    }
  }

  /** The panel was closed. */
  dispose(): void {
    this.#running?.abort();
    this.#password = null;
  }

  /** The connection that is edited or duplicated; null for a new one. */
  get #sourceId(): string | null {
    return this.#purpose.mode === 'add' ? null : this.#purpose.connectionId;
  }

  #firstFields(): ConnectionFields {
    const source = this.#sourceId === null ? undefined : this.#deps.connections.get(this.#sourceId);
    if (!source) return emptyFields();
    const fields = fieldsOf(source);
    return this.#purpose.mode === 'duplicate' ? { ...fields, name: `${fields.name} copy` } : fields;
  }

  #read() {
    const edited = this.#purpose.mode === 'edit' ? this.#purpose.connectionId : null;
    return readFields(
      this.#fields,
      this.#deps.connections.all().filter(({ id }) => id !== edited),
    );
  }

  #review(sequence: number): void {
    const { problems, suggestedName } = this.#read();
    this.#deps.post({ type: 'review', sequence, problems, suggestedName });
  }

  #paste(text: string): void {
    try {
      const parsed = parseConninfo(tidyPastedConninfo(text));
      const { fields, remarks } = fillFields(this.#fields, parsed, this.#deps.user);
      this.#fields = fields;
      if (parsed.password) this.#password = parsed.password;
      this.#deps.post({ type: 'filled', fields, typedPassword: this.#password !== null, remarks });
    } catch (error) {
      this.#deps.post({ type: 'pasteRefused', text, error: describeError(error) });
    }
  }

  /** Tries the connection; true where it worked. */
  async #try(): Promise<boolean> {
    const { draft } = this.#read();
    if (!draft || this.#running) return false;
    const { target } = draft;
    const running = new AbortController();
    this.#running = running;
    const place = target.host.startsWith('/') ? target.host : `${target.host}:${target.port}`;
    this.#tell({ type: 'attempt', state: 'running', place });
    try {
      const password = await this.#passwordToUse();
      running.signal.throwIfAborted();
      const params = password ? { ...target, password } : target;
      const inventory = await this.#deps.service.inspect(params, running.signal);
      running.signal.throwIfAborted();
      this.#tell({ type: 'attempt', state: 'worked', server: describeServer(inventory) });
      return true;
    } catch (error) {
      const stopped = running.signal.aborted || ReplicationError.is(error, 'cancelled');
      this.#tell(
        stopped ? { type: 'attempt', state: 'none' } : { type: 'attempt', state: 'failed', error: formError(error) },
      );
      return false;
    } finally {
      this.#running = null;
    }
  }

  async #save(untested: boolean): Promise<void> {
    if (this.#running) return;
    if (!untested && !(await this.#try())) return;
    const { draft } = this.#read();
    if (!draft) return;
    const { connections } = this.#deps;
    if (this.#purpose.mode === 'edit') {
      const password = this.#password ?? (this.#fields.forgetPassword ? null : undefined);
      await connections.update(this.#purpose.connectionId, draft, password);
      await this.#deps.saved(this.#purpose.connectionId);
      return;
    }
    const { id } = await connections.add(draft, await this.#passwordToUse());
    await this.#deps.saved(id);
  }

  /** What was typed, or else what is stored for the connection this one is made of. */
  async #passwordToUse(): Promise<Secret | null> {
    if (this.#password) return this.#password;
    if (this.#sourceId === null || this.#fields.forgetPassword || !this.#deps.connections.get(this.#sourceId))
      return null;
    return (await this.#deps.connections.params(this.#sourceId)).password ?? null;
  }

  #tell(attempt: ConnectionAttempt): void {
    this.#attempt = attempt;
    this.#deps.post(attempt);
  }
}

/** The failure, with advice that fits a person who is in the form already. */
function formError(error: unknown): ErrorDescription {
  const description = describeError(error);
  if (description.kind !== 'authentication') return description;
  return { ...description, advice: 'Check user and password in the form. Upper and lower case differ.' };
}
