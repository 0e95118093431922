import { ReplicationError } from '../model/errors.ts';
import type { Inventory, Snapshot } from '../model/snapshot.ts';
import type { QueryOptions, Session } from '../postgres/session.ts';
import { inventoryQuery, parseInventory } from './inventory.ts';
import { asObject, type Json } from './json.ts';
import type { Probe } from './probe.ts';
import { parsePulse, pulseQuery, type RoundTrip } from './pulse.ts';

/** The inventory of a very large catalog over a slow line takes longer. */
const snapshotDeadlineMs = 30_000;

/** Inventory and pulse in one round trip: both see the same instant. Rejects with ReplicationError. */
export async function readSnapshot(session: Session, probe: Probe, connectionId: string): Promise<Snapshot> {
  const text = `select pg_catalog.json_build_object('inventory', (${inventoryQuery(probe)}), 'pulse', (${pulseQuery(probe)}))::text as answer`;
  const { answer, trip } = await ask(session, text, { doing: 'read the server', deadlineMs: snapshotDeadlineMs });
  return parsed(() => {
    const fields = asObject(answer);
    return {
      inventory: parseInventory(fields['inventory'], connectionId, probe, trip),
      pulse: parsePulse(fields['pulse'], connectionId, trip),
    };
  });
}

/** What exists, without what moves. One round trip. Rejects with ReplicationError. */
export async function readInventory(session: Session, probe: Probe, connectionId: string): Promise<Inventory> {
  const text = `select (${inventoryQuery(probe)})::text as answer`;
  const { answer, trip } = await ask(session, text, { doing: 'read the server', deadlineMs: snapshotDeadlineMs });
  return parsed(() => parseInventory(answer, connectionId, probe, trip));
}

async function ask(
  session: Session,
  text: string,
  options: QueryOptions,
): Promise<{ readonly answer: Json; readonly trip: RoundTrip }> {
  const sentAt = Date.now();
  const rows = await session.query<{ answer: string }>(text, [], options);
  return { answer: JSON.parse(rows[0]?.answer ?? 'null') as Json, trip: { sentAt, answeredAt: Date.now() } };
}

/** What `parse` gives; ReplicationError where it doesn't understand the answer. */
export function parsed<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (cause) {
    throw new ReplicationError('internal', `The server's answer wasn't understood: ${(cause as Error).message}`, {
      cause,
      advice: 'Please report it with the version of the server.',
    });
  }
}
