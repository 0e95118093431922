import type { ParsedConninfo } from '../../replication/model/conninfo.ts';
import { Secret } from '../../replication/model/secret.ts';
import { type Found, joinFound, nothingFound, offerOf, offerOfPairs } from './offer.ts';
import { readServices } from './serviceFile.ts';
import type { Surroundings } from './surroundings.ts';

/** libpq's variables and the keywords they stand for (PostgreSQL, "Environment Variables"). */
const keywords = {
  PGHOST: 'host',
  PGHOSTADDR: 'hostaddr',
  PGPORT: 'port',
  PGDATABASE: 'dbname',
  PGUSER: 'user',
  PGSSLMODE: 'sslmode',
  PGREQUIRESSL: 'requiressl',
  PGSSLROOTCERT: 'sslrootcert',
  PGSSLCERT: 'sslcert',
  PGSSLKEY: 'sslkey',
  PGCONNECT_TIMEOUT: 'connect_timeout',
  PGAPPNAME: 'application_name',
  PGOPTIONS: 'options',
} as const;

/** Without one of these the environment names no server; a PGSSLMODE alone is only a preference. */
const telling = ['PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGDATABASE', 'PGUSER', 'PGSERVICE'];

/** The connections that `PG*` variables and `DATABASE_URL` name. */
export async function fromEnvironment(surroundings: Surroundings): Promise<Found> {
  return joinFound([fromDatabaseUrl(surroundings), await fromVariables(surroundings)]);
}

function fromDatabaseUrl({ env, user }: Surroundings): Found {
  const url = env['DATABASE_URL'];
  // Applications also keep addresses of other databases in it.
  if (!url || !/^postgres(ql)?:\/\//.test(url)) return nothingFound;
  return offerOf(url, { source: 'Environment', origin: 'DATABASE_URL', name: '' }, user);
}

async function fromVariables(surroundings: Surroundings): Promise<Found> {
  const { env, user } = surroundings;
  const set = telling.filter((name) => env[name]);
  if (set.length === 0) return nothingFound;
  const label = { source: 'Environment', origin: set.join(', '), name: '' } as const;

  let service: ParsedConninfo | undefined;
  const serviceName = env['PGSERVICE'];
  if (serviceName) {
    const { services } = await readServices(surroundings);
    service = services.find(({ name }) => name === serviceName)?.parsed;
    // libpq refuses to connect then; so there is nothing to offer.
    if (!service) return { offers: [], problems: ['PGSERVICE names a service that no service file defines.'] };
  }
  const own = Object.entries(keywords).flatMap(([variable, keyword]) => {
    const value = env[variable];
    return value ? [[keyword, value] as const] : [];
  });
  // As in libpq, what the service says goes before what the variables say.
  const fromService = new Set(service?.pairs.map(([keyword]) => keyword));
  const pairs = [...(service?.pairs ?? []), ...own.filter(([keyword]) => !fromService.has(keyword))];
  const password = service?.password ?? (env['PGPASSWORD'] ? new Secret(env['PGPASSWORD']) : null);
  return offerOfPairs({ pairs, password, otherSecrets: service?.otherSecrets ?? [] }, label, user);
}
