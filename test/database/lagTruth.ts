import assert from 'node:assert/strict';

import type { Client } from 'pg';

import { lsnToBytes } from '../../src/replication/model/lsn.ts';
import type { StreamLag } from '../../src/replication/model/stream.ts';
import { eventually } from '../support/eventually.ts';
import type { TestServer } from '../support/servers/testServer.ts';
import { type LagLab, patienceMs } from './lagKit.ts';

/** How often the log looks, milliseconds: finer than the samples of what is tested. */
const lookMs = 25;
/** Seconds behind may differ from the truth by this. */
const allowedSeconds = 1.5;

/** One look: between `before` and `after` (milliseconds, the clock of the samples) this was so. */
interface Look {
  readonly before: number;
  readonly after: number;
  readonly current: bigint;
  readonly confirmed: ReadonlyMap<string, bigint>;
}

/** The test's own log of where a publisher's WAL ended and up to where each slot was confirmed. */
export class TruthLog {
  readonly #client: Client;
  readonly #looks: Look[] = [];
  #ended = false;
  #loop: Promise<void> = Promise.resolve();

  private constructor(client: Client) {
    this.#client = client;
  }

  static async start(publisher: TestServer): Promise<TruthLog> {
    const log = new TruthLog(await publisher.client());
    await log.#look();
    log.#loop = log.#run();
    return log;
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#loop;
    await this.#client.end();
  }

  /**
   * How old the oldest WAL was that the consumer of `slotName` had not confirmed at `at`: at least and at most, seconds,
   * as close as the looks were. Undefined while nobody has looked after `at`.
   */
  truth(slotName: string, at: number): { readonly least: number; readonly most: number } | undefined {
    const earlier = this.#looks.findLast(({ after }) => after <= at);
    const later = this.#looks.find(({ before }) => before >= at);
    const [from, to] = [earlier?.confirmed.get(slotName), later?.confirmed.get(slotName)];
    if (from === undefined || to === undefined) return undefined;
    const past = (position: bigint) => this.#looks.findIndex(({ current }) => current > position);
    const [oldest, youngest] = [past(from), past(to)];
    const age = (moment: number | undefined) => Math.max(0, at - (moment ?? at)) / 1000;
    return {
      least: youngest === -1 ? 0 : age(this.#looks[youngest]?.after),
      most: oldest === -1 ? 0 : age(this.#looks[Math.max(0, oldest - 1)]?.before),
    };
  }

  /** For how long the confirmed position of `slotName` has been the same, milliseconds, as far as looks go back. */
  stillFor(slotName: string): number {
    const last = this.#looks.at(-1);
    const position = last?.confirmed.get(slotName);
    const moved = this.#looks.findLastIndex(({ confirmed }) => confirmed.get(slotName) !== position);
    return (last?.before ?? 0) - (this.#looks[moved + 1]?.after ?? Infinity);
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      await new Promise((resolve) => setTimeout(resolve, lookMs));
      // A look that fails leaves a hole; then no truth is given for its time.
      if (!this.#ended) await this.#look().catch(() => {});
    }
  }

  async #look(): Promise<void> {
    const before = Date.now();
    const { rows } = await this.#client.query<{ current: string; slots: Record<string, string | null> | null }>(
      `SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text AS current,
         (SELECT json_object_agg(slot_name, confirmed_flush_lsn) FROM pg_replication_slots) AS slots`,
    );
    const { current, slots } = rows[0] ?? { current: '0/0', slots: null };
    const confirmed = Object.entries(slots ?? {}).flatMap(([name, lsn]): readonly (readonly [string, bigint])[] =>
      lsn === null ? [] : [[name, lsnToBytes(lsn)]],
    );
    this.#looks.push({ before, after: Date.now(), current: lsnToBytes(current), confirmed: new Map(confirmed) });
  }
}

/** When a connection was sampled: what is tested can't know better than its samples are apart. */
export class SampleTimes {
  readonly #times: number[] = [];
  readonly stop: () => void;

