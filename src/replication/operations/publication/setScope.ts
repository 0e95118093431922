import type { PublicationChoice } from '../../model/choices.ts';
import type { Publication } from '../../model/publication.ts';
import type { Inventory } from '../../model/snapshot.ts';
import { quoteIdentifier } from '../../postgres/quote.ts';
import { publicationAsChoice } from '../../script/publication.ts';
import { offers } from '../offers.ts';
import type { StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { listInWords } from '../words.ts';
import { scopeEffect } from './publicationEffects.ts';
import { readersInWords, reachOf, unknownReadersInWords, type KnownReaders } from './publicationReaders.ts';
import { sameScope, scopeClause, scopeInWords, scopeOf, takesAll, wantedScope } from './publicationScope.ts';
import { againStatements, oneTransaction } from './recreatePublication.ts';

/**
 * Whether one statement leads from a publication to a choice of all tables or all sequences: where it is one of that kind
 * already, or empty. As documented for 19, untried; never before.
 */
export function setsScope(inventory: Inventory, publication: Publication, choice: PublicationChoice): boolean {
  const from = takesAll(scopeOf(publication)) || publication.tables.length + publication.schemas.length === 0;
  return from && takesAll(wantedScope(inventory, choice)) && offers(inventory, 'publication.setAllTables');
}

/**
 * The step of such a statement, `SET ALL TABLES EXCEPT (…), ALL SEQUENCES`, which replaces the whole of what is taken, and
 * of what is left out. None where nothing differs, or `setsScope` is false. Nothing but a new one is empty again: that is
 * how it is undone.
 */
export function setScopeSteps(
  target: PlanTarget,
  publication: Publication,
  choice: PublicationChoice,
  readers: KnownReaders,
): readonly StepDraft[] {
  const { inventory } = target.snapshot;
  const [now, wanted] = [scopeOf(publication), wantedScope(inventory, choice)];
  if (!setsScope(inventory, publication, choice) || sameScope(now, wanted)) return [];
  const { name } = publication;
  const alter = (to: PublicationChoice): string =>
    `ALTER PUBLICATION ${quoteIdentifier(name)} SET ${scopeClause(inventory, to) ?? ''}`;
  const consequence = consequenceOf(target, publication, choice, readers);
  return [
    {
      on: target,
      title: `Have publication ${name} publish ${scopeInWords(wanted)}`,
      statement: [alter(choice)],
      ...(consequence === null ? {} : { consequence, risk: 'lossy' as const }),
      undo: takesAll(now)
        ? {
            title: `Have publication ${name} publish ${scopeInWords(now)} again`,
            statement: [alter(publicationAsChoice(inventory, publication))],
          }
        : {
            title: `Drop publication ${name} and create it empty, as it was`,
            statement: oneTransaction([
              `DROP PUBLICATION ${quoteIdentifier(name)}`,
              ...againStatements(target, publication),
            ]),
          },
      effect: scopeEffect(inventory, name, wanted),
    },
  ];
}

/** What is sent no more, where anybody may read it; null where nobody loses anything. */
function consequenceOf(
  target: PlanTarget,
  publication: Publication,
  choice: PublicationChoice,
  { readers = [], slots }: KnownReaders,
): string | null {
  const { inventory } = target.snapshot;
  const { name, schemas, tables, viaRoot } = publication;
  const [now, wanted] = [scopeOf(publication), wantedScope(inventory, choice)];
  const known = readersInWords(name, readers);
  const unknown = unknownReadersInWords(target, known.length > 0, slots);
  if (known.length === 0 && unknown === '') return null;
  const members = { schemas, tables, viaRoot };
  const { removed } = reachOf(inventory, { ...now, ...members }, { ...wanted, ...members });
  const lost = [
    ...(removed.length > 0 ? [removed.length === 1 ? '1 table' : `${removed.length} tables`] : []),
    ...(now.allSequences && !wanted.allSequences ? ['sequences'] : []),
  ];
  if (lost.length === 0) return null;
  const to = known.length > 0 ? `to ${listInWords(known)}` : 'to whatever reads it';
  const [are, them, they] =
    lost.length === 1 && removed.length === 1 ? ['is', 'it', 'it is'] : ['are', 'them', 'they are'];
  return `${listInWords(lost)} of ${name} ${are} no longer sent ${to}. What is written to ${them} from then on is missing there, also if ${they} published again later. ${unknown}`.trim();
}
