import type { PublicationChoice } from '../../model/choices.ts';
import type { Publication } from '../../model/publication.ts';
import type { Statement } from '../../model/statement.ts';
import { quoteIdentifier, quoteLiteral } from '../../postgres/quote.ts';
import { publicationAsChoice } from '../../script/publication.ts';
import { offers } from '../offers.ts';
import type { StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { listInWords } from '../words.ts';
import { scopeEffect } from './publicationEffects.ts';
import { readersInWords, slotsInWords, slotsThatMayRead, type KnownReaders } from './publicationReaders.ts';
import { scopeClause, scopeInWords, takesAll, wantedScope } from './publicationScope.ts';
import { createPublicationSql, memberClause, optionChanges } from './publicationSql.ts';

/**
 * The step that leads to or from FOR ALL TABLES (or ALL SEQUENCES), under the name of the choice. No version up to 18 can
 * alter that: the publication is dropped and created again, in one transaction, so that no change falls between the two
 * (a live stream goes on over it; tried on 10 to 18). 19 is documented to turn an empty one into one FOR ALL TABLES or ALL
 * SEQUENCES, but not back, which is untried here. Owner and comment are kept.
 */
export function changeScopeStep(
  target: PlanTarget,
  publication: Publication,
  choice: PublicationChoice,
  readers: KnownReaders,
): StepDraft {
  const { inventory } = target.snapshot;
  const wanted = wantedScope(inventory, choice);
  const alters = takesAll(wanted) && offers(inventory, 'publication.setAllTables');
  const how = alters ? '' : ', by dropping it and creating it again';
  return {
    on: target,
    title: `Have publication ${publication.name} publish ${scopeInWords(wanted)}${how}`,
    statement: oneTransaction(
      alters
        ? alterToAll(target, publication, choice)
        : [dropSql(publication.name), ...creation(target, publication, choice)],
    ),
    // It is a transaction of its own.
    transactional: false,
    risk: 'severe',
    consequence: consequenceOf(target, publication, choice, readers),
    undo: {
      title: `Drop publication ${choice.name} and create it as it was`,
      statement: oneTransaction([dropSql(choice.name), ...againStatements(target, publication)]),
    },
    effect: scopeEffect(inventory, choice.name, wanted),
  };
}

/** Several statements that are carried out as a whole or not at all, also where psql runs them. */
export function oneTransaction(statements: readonly string[]): Statement {
  return [['BEGIN', ...statements, 'COMMIT'].join(';\n')];
}

/** The statements that make a publication again as it is, with its owner and its comment. */
export function againStatements(target: PlanTarget, publication: Publication): readonly string[] {
  return creation(target, publication, publicationAsChoice(target.snapshot.inventory, publication));
}

/** Creates what is chosen, and gives it the owner and the comment that the publication has. */
function creation(target: PlanTarget, publication: Publication, choice: PublicationChoice): readonly string[] {
  const { inventory } = target.snapshot;
  const object = `PUBLICATION ${quoteIdentifier(choice.name)}`;
  return [
    createPublicationSql(inventory, choice),
    ...(publication.comment === null ? [] : [`COMMENT ON ${object} IS ${quoteLiteral(publication.comment)}`]),
    // Who makes it owns it; a role that isn't a superuser need not hand it to itself.
    ...(publication.owner === inventory.server.role.name
      ? []
      : [`ALTER ${object} OWNER TO ${quoteIdentifier(publication.owner)}`]),
  ];
}

/** As documented for 19: only a publication without members takes SET ALL TABLES or SET ALL SEQUENCES. */
function alterToAll(target: PlanTarget, publication: Publication, choice: PublicationChoice): readonly string[] {
  const { inventory } = target.snapshot;
  const alter = `ALTER PUBLICATION ${quoteIdentifier(publication.name)}`;
  const tables = publicationAsChoice(inventory, publication).tables.map((table) => ({
    ...table,
    columns: null,
    filter: null,
  }));
  const members = memberClause(inventory, tables, publication.schemas);
  const options = optionChanges(inventory, publication, choice);
  return [
    ...(members === null ? [] : [`${alter} DROP ${members}`]),
    `${alter} SET ${scopeClause(inventory, choice) ?? ''}`,
    ...(options.length > 0 ? [`${alter} SET (${options.join(', ')})`] : []),
    ...(choice.name === publication.name ? [] : [`${alter} RENAME TO ${quoteIdentifier(choice.name)}`]),
  ];
}

function dropSql(name: string): string {
  return `DROP PUBLICATION ${quoteIdentifier(name)}`;
}

function consequenceOf(
  target: PlanTarget,
  publication: Publication,
  choice: PublicationChoice,
  readers: KnownReaders,
): string {
  const { name } = publication;
  const known = readersInWords(name, readers.readers ?? []);
  const slots = slotsThatMayRead(target, readers.slots);
  const wanted = wantedScope(target.snapshot.inventory, choice);
  const alters = takesAll(wanted) && offers(target.snapshot.inventory, 'publication.setAllTables');
  const how = alters
    ? `All members of ${name} are exchanged for ${scopeInWords(wanted)} in one transaction.`
    : `This version can’t alter that, so ${name} is dropped and created again in one transaction: no change falls between the two.`;
  const readBy = known.length > 0 ? ` It is read by ${listInWords(known)}.` : '';
  const live =
    slots.length > 0
      ? ` ${slots.length === 1 ? 'The replication slot' : 'Replication slots'} that may read it, ${slotsInWords(slots)}, ${slots.length === 1 ? 'keeps its position and goes' : 'keep their positions and go'} on: up to this transaction with the tables as they were, after it with those that are published then.`
      : ' No replication slot seems to read it.';
  const renamed =
    choice.name === name || (known.length === 0 && slots.length === 0)
      ? ''
      : ` Whatever reads it under the name ${name} doesn’t find it any more.`;
  return `${how}${readBy}${live}${renamed}`;
}
