import type { FormReader } from '../../../protocol/publication.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Publication } from '../../../replication/model/publication.ts';
import type { PublicationReader } from '../../../replication/operations/publication/dropPublication.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { planReaders, readersOf } from '../../panels/publicationReaders.ts';
import { namedObjects } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { PublicationNode } from '../../tree/node.ts';
import { refuseReadOnly } from '../subscription/subject.ts';

/** The one publication that a command is about. */
export interface PublicationSubject {
  readonly target: PlanTarget;
  readonly publication: Publication;
  /** The known subscriptions that read it. */
  readonly readers: readonly FormReader[];
}

/**
 * The publication of a row, or the one the person picks, for a command that changes it. Throws ReplicationError
 * 'readOnlyConnection' before anything else is asked, 'missing', or a cancellation.
 */
export async function publicationSubject(
  services: Services,
  node: PublicationNode | undefined,
  question: string,
): Promise<PublicationSubject> {
  if (node) refuseReadOnly(services, node.connectionId);
  const { target, names } = await namedObjects(services, 'publication', [node, undefined], question);
  refuseReadOnly(services, target.connectionId);
  return subjectOf(services, target, names[0]);
}

/** A publication of a server that was read just now. Throws ReplicationError 'missing'. */
export function subjectOf(services: Services, target: PlanTarget, name: string): PublicationSubject {
  const publication = target.snapshot.inventory.publications.find((one) => one.name === name);
  if (publication) return { target, publication, readers: readersOf(services, target.connectionId, name) };
  throw new ReplicationError('missing', `${target.serverName} has no publication ${name} in this database.`, {
    advice: 'Refresh: it may have been renamed or dropped meanwhile.',
  });
}

/** The readers of a subject as a plan names them. */
export function readersOfSubject({ publication, readers }: PublicationSubject): readonly PublicationReader[] {
  return planReaders(readers, publication.name);
}
