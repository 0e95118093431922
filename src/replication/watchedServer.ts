import { readProbe, type Probe } from './catalog/probe.ts';
import { readPulse, readSnapshot } from './catalog/readSnapshot.ts';
import { describeError, ReplicationError, type ErrorKind } from './model/errors.ts';
import type { ServerState } from './model/serverState.ts';
import type { Snapshot } from './model/snapshot.ts';
import { openSession, type Session } from './postgres/session.ts';
import type { ServerChange } from './service.ts';
import { retryPauseMs, type WatchingDependencies } from './watching.ts';

/** Failures that trying again doesn't mend; trying a password again and again may even lock the role. */
const notRetried: readonly ErrorKind[] = [
  'authentication',
  'noSuchDatabase',
  'hbaRejected',
  'tls',
  'invalidConnection',
  'unknownConnection',
  'internal',
];

interface Opened {
  readonly session: Session;
  /** Read anew whenever somebody asks to refresh: privileges may have been granted meanwhile. */
  probe: Probe;
}

/**
 * One server as it is watched: at most one session, one statement at a time, its state and its last snapshot.
 * Lost connections are retried with growing pauses while somebody watches, and never by merely looking.
 */
export class WatchedServer {
  readonly #connectionId: string;
  readonly #dependencies: WatchingDependencies;
  readonly #changed: (change: ServerChange) => void;
  readonly #intervals = new Map<symbol, number>();
  #state: ServerState = { phase: 'closed' };
  #opened: Opened | undefined;
  #opening: Promise<Snapshot> | undefined;
  #reading: Promise<Snapshot> | undefined;
  /** A refresh that waits for the reading under way to end. */
  #nextReading: Promise<Snapshot> | undefined;
  #beatTimer: NodeJS.Timeout | undefined;
  #beating = false;
  #retryTimer: NodeJS.Timeout | undefined;
  #lastError: ReplicationError | undefined;
  #attempts = 0;
  /** Goes up at every close, so that work begun before it doesn't bring the server back. */
  #epoch = 0;

  constructor(connectionId: string, dependencies: WatchingDependencies, changed: (change: ServerChange) => void) {
    this.#connectionId = connectionId;
    this.#dependencies = dependencies;
    this.#changed = changed;
  }

  get state(): ServerState {
    return this.#state;
  }

