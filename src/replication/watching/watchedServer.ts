import type { Probe } from '../catalog/probe.ts';
import { describeError, ReplicationError } from '../model/errors.ts';
import { type ServerState, slownessText } from '../model/serverState.ts';
import type { Pulse, Snapshot } from '../model/snapshot.ts';
import type { Session } from '../postgres/session.ts';
import type { ServerChange } from '../service.ts';
import { type Beat, jumpMs } from './beatSchedule.ts';
import { Pace } from './pace.ts';
import { isRetried, retryPauseMs } from './retry.ts';
import type { PulseReads, Watching } from './watching.ts';

/** A deadline may ring so much early, by the clock, milliseconds. */
const earlyMs = 50;

interface Opened {
  readonly session: Session;
  /** Read anew whenever somebody asks to refresh: privileges may have been granted meanwhile. */
  probe: Probe;
  /** By that probe. */
  pulses: PulseReads;
}

/**
 * One server as it is watched: at most one session, one statement at a time, its state and its last snapshot.
 * Lost connections are retried with growing pauses while somebody watches, and never by merely looking.
 */
export class WatchedServer {
  readonly #connectionId: string;
  readonly #watching: Watching;
  readonly #changed: (change: ServerChange) => void;
  readonly #intervals = new Map<symbol, number>();
  readonly #beat: Beat;
  readonly #pace = new Pace();
  #state: ServerState = { phase: 'closed' };
  #opened: Opened | undefined;
  #opening: Promise<Snapshot> | undefined;
  /** Somebody waits for the opening under way, besides those who watch. */
  #openingAsked = false;
  #reading: Promise<Snapshot> | undefined;
  /** A refresh that waits for the reading under way to end. */
  #nextReading: Promise<Snapshot> | undefined;
  #callOffRetry: (() => void) | undefined;
  #lastError: ReplicationError | undefined;
  #attempts = 0;
  /** The clock jumped since the last sample. */
  #gap = false;
  /** Goes up at every close, so that work begun before it doesn't bring the server back. */
  #epoch = 0;

  constructor(connectionId: string, watching: Watching, changed: (change: ServerChange) => void) {
    this.#connectionId = connectionId;
    this.#watching = watching;
    this.#changed = changed;
    this.#beat = watching.schedule.join({ sample: () => this.#sample(), onJump: () => this.#jumped() });
  }

  get state(): ServerState {
    return this.#state;
  }

