import { ReplicationError } from '../../model/errors.ts';
import type { Plan } from '../../model/plan.ts';
import type { Publication } from '../../model/publication.ts';
import type { Statement } from '../../model/statement.ts';
import { quoteIdentifier } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import { publicationIs } from '../effects.ts';
import { makePlan, type StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { listInWords } from '../words.ts';
import { unknownReadersInWords, type KnownSlots } from './publicationReaders.ts';
import { oneTransaction, againStatements } from './recreatePublication.ts';

/** A subscription that is known, from its own server, to read a publication. */
export interface PublicationReader {
  readonly publication: string;
  readonly subscription: string;
  /** The name of the subscriber's connection. */
  readonly serverName: string;
}

/**
 * The plan that drops publications, one step each. `readers` are the subscriptions known from other connections,
 * and `slots` what those tell of the slots, by publication: a publisher itself can't tell which slot reads which
 * publication. Throws ReplicationError 'missing' for a name that the target doesn't have.
 */
export function planDropPublications(
  target: PlanTarget,
  names: readonly string[],
  readers: readonly PublicationReader[] = [],
  slots: ReadonlyMap<string, KnownSlots> = new Map(),
): Plan {
  const steps = names.map((name) => dropStep(target, publicationOf(target, name), readers, slots.get(name)));
  const title = names.length === 1 ? `Drop publication ${names[0]}` : `Drop ${names.length} publications`;
  const basis = basisOf(
    target,
    names.map((name) => ({ kind: 'publication', name })),
  );
  return makePlan(title, steps, [], basis);
}

/** The publication of that name. Throws ReplicationError 'missing' where the target has none. */
export function publicationOf(target: PlanTarget, name: string): Publication {
  const found = target.snapshot.inventory.publications.find((publication) => publication.name === name);
  if (found) return found;
  throw new ReplicationError('missing', `${target.serverName} has no publication ${name} in this database.`, {
    advice: 'Refresh: it may have been renamed or dropped meanwhile.',
  });
}

function dropStep(
  target: PlanTarget,
  publication: Publication,
  readers: readonly PublicationReader[],
  slots: KnownSlots | undefined,
): StepDraft {
  const known = readers.filter((reader) => reader.publication === publication.name);
  return {
    on: target,
    title: `Drop publication ${publication.name}`,
    statement: [`DROP PUBLICATION ${quoteIdentifier(publication.name)}`],
    risk: known.length > 0 ? 'severe' : 'lossy',
    consequence: consequenceOf(target, publication, known, slots),
    undo: {
      title: `Create publication ${publication.name} again`,
      statement: again(againStatements(target, publication)),
    },
    effect: publicationIs(publication.name, false),
    touches: [{ kind: 'publication', name: publication.name }],
  };
}

/**
 * Up to 17 a subscriber stops with `publication "p" does not exist`, also for WAL from before it was created
 * again; 18 goes on without its tables.
 */
function consequenceOf(
  target: PlanTarget,
  publication: Publication,
  known: readonly PublicationReader[],
  slots: KnownSlots | undefined,
): string {
  const { server } = target.snapshot.inventory;
  const stops = server.versionNumber < 180000;
  const effect = stops
    ? 'stops with an error, which creating the publication again may not mend'
    : 'goes on without its tables, and what is written meanwhile is missing there';
  const unknown = unknownReadersInWords(target, known.length > 0, slots);
  if (known.length > 0) {
    const names = known.map((reader) => `${reader.subscription} (${reader.serverName})`);
    return `${publication.name} is read by ${listInWords(names)}: each ${effect}. ${unknown}`.trim();
  }
  if (unknown === '')
    return `The publication ${publication.name} and its list of tables are gone. Nothing seems to read it.`;
  return `${unknown} A subscription that reads it ${effect}.`;
}

/** Its one statement, or with its owner and its comment all of them as a whole. */
function again(statements: readonly string[]): Statement {
  return statements.length === 1 ? statements : oneTransaction(statements);
}