  /** See ReplicationService.open. */
  open(): Promise<Snapshot> {
    if (this.#state.phase === 'open') return Promise.resolve(this.#state.snapshot);
    if (this.#opening) return this.#opening;
    if (this.#state.phase === 'failed' && this.#lastError) {
      const { retryAt } = this.#state;
      if (retryAt === null || Date.now() < retryAt) return Promise.reject(this.#lastError);
    }
    return this.#connect();
  }

  /** See ReplicationService.refresh. */
  refresh(): Promise<Snapshot> {
    if (!this.#opened || this.#opened.session.closed) return this.#opening ?? this.#connect();
    if (!this.#reading) return this.#readAll('asked for', { probeToo: true });
    // The reading under way may have begun before what the caller wants to see happened.
    this.#nextReading ??= this.#refreshAfter(this.#reading);
    return this.#nextReading;
  }

  async #refreshAfter(reading: Promise<Snapshot>): Promise<Snapshot> {
    const epoch = this.#epoch;
    await reading.catch(() => {});
    if (epoch !== this.#epoch) throw new ReplicationError('cancelled', 'The connection was closed meanwhile.');
    this.#nextReading = undefined;
    return this.refresh();
  }

  /** The session for watching, opened where needed: for blockers, details and cancelling. */
  async session(): Promise<Session> {
    if (!this.#opened || this.#opened.session.closed) await this.open();
    if (!this.#opened) throw this.#lastError ?? new ReplicationError('connectionLost', 'The connection is closed.');
    return this.#opened.session;
  }

  /** Beats at this interval (milliseconds), or a shorter one of another watcher, until the returned function is called. */
  watch(intervalMs: number): () => void {
    const key = Symbol('watcher');
    this.#intervals.set(key, intervalMs);
    if (this.#state.phase === 'closed') void this.open().catch(() => {});
    else if (this.#state.phase === 'failed') this.#scheduleRetry();
    this.#scheduleBeat(0);
    return () => {
      this.#intervals.delete(key);
      if (this.#intervals.size === 0) this.#stopTimers();
    };
  }

  async close(): Promise<void> {
    this.#epoch += 1;
    this.#stopTimers();
    const session = this.#opened?.session;
    this.#opened = undefined;
    this.#opening = undefined;
    this.#reading = undefined;
    this.#nextReading = undefined;
    this.#lastError = undefined;
    this.#attempts = 0;
    this.#setState({ phase: 'closed' });
    await session?.close();
  }

  get #snapshot(): Snapshot | null {
    return this.#state.phase === 'closed' ? null : this.#state.snapshot;
  }

  /** Opens a session, once the one before is closed: there is never more than one. */
  #connect(before?: Promise<void>): Promise<Snapshot> {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const epoch = this.#epoch;
    this.#setState({ phase: 'connecting', snapshot: this.#snapshot });
    const opening = this.#establish(epoch, before).finally(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    this.#opening = opening;
    return opening;
  }

  async #establish(epoch: number, before?: Promise<void>): Promise<Snapshot> {
    let session: Session | undefined;
    try {
      await before;
      const params = await this.#dependencies.connections.params(this.#connectionId);
      session = await openSession(params);
      const probe = await readProbe(session, params.statementTimeoutMs);
      const snapshot = await readSnapshot(session, probe, this.#connectionId);
      if (epoch !== this.#epoch) throw new ReplicationError('cancelled', 'The connection was closed meanwhile.');
      const opened = { session, probe };
      this.#opened = opened;
      session.onLost((error) => this.#lose(opened, error));
      this.#attempts = 0;
      this.#lastError = undefined;
      this.#info(`connected to PostgreSQL ${probe.version}, snapshot in ${Math.round(snapshot.inventory.tookMs)} ms`);
      this.#setState({ phase: 'open', snapshot }, 'inventory');
      this.#scheduleBeat(this.#interval);
      return snapshot;
    } catch (thrown) {
      await session?.close();
      const error = asReplicationError(thrown);
      if (epoch === this.#epoch) this.#fail(error);
      throw error;
    }
  }

  #lose(opened: Opened, error: ReplicationError): void {
    if (this.#opened !== opened) return;
    this.#opened = undefined;
    void opened.session.close();
    this.#fail(error);
  }

  #fail(error: ReplicationError): void {
    const pause = retryPauseMs(this.#attempts);
    this.#attempts += 1;
    this.#lastError = error;
    this.#stopBeat();
    this.#dependencies.log.warn(`${this.#name}: ${error.message}`);
    this.#setState({
      phase: 'failed',
      error: describeError(error),
      attempts: this.#attempts,
      retryAt: notRetried.includes(error.kind) ? null : Date.now() + pause,
      snapshot: this.#snapshot,
    });
    if (this.#intervals.size > 0) this.#scheduleRetry();
  }

  #scheduleRetry(): void {
    if (this.#retryTimer || this.#state.phase !== 'failed' || this.#state.retryAt === null) return;
    this.#retryTimer = setTimeout(
      () => {
        this.#retryTimer = undefined;
        if (this.#intervals.size > 0 && this.#state.phase === 'failed') this.#connect().catch(() => {});
      },
      Math.max(0, this.#state.retryAt - Date.now()),
    );
  }

  get #interval(): number {
    return Math.min(...this.#intervals.values());
  }

  #scheduleBeat(afterMs: number): void {
    if (this.#intervals.size === 0 || this.#state.phase !== 'open' || this.#beating) return;
    clearTimeout(this.#beatTimer);
    this.#beatTimer = setTimeout(() => void this.#beat(), Math.max(0, afterMs));
  }

  /** One pulse; never two at once, and never a queue of them on a slow server: the next waits for this one. */
  async #beat(): Promise<void> {
    const opened = this.#opened;
    if (!opened || this.#beating) return;
    this.#beating = true;
    const startedAt = Date.now();
    try {
      const before = this.#snapshot;
      const pulse = await readPulse(opened.session, opened.probe, this.#connectionId);
      if (this.#opened !== opened || !before) return;
      const inventory = this.#snapshot?.inventory ?? before.inventory;
      this.#setState({ phase: 'open', snapshot: { inventory, pulse } }, 'pulse');
      if (pulse.catalogMark !== before.pulse.catalogMark) await this.#readAll('the catalogs changed');
    } catch (thrown) {
      // A lost connection has spoken for itself (onLost); what remains is a statement that failed.
      if (this.#opened === opened) await this.#statementFailed(opened, asReplicationError(thrown));
    } finally {
      this.#beating = false;
      this.#scheduleBeat(this.#interval - (Date.now() - startedAt));
    }
  }

  /** Privileges or the version may have changed under an open session: then it's begun anew. */
  async #statementFailed(opened: Opened, error: ReplicationError): Promise<void> {
    this.#dependencies.log.warn(`${this.#name}: ${error.message}`);
    // Without waiting here: a refresh or a close that came in between would find a server half open.
    this.#opened = undefined;
    const closing = opened.session.close();
    if (ReplicationError.is(error, 'privilege', 'missing', 'unsupported') && this.#attempts === 0) {
      this.#attempts = 1;
      await this.#connect(closing).catch(() => {});
    } else {
      this.#fail(error);
    }
  }

  #readAll(why: string, { probeToo = false } = {}): Promise<Snapshot> {
    if (this.#reading) return this.#reading;
    const opened = this.#opened;
    if (!opened) return this.open();
    const reading = this.#read(opened, why, probeToo).finally(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    this.#reading = reading;
    return reading;
  }

  async #read(opened: Opened, why: string, probeToo: boolean): Promise<Snapshot> {
    try {
      if (probeToo) opened.probe = await readProbe(opened.session, this.#statementTimeoutMs);
      const snapshot = await readSnapshot(opened.session, opened.probe, this.#connectionId);
      if (this.#opened === opened) {
        this.#dependencies.log.debug(
          `${this.#name}: read again (${why}) in ${Math.round(snapshot.inventory.tookMs)} ms`,
        );
        this.#setState({ phase: 'open', snapshot }, 'inventory');
      }
      return snapshot;
    } catch (thrown) {
      const error = asReplicationError(thrown);
      if (this.#opened !== opened) throw error;
      await this.#statementFailed(opened, error);
      if (this.#state.phase === 'open') return this.#state.snapshot;
      throw error;
    }
  }

  #setState(state: ServerState, change: ServerChange = 'state'): void {
    const phaseChanged = state.phase !== this.#state.phase;
    this.#state = state;
    if (phaseChanged && change !== 'state') this.#changed('state');
    this.#changed(change);
  }

  #stopBeat(): void {
    clearTimeout(this.#beatTimer);
    this.#beatTimer = undefined;
  }

  #stopTimers(): void {
    this.#stopBeat();
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
  }

  get #statementTimeoutMs(): number {
    return this.#dependencies.connections.facts(this.#connectionId)?.target.statementTimeoutMs ?? 0;
  }

  get #name(): string {
    return this.#dependencies.connections.facts(this.#connectionId)?.name ?? this.#connectionId;
  }

  #info(message: string): void {
    this.#dependencies.log.info(`${this.#name}: ${message}`);
  }
}

function asReplicationError(thrown: unknown): ReplicationError {
  if (thrown instanceof ReplicationError) return thrown;
  return new ReplicationError('internal', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}
