import type { FormReader } from '../../../protocol/publication.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Publication } from '../../../replication/model/publication.ts';
import type { KnownReaders, KnownSlots } from '../../../replication/operations/publication/publicationReaders.ts';
import type { PlanTarget } from '../../../replication/operations/target.ts';
import { knownSlotsOf, planReaders, readersOf } from '../../panels/publicationReaders.ts';
import { namedObjects, type ObjectQuestion } from '../../pickers/object.ts';
import type { Services } from '../../services.ts';
import type { PublicationNode } from '../../tree/node.ts';

/** The one publication that a command is about. */
export interface PublicationSubject {
  readonly target: PlanTarget;
  readonly publication: Publication;
  /** The known subscriptions that read it. */
  readonly readers: readonly FormReader[];
  /** What is known of the server's slots, which tell of readers that aren't known. */
  readonly slots: KnownSlots;
}

/**
 * The publication of a row, or the one the person picks `among` those that fit, for a command that changes it. Throws ReplicationError
 * 'readOnlyConnection' before anything else is asked, 'missing', or a cancellation.
 */
export async function publicationSubject(
  services: Services,
  node: PublicationNode | undefined,
  question: string,
  among: Pick<ObjectQuestion<'publication'>, 'fits' | 'none' | 'advice'> = {},
): Promise<PublicationSubject> {
  const { target, names } = await namedObjects(services, 'publication', [node, undefined], {
    advice: 'Create a publication first.',
    ...among,
    question,
    changes: true,
  });
  return subjectOf(services, target, names[0]);
}

/** A publication of a server that was read just now. Throws ReplicationError 'missing'. */
export function subjectOf(services: Services, target: PlanTarget, name: string): PublicationSubject {
  const publication = target.snapshot.inventory.publications.find((one) => one.name === name);
  if (publication) {
    const readers = readersOf(services, target.connectionId, name);
    return { target, publication, readers, slots: knownSlotsOf(services, target.connectionId, name) };
  }
  throw new ReplicationError('missing', `${target.serverName} has no publication ${name} in this database.`, {
    advice: 'Refresh: it may have been renamed or dropped meanwhile.',
  });
}

/** What is known of a subject's readers, as a plan takes it. */
export function readersOfSubject({ publication, readers, slots }: PublicationSubject): KnownReaders {
  return { readers: planReaders(readers, publication.name), slots };
}
