import { onlyNamed } from '../../connections/connection.ts';
import { declarationOf } from '../../replication/declaration/describe.ts';
import type { Declaration } from '../../replication/declaration/shape.ts';
import type { SecretConninfo } from '../../replication/model/choices.ts';
import { ReplicationError } from '../../replication/model/errors.ts';
import type { PlanTarget } from '../../replication/operations/target.ts';
import { openTarget, pickConnection } from '../pickers/connection.ts';
import type { Services } from '../services.ts';

/** A server as it is now, with what of it a declaration says. */
export interface DescribedServer {
  readonly target: PlanTarget;
  /** By subscription; only those that may be read. */
  readonly conninfos: ReadonlyMap<string, SecretConninfo>;
  readonly declaration: Declaration;
}

/** Reads a server for a declaration. Rejects with ReplicationError. */
export async function describeServer(
  services: Pick<Services, 'connections' | 'service'>,
  connectionId: string,
): Promise<DescribedServer> {
  const target = await openTarget(services, connectionId);
  const conninfos = await readConninfos(services, target);
  return { target, conninfos, declaration: declarationOf(target, conninfos) };
}

/** The connection a file is for: the one it names, otherwise (or where several have that name) the one the person picks. */
export async function serverOf(
  services: Pick<Services, 'connections' | 'service'>,
  { server }: Declaration,
  question: string,
  changes: boolean,
): Promise<string> {
  const named = onlyNamed(services.connections.all(), server);
  return named ? named.id : pickConnection(services, question, { always: server !== undefined, need: { changes } });
}

/** The connection strings of a server's subscriptions, as far as they may be read. */
async function readConninfos(
  { service }: Pick<Services, 'service'>,
  { connectionId, snapshot }: PlanTarget,
): Promise<ReadonlyMap<string, SecretConninfo>> {
  const conninfos = new Map<string, SecretConninfo>();
  for (const { name } of snapshot.inventory.subscriptions) {
    try {
      conninfos.set(name, await service.reads.subscriptionConninfo(connectionId, name));
    } catch (error) {
      // One that may not be read, or went meanwhile, stays without; that the server is gone stops it all.
      if (!ReplicationError.is(error, 'privilege', 'missing', 'unsupported')) throw error;
    }
  }
  return conninfos;
}
