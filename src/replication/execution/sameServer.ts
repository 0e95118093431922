import { ReplicationError } from '../model/errors.ts';
import type { Step } from '../model/plan.ts';
import type { Session } from '../postgres/session.ts';

const deadlineMs = 15_000;

/**
 * Refuses a step whose connection leads to another server or database than when the plan was made: it was edited,
 * or another server took the address. A standby that was promoted has its primary's identifier and passes. Rejects
 * with ReplicationError 'stalePlan', or with what the look itself failed by.
 */
export async function refuseAnotherServer(step: Step, session: Session): Promise<void> {
  const { plannedFor: planned, serverName } = step;
  if (!planned) return;
  const database = await readDatabase(session);
  if (database !== null && database !== planned.database) {
    throw elsewhere(`${serverName} leads to the database ${database} now; the plan was made for ${planned.database}.`);
  }
  const identifier = planned.systemIdentifier === null ? null : await readIdentifier(session);
  if (identifier !== null && identifier !== planned.systemIdentifier) {
    throw elsewhere(`${serverName} leads to another server now than when the plan was made.`);
  }
}

function elsewhere(what: string): ReplicationError {
  return new ReplicationError('stalePlan', `${what} The step wasn’t run.`, {
    advice: 'Look at the server, and make the change again from the tree.',
  });
}

async function readDatabase(session: Session): Promise<string | null> {
  const options = { doing: 'make sure of the database', deadlineMs };
  const rows = await session.query<{ database: string }>(
    'select pg_catalog.current_database() as database',
    [],
    options,
  );
  return rows[0]?.database ?? null;
}

/** Null where this role may not read it. */
async function readIdentifier(session: Session): Promise<string | null> {
  const text = 'select system_identifier::text as identifier from pg_catalog.pg_control_system()';
  try {
    const rows = await session.query<{ identifier: string }>(text, [], {
      doing: 'make sure of the server',
      deadlineMs,
    });
    return rows[0]?.identifier ?? null;
  } catch (error) {
    if (ReplicationError.is(error, 'privilege')) return null;
    throw error;
  }
}
