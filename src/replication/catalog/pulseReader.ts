import { createHash } from 'node:crypto';

import { ReplicationError } from '../model/errors.ts';
import type { Slot } from '../model/slot.ts';
import type { Pulse } from '../model/snapshot.ts';
import type { Session } from '../postgres/session.ts';
import { asObject, type Json } from './json.ts';
import type { Probe } from './probe.ts';
import { parsePulseList, type PulseList, type PulseLists, pulseColumnsQuery, pulseOf } from './pulse.ts';
import { parsed } from './readSnapshot.ts';
import { parseSlot } from './slots.ts';

/** invalid_sql_statement_name and duplicate_prepared_statement. */
const preparedStatementStates = ['26000', '42P05'];
const doing = 'read the state of replication';

type Columns = { readonly [Name in PulseList | 'present' | 'slots']: string | null };

/**
 * Reads what moves on one server, again and again. Most of it is as it was a beat before: only what the server says
 * otherwise is parsed anew, and all else is the very same object, so that who compares needn't look into it.
 */
export class PulseReader {
  readonly #session: Session;
  readonly #connectionId: string;
  readonly #text: string;
  readonly #name: string;
  readonly #lists = new Map<PulseList, { readonly text: string | null; readonly value: PulseLists[PulseList] }>();
  #slotLines: readonly string[] = [];
  #slots: readonly Slot[] = [];

  constructor(session: Session, probe: Probe, connectionId: string) {
    this.#session = session;
    this.#connectionId = connectionId;
    this.#text = pulseColumnsQuery(probe);
    // A name means one text to a session, and the text changes with what the role may read.
    this.#name = `pg_replication_pulse_${createHash('sha1').update(this.#text).digest('hex').slice(0, 8)}`;
  }

  /**
   * One round trip, of a statement that is planned once per session; a server that takes longer than `deadlineMs`
   * (milliseconds) counts as lost. Rejects with ReplicationError.
   */
  async read(deadlineMs = 4_000): Promise<Pulse> {
    const sentAt = Date.now();
    const [columns] = await this.#ask(deadlineMs);
    const trip = { sentAt, answeredAt: Date.now() };
    return parsed(() => {
      if (!columns) throw new TypeError('no row');
      return pulseOf(asObject(jsonOf(columns.present)), this.#connectionId, trip, {
        slots: this.#slotsOf(columns.slots),
        senders: this.#list('senders', columns),
        workers: this.#list('workers', columns),
        subscriptions: this.#list('subscriptions', columns),
        tableProgress: this.#list('tableProgress', columns),
        copying: this.#list('copying', columns),
        databaseWrites: this.#list('databaseWrites', columns),
      });
    });
  }

  #ask(deadlineMs: number): Promise<readonly Columns[]> {
    return this.#session
      .query<Columns>(this.#text, [], { doing, deadlineMs, name: this.#name })
      .catch((error: unknown) => {
        // A pooler that hands every statement to another backend knows no prepared one.
        if (!ReplicationError.is(error) || !preparedStatementStates.includes(error.server?.code ?? '')) throw error;
        return this.#session.query<Columns>(this.#text, [], { doing, deadlineMs });
      });
  }

  #list<Name extends PulseList>(name: Name, { [name]: text }: Columns): PulseLists[Name] {
    const before = this.#lists.get(name);
    if (before?.text === text) return before.value as PulseLists[Name];
    const value = parsePulseList(name, jsonOf(text));
    this.#lists.set(name, { text, value });
    return value;
  }

  /** Slots come in the order of their names: each line is compared with the one in its place a beat before. */
  #slotsOf(text: string | null): readonly Slot[] {
    const lines = text === null ? [] : text.split('\n');
    const [linesBefore, slotsBefore] = [this.#slotLines, this.#slots];
    const slots = lines.map((line, index) => {
      const before = slotsBefore[index];
      return before !== undefined && line === linesBefore[index] ? before : parseSlot(jsonOf(line));
    });
    const same = slots.length === slotsBefore.length && slots.every((slot, index) => slot === slotsBefore[index]);
    this.#slots = same ? slotsBefore : slots;
    // All of the same answer: lines are parts of it, and keep it in memory.
    this.#slotLines = lines;
    return this.#slots;
  }
}

function jsonOf(text: string | null): Json {
  return JSON.parse(text ?? 'null') as Json;
}