  /** See ReplicationService.open. */
  open(): Promise<Snapshot> {
    if (this.#state.phase === 'open') return Promise.resolve(this.#state.snapshot);
    this.#openingAsked = true;
    if (this.#opening) return this.#opening;
    if (this.#state.phase === 'failed' && this.#lastError) {
      const { retryAt } = this.#state;
      if (retryAt === null || this.#now() < retryAt) return Promise.reject(this.#lastError);
    }
    return this.#connect({ asked: true });
  }

  /** See ReplicationService.refresh. */
  refresh(): Promise<Snapshot> {
    if (!this.#opened || this.#opened.session.closed) {
      this.#openingAsked = true;
      return this.#opening ?? this.#connect({ asked: true });
    }
    if (!this.#reading) return this.#readAll('asked for', { probeToo: true });
    // The reading under way may have begun before what the caller wants to see happened.
    this.#nextReading ??= this.#refreshAfter(this.#reading);
    return this.#nextReading;
  }

  async #refreshAfter(reading: Promise<Snapshot>): Promise<Snapshot> {
    const epoch = this.#epoch;
    await reading.catch(() => {});
    if (epoch !== this.#epoch) throw closedMeanwhile();
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
    if (this.#state.phase === 'closed') void this.#connect({ asked: false }).catch(() => {});
    else if (this.#state.phase === 'failed') this.#scheduleRetry();
    this.#keepBeat();
    return () => {
      this.#intervals.delete(key);
      if (this.#intervals.size === 0) this.#stopBeating();
      else this.#keepBeat();
    };
  }

  async close(): Promise<void> {
    this.#epoch += 1;
    this.#stopBeating();
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

  /**
   * Opens a session, once the one before is closed: there is never more than one. What nobody asked for but by
   * watching waits for its turn among many servers, and isn't begun any more when nobody watches by then.
   */
  #connect({ asked, before }: { readonly asked: boolean; readonly before?: Promise<void> }): Promise<Snapshot> {
    this.#callOffRetry?.();
    this.#callOffRetry = undefined;
    this.#openingAsked = asked;
    const epoch = this.#epoch;
    const stateBefore = this.#state;
    this.#setState({ phase: 'connecting', snapshot: this.#snapshot });
    const work = () => {
      if (epoch !== this.#epoch) throw closedMeanwhile();
      if (this.#openingAsked || this.#intervals.size > 0) return this.#establish(epoch, before);
      this.#setState(stateBefore);
      throw new ReplicationError('cancelled', 'Nobody waits for the connection any more.');
    };
    const turn = asked ? work() : this.#watching.gate(this.#attempts).through(async () => work());
    const opening = turn.finally(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    this.#opening = opening;
    return opening;
  }

  async #establish(epoch: number, before?: Promise<void>): Promise<Snapshot> {
    const { connections, reads } = this.#watching;
    let session: Session | undefined;
    try {
      await before;
      const params = await connections.params(this.#connectionId);
      session = await reads.open(params);
      const probe = await reads.probe(session, params.statementTimeoutMs);
      const snapshot = this.#afterGap(await reads.snapshot(session, probe, this.#connectionId));
      if (epoch !== this.#epoch) throw closedMeanwhile();
      const opened = { session, probe, pulses: reads.pulses(session, probe, this.#connectionId) };
      this.#opened = opened;
      session.onLost((error) => this.#lose(opened, error));
      this.#attempts = 0;
      this.#lastError = undefined;
      this.#info(`connected to PostgreSQL ${probe.version}, snapshot in ${Math.round(snapshot.inventory.tookMs)} ms`);
      this.#setState(this.#open(snapshot), 'inventory');
      this.#keepBeat();
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
    this.#beat.stop();
    this.#watching.log.warn(`${this.#name}: ${error.message}`);
    this.#setState({
      phase: 'failed',
      error: describeError(error),
      attempts: this.#attempts,
      retryAt: isRetried(error.kind) ? this.#now() + pause : null,
      snapshot: this.#snapshot,
    });
    if (this.#intervals.size > 0) this.#scheduleRetry();
  }

  #scheduleRetry(): void {
    if (this.#callOffRetry || this.#state.phase !== 'failed' || this.#state.retryAt === null) return;
    // Never longer than the pause, also where the clock was set back meanwhile.
    const wait = Math.min(Math.max(0, this.#state.retryAt - this.#now()), retryPauseMs(this.#attempts));
    this.#callOffRetry = this.#watching.clock.after(wait, () => {
      this.#callOffRetry = undefined;
      if (this.#intervals.size > 0 && this.#state.phase === 'failed') this.#connect({ asked: false }).catch(() => {});
    });
  }

  get #interval(): number {
    return Math.min(...this.#intervals.values());
  }

  /** Beats as long as somebody watches and the server is open, as often as is wanted and the server can bear. */
  #keepBeat(): void {
    if (this.#intervals.size === 0 || this.#state.phase !== 'open') return;
    this.#beat.start(this.#pace.everyMs(this.#interval), this.#state.snapshot.pulse.sampledAt);
  }

  /** One pulse. The schedule never asks for two at once, nor for a queue of them on a slow server. */
  async #sample(): Promise<void> {
    const opened = this.#opened;
    const before = this.#snapshot;
    if (!opened || !before) return;
    const sentAt = this.#now();
    const { deadlineMs } = this.#pace;
    try {
      const pulse = await opened.pulses.read(deadlineMs);
      if (this.#opened !== opened) return;
      this.#takePulse(pulse, before, { tookMs: this.#now() - sentAt, deadlineMs });
      if (pulse.catalogMark !== before.pulse.catalogMark) await this.#readAll('the catalogs changed');
    } catch (thrown) {
      const error = asReplicationError(thrown);
      if (error.kind === 'connectionLost' && this.#now() - sentAt >= deadlineMs - earlyMs) this.#pace.gaveUp();
      // A lost connection has spoken for itself (onLost); what remains is a statement that failed.
      if (this.#opened === opened) await this.#statementFailed(opened, error);
    } finally {
      this.#keepBeat();
    }
  }

  #takePulse(
    pulse: Pulse,
    before: Snapshot,
    { deadlineMs, tookMs }: { readonly tookMs: number; readonly deadlineMs: number },
  ): void {
    if (tookMs < 0 || tookMs > deadlineMs + jumpMs) {
      // The clock jumped while the answer was on its way: nobody knows of which moment it is.
      this.#gap = true;
      return;
    }
    const wasSlow = slownessText(this.#state);
    // What this process was late by itself isn't the server's.
    const itTookMs = Math.max(0, tookMs - this.#watching.schedule.lateMs);
    if (this.#intervals.size > 0) this.#pace.answered(itTookMs, this.#interval);
    const inventory = this.#snapshot?.inventory ?? before.inventory;
    this.#setState(this.#open(this.#afterGap({ inventory, pulse })), 'pulse');
    const slow = slownessText(this.#state);
    if (slow === wasSlow) return;
    this.#info(slow === null ? 'answers in time again' : `${slow} (the last sample took ${Math.round(tookMs)} ms)`);
  }

  #open(snapshot: Snapshot): ServerState {
    const isSlow = this.#intervals.size > 0 && this.#pace.isSlow(this.#interval);
    return { phase: 'open', snapshot, ...(isSlow ? { slowEveryMs: this.#pace.everyMs(this.#interval) } : {}) };
  }

  /** The machine slept: what was known of the server is of before, and a line that broke meanwhile is tried at once. */
  #jumped(): void {
    this.#gap = true;
    if (this.#callOffRetry && this.#intervals.size > 0) this.#connect({ asked: false }).catch(() => {});
  }

  #afterGap(snapshot: Snapshot): Snapshot {
    if (!this.#gap) return snapshot;
    this.#gap = false;
    return { ...snapshot, pulse: { ...snapshot.pulse, afterGap: true } };
  }

  /** Privileges or the version may have changed under an open session: then it's begun anew. */
  async #statementFailed(opened: Opened, error: ReplicationError): Promise<void> {
    this.#watching.log.warn(`${this.#name}: ${error.message}`);
    // Without waiting here: a refresh or a close that came in between would find a server half open.
    this.#opened = undefined;
    const closing = opened.session.close();
    if (ReplicationError.is(error, 'privilege', 'missing', 'unsupported') && this.#attempts === 0) {
      this.#attempts = 1;
      await this.#connect({ asked: true, before: closing }).catch(() => {});
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
    const { reads } = this.#watching;
    try {
      if (probeToo) {
        opened.probe = await reads.probe(opened.session, this.#statementTimeoutMs);
        opened.pulses = reads.pulses(opened.session, opened.probe, this.#connectionId);
      }
      const snapshot = await reads.snapshot(opened.session, opened.probe, this.#connectionId);
      if (this.#opened === opened) {
        const took = Math.round(snapshot.inventory.tookMs);
        this.#watching.log.debug(`${this.#name}: read again (${why}) in ${took} ms`);
        this.#setState(this.#open(this.#afterGap(snapshot)), 'inventory');
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

  #stopBeating(): void {
    this.#beat.stop();
    this.#callOffRetry?.();
    this.#callOffRetry = undefined;
  }

  #now(): number {
    return this.#watching.clock.now();
  }

  get #statementTimeoutMs(): number {
    return this.#watching.connections.facts(this.#connectionId)?.target.statementTimeoutMs ?? 0;
  }

  get #name(): string {
    return this.#watching.connections.facts(this.#connectionId)?.name ?? this.#connectionId;
  }

  #info(message: string): void {
    this.#watching.log.info(`${this.#name}: ${message}`);
  }
}

function closedMeanwhile(): ReplicationError {
  return new ReplicationError('cancelled', 'The connection was closed meanwhile.');
}

function asReplicationError(thrown: unknown): ReplicationError {
  if (thrown instanceof ReplicationError) return thrown;
  return new ReplicationError('internal', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}
