import type { ConninfoPairs } from '../../replication/model/choices.ts';
import { conninfoValue } from '../../replication/model/conninfo.ts';
import type { PlanTarget } from '../../replication/operations/target.ts';
import { leadsTo } from '../../replication/topology/address.ts';
import type { Services } from '../services.ts';

/**
 * The known connection that a declared connection string leads to, with its snapshot; null where there is none, or it
 * can't be read now.
 */
export async function publisherNamed(
  { connections, service }: Pick<Services, 'connections' | 'service'>,
  subscriber: PlanTarget,
  connection: Readonly<Record<string, string | number>>,
): Promise<PlanTarget | null> {
  const here = connections.facts(subscriber.connectionId);
  const pairs: ConninfoPairs = Object.entries(connection).map(([keyword, value]) => [keyword, String(value)] as const);
  const value = (keyword: string): string | null => conninfoValue(pairs, keyword) ?? null;
  const port = value('port');
  const database = value('dbname');
  const address = {
    host: value('host') ?? value('hostaddr'),
    port: port === null ? null : Number(port),
    database,
    user: value('user'),
    hasPassword: false,
    applicationName: value('application_name'),
  };
  const found =
    here &&
    connections.all().find(({ target }) => target.database === database && leadsTo(address, here.target, target));
  if (!found) return null;
  if (found.id === subscriber.connectionId) return subscriber;
  try {
    return { connectionId: found.id, serverName: found.name, snapshot: await service.open(found.id) };
  } catch {
    return null;
  }
}
