import type { SecretConninfo } from '../model/choices.ts';
import { parseSecretConninfo } from '../model/conninfo.ts';
import { ReplicationError } from '../model/errors.ts';
import type { Session } from '../postgres/session.ts';

const deadlineMs = 15_000;

interface ConninfoRow {
  readonly conninfo: string | null;
  readonly server: string | null;
}

/**
 * subserver came with 19 (as documented, not tried): a subscription that connects by a foreign server has its connection
 * there.
 */
const serverColumn = `select exists (select from pg_catalog.pg_attribute a where a.attrelid = 'pg_catalog.pg_subscription'::regclass
  and a.attname = 'subserver' and not a.attisdropped)::text as there`;

const ownSubscription = `from pg_catalog.pg_subscription s
  where s.subname = $1 and s.subdbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())`;

/**
 * See OnDemandReads.subscriptionConninfo. Throws ReplicationError 'missing', 'privilege' (superuser, or SELECT on
 * pg_subscription.subconninfo), 'unsupported' for one that connects by a foreign server.
 */
export async function readSubscriptionConninfo(session: Session, name: string): Promise<SecretConninfo> {
  const options = { doing: `read where the subscription ${name} connects to`, deadlineMs };
  const [column] = await session.query<{ there: string }>(serverColumn, [], options);
  const server =
    column?.there === 'true'
      ? '(select f.srvname::text from pg_catalog.pg_foreign_server f where f.oid = s.subserver)'
      : 'null::text';
  const rows = await session.query<ConninfoRow>(
    `select s.subconninfo as conninfo, ${server} as server ${ownSubscription}`,
    [name],
    options,
  );
  const [row] = rows;
  if (!row) {
    throw new ReplicationError('missing', `There is no subscription ${name} in this database.`, {
      advice: 'Refresh: it may have been renamed or dropped meanwhile.',
    });
  }
  if (row.server !== null || row.conninfo === null) {
    throw new ReplicationError(
      'unsupported',
      `The subscription ${name} connects by the foreign server ${row.server ?? ''} and has no connection string of its own.`,
      { advice: 'Change the foreign server (ALTER SERVER) or its user mapping (ALTER USER MAPPING).' },
    );
  }
  return parseSecretConninfo(row.conninfo);
}
