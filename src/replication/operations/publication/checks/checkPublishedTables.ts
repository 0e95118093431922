import type { PublicationChoice } from '../../../model/choices.ts';
import type { Problem } from '../../../model/plan.ts';
import type { Table } from '../../../model/table.ts';
import { obstacle } from '../../offers.ts';
import type { PlanTarget } from '../../target.ts';
import { tableLabel } from '../../words.ts';
import { namesMembers } from '../publicationScope.ts';
import { tableKey, tablesByName } from '../publishedTables.ts';
import type { Verdicts } from './checkVerdicts.ts';

/**
 * Whether each chosen table is there, may be published at all, and by this role. `kept` (of `tableKey`) stay in the
 * publication as they are, which takes no right on them; what a table has a verdict of the server on is left to that.
 */
export function checkPublishedTables(
  target: PlanTarget,
  choice: PublicationChoice,
  verdicts: Verdicts,
  kept: ReadonlySet<string> = new Set(),
): readonly Problem[] {
  if (!namesMembers(choice)) return [];
  const { inventory } = target.snapshot;
  const find = tablesByName(inventory.tables);
  const noPartitioned = obstacle(inventory, 'publication.partitionedTables');
  const { superuser, name: role } = inventory.server.role;
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const chosen of choice.tables) {
    const object = tableLabel(chosen.schema, chosen.name);
    const refuse = (message: string): void => {
      problems.push({ severity: 'error', message, field: 'tables', object });
    };
    if (seen.has(object)) refuse(`${object} is chosen twice.`);
    seen.add(object);
    if (kept.has(tableKey(chosen)) || (verdicts.get(tableKey(chosen))?.error ?? null) !== null) continue;
    const table = find(chosen.schema, chosen.name);
    if (!table) {
      refuse(`${object} isn’t there any more, or isn’t a table that can be published.`);
      continue;
    }
    const reason = unpublishable(table, object, noPartitioned);
    if (reason !== null) refuse(reason);
    if (!table.ownedByMe && !superuser) {
      refuse(`Only its owner may publish ${object}: it belongs to ${table.owner}, and you are ${role}.`);
    }
  }
  return problems;
}

function unpublishable(table: Table, object: string, noPartitioned: string | null): string | null {
  if (table.unlogged) return `${object} is an unlogged table: its changes aren’t in the WAL, so it can’t be published.`;
  if (table.partitioned && noPartitioned !== null) {
    return `${object} is a partitioned table: ${noPartitioned} Choose its partitions instead.`;
  }
  return null;
}