  constructor({ service }: LagLab, connectionId: string) {
    this.stop = service.onDidChange((id) => {
      const state = service.state(id);
      if (id === connectionId && state.phase === 'open') this.#times.push(state.snapshot.pulse.sampledAt);
    });
  }

  /** Seconds between the samples around a moment. */
  gapAround(moment: number): number {
    const earlier = this.#times.findLast((at) => at <= moment) ?? moment;
    const later = this.#times.find((at) => at > moment) ?? moment;
    return (later - earlier) / 1000;
  }
}

/**
 * Waits until the stream is at least `atLeast` seconds behind in truth, and compares what is shown at that sample and
 * the next ones with the truth at the very moment of each. On a machine that held up the sampling for longer than a
 * second where the WAL was written, by so much more. Gives the last of them.
 */
export async function assertSecondsTrue(
  { lab, log, times }: { readonly lab: LagLab; readonly log: TruthLog; readonly times: SampleTimes },
  slotName: string,
  { atLeast, samples = 3 }: { readonly atLeast: number; readonly samples?: number },
): Promise<StreamLag> {
  let last: StreamLag | undefined;
  let compared = 0;
  let seen = 0;
  while (compared < samples || last === undefined) {
    const lag = await lab.until('a newer sample', slotName, ({ sampledAt }) => sampledAt > seen);
    seen = lag.sampledAt;
    const truth = await eventually(() => log.truth(slotName, lag.sampledAt), {
      within: patienceMs,
      what: 'a look after the sample',
    });
    if (truth.least < atLeast) continue;
    const shown = lag.secondsBehind;
    const held = Math.max(0, times.gapAround(lag.sampledAt - truth.least * 1000) - 1);
    // Of an idle stream it is WAL that doesn't concern it, which needn't be shown, but nothing more than it may be.
    const least = atLeast === 0 ? 0 : truth.least - allowedSeconds - held;
    const most = truth.most + allowedSeconds + held;
    const text = `${slotName}: ${shown} s shown, ${truth.least} to ${truth.most} s in truth (samples held up by ${held} s)`;
    assert.ok(shown !== null && shown >= least && shown <= most, `${text}; ${JSON.stringify(lag)}`);
    last = lag;
    compared += 1;
  }
  return last;
}

/** Waits until bytes shown are those that the server computes itself: a look between two records of WAL sees another. */
export async function assertBytesTrue(lab: LagLab, publisher: TestServer, slotName: string): Promise<void> {
  await eventually(
    async () => {
      const [own] = await publisher.query<Record<string, string | null>>(
        `WITH w AS (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS cur)
         SELECT w.cur - s.confirmed_flush_lsn AS not_applied, w.cur - s.restart_lsn AS retained,
           CASE WHEN s.active THEN w.cur - r.sent_lsn ELSE w.cur - s.confirmed_flush_lsn END AS not_sent,
           CASE WHEN s.active THEN r.sent_lsn - r.write_lsn ELSE 0 END AS in_flight
         FROM w, pg_replication_slots s LEFT JOIN pg_stat_replication r ON r.pid = s.active_pid WHERE s.slot_name = $1`,
        [slotName],
      );
      const lag = lab.monitor.lags().find(({ stream }) => stream.publisher?.slotName === slotName);
      const shown = lag && [lag.notAppliedBytes, lag.retainedBytes, lag.notSentBytes, lag.inFlightBytes];
      const wanted = ['not_applied', 'retained', 'not_sent', 'in_flight'].map((name) => Number(own?.[name]));
      assert.deepEqual(shown, wanted);
      return true;
    },
    { what: `the bytes of ${slotName} as the server computes them`, within: patienceMs, every: 100 },
  );
}

/** That a stream shows no figure at all: nothing is known of it any more. */
export function assertNoFigures(lag: StreamLag): void {
  const { appliedBytesPerSecond, inFlightBytes, notAppliedBytes, notSentBytes, retainedBytes, secondsBehind } = lag;
  assert.deepEqual(
    [notAppliedBytes, notSentBytes, inFlightBytes, retainedBytes, secondsBehind, appliedBytesPerSecond],
    [null, null, null, null, null, null],
  );
}
