import type { PublicationChoice } from '../../../model/choices.ts';
import type { Problem } from '../../../model/plan.ts';
import type { Publication } from '../../../model/publication.ts';
import { obstacle } from '../../offers.ts';
import type { PlanTarget } from '../../target.ts';
import { tableLabel } from '../../words.ts';
import { sameScope, scopeOf, wantedScope } from '../publicationScope.ts';
import { tablesByName } from '../publishedTables.ts';

/**
 * All tables, what they leave out, and all sequences: whether the server and the role can publish so. `before` is the
 * publication as it is, null for a new one. Leaving tables out and sequences are of 19, as documented, untried.
 */
export function checkWholeScope(
  target: PlanTarget,
  choice: PublicationChoice,
  before: Publication | null,
): readonly Problem[] {
  const { inventory } = target.snapshot;
  const now = before && scopeOf(before);
  const wanted = wantedScope(inventory, choice);
  const except = choice.scope === 'allTables' ? (choice.exceptTables ?? []) : [];
  const same = now !== null && sameScope(now, wanted);
  const reasons = [
    choice.scope === 'allTables' && !(now?.allTables ?? false) ? obstacle(inventory, 'publication.allTables') : null,
    choice.allSequences === true && !(now?.allSequences ?? false)
      ? obstacle(inventory, 'publication.allSequences')
      : null,
    except.length > 0 && !same ? obstacle(inventory, 'publication.exceptTables') : null,
    // What a superuser made, its owner can't widen or narrow.
    now !== null && !same ? obstacle(inventory, 'publication.allTables') : null,
  ];
  const refused = [...new Set(reasons.filter((reason) => reason !== null))];
  return [
    ...refused.map((message): Problem => ({ severity: 'error', message, field: 'tables' })),
    ...checkExcepted(target, except),
  ];
}

/** A table that is left out must be one that could be published, and of a partitioned table the root. */
function checkExcepted(
  { snapshot }: PlanTarget,
  except: NonNullable<PublicationChoice['exceptTables']>,
): readonly Problem[] {
  const find = tablesByName(snapshot.inventory.tables);
  return except.flatMap(({ name, schema }): readonly Problem[] => {
    const object = tableLabel(schema, name);
    const table = find(schema, name);
    const message = !table
      ? `${object} isn’t there any more, so it can’t be left out.`
      : table.isPartition
        ? `${object} is a partition: only the whole partitioned table can be left out.`
        : table.unlogged
          ? `${object} is an unlogged table, which is never published: it needn’t be left out.`
          : null;
    return message === null ? [] : [{ severity: 'error', message, field: 'tables', object }];
  });
}
