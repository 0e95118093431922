import { ReplicationError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { Publication } from '../model/publication.ts';
import { quoteIdentifier } from '../postgres/quote.ts';
import { createPublicationSql } from './publicationSql.ts';
import { makePlan, type StepDraft } from './steps.ts';
import type { PlanTarget } from './target.ts';
import { listInWords } from './words.ts';

/** A subscription that is known, from its own server, to read a publication. */
export interface PublicationReader {
  readonly publication: string;
  readonly subscription: string;
  /** The name of the subscriber's connection. */
  readonly serverName: string;
}

/**
 * The plan that drops publications, one step each. `readers` are the subscriptions known from other connections;
 * a publisher itself can't tell which slot reads which publication. Throws ReplicationError 'missing' for a name
 * that the target doesn't have.
 */
export function planDropPublications(
  target: PlanTarget,
  names: readonly string[],
  readers: readonly PublicationReader[] = [],
): Plan {
  const steps = names.map((name) => dropStep(target, publicationOf(target, name), readers));
  const title = names.length === 1 ? `Drop publication ${names[0]}` : `Drop ${names.length} publications`;
  return makePlan(title, steps);
}

function publicationOf(target: PlanTarget, name: string): Publication {
  const found = target.snapshot.inventory.publications.find((publication) => publication.name === name);
  if (found) return found;
  throw new ReplicationError('missing', `${target.serverName} has no publication ${name} in this database.`, {
    advice: 'Refresh: it may have been renamed or dropped meanwhile.',
  });
}

function dropStep(target: PlanTarget, publication: Publication, readers: readonly PublicationReader[]): StepDraft {
  const known = readers.filter((reader) => reader.publication === publication.name);
  return {
    on: target,
    title: `Drop publication ${publication.name}`,
    statement: [`DROP PUBLICATION ${quoteIdentifier(publication.name)}`],
    risk: known.length > 0 ? 'severe' : 'lossy',
    consequence: consequenceOf(target, publication, known),
    undo: {
      title: `Create publication ${publication.name} again`,
      statement: [createPublicationSql(target.snapshot.inventory, asChoice(publication))],
    },
  };
}

/**
 * Up to 17 a subscriber stops with `publication "p" does not exist`, also for WAL from before it was created
 * again; 18 goes on without its tables.
 */
function consequenceOf(target: PlanTarget, publication: Publication, known: readonly PublicationReader[]): string {
  const { server } = target.snapshot.inventory;
  const stops = server.versionNumber < 180000;
  const effect = stops
    ? 'stops with an error, which creating the publication again may not mend'
    : 'goes on without its tables, and what is written meanwhile is missing there';
  if (known.length > 0) {
    const names = known.map((reader) => `${reader.subscription} (${reader.serverName})`);
    return `${publication.name} is read by ${listInWords(names)}: each ${effect}.`;
  }
  const slots = target.snapshot.pulse.slots.filter(
    (slot) => slot.plugin === 'pgoutput' && slot.database === server.database && !slot.temporary,
  );
  if (slots.length === 0)
    return `The publication ${publication.name} and its list of tables are gone. Nothing seems to read it.`;
  const readers = slots.map((slot) => `${slot.name} (${slot.active ? 'active' : 'inactive'})`);
  return `It may be read through the replication slot ${listInWords(readers)}: a subscription that reads it ${effect}.`;
}

/** A publication as the choice that would make it again. */
function asChoice(publication: Publication): Parameters<typeof createPublicationSql>[1] {
  return { ...publication, scope: publication.allTables ? 'allTables' : 'chosen' };
}
