import type { PublicationChoice } from '../../../model/choices.ts';
import type { Problem } from '../../../model/plan.ts';
import type { Column, TableDetails } from '../../../model/table.ts';
import { obstacle } from '../../offers.ts';
import type { PlanTarget } from '../../target.ts';
import { listInWords, tableLabel } from '../../words.ts';
import { namesMembers } from '../publicationScope.ts';
import { tableKey, tablesByName } from '../publishedTables.ts';
import type { Verdicts } from './checkVerdicts.ts';
import { filterFault } from './filterFault.ts';

/**
 * Column lists and row filters, as far as they can be judged here: what the server would refuse, and what its
 * applications would run into. What a table has a verdict on is left to that.
 */
export function checkColumns(
  target: PlanTarget,
  choice: PublicationChoice,
  details: ReadonlyMap<number, TableDetails>,
  verdicts: Verdicts,
): readonly Problem[] {
  if (!namesMembers(choice)) return [];
  const find = tablesByName(target.snapshot.inventory.tables);
  return choice.tables.flatMap((chosen) => {
    const table = find(chosen.schema, chosen.name);
    const columns = table && details.get(table.oid)?.columns;
    const object = tableLabel(chosen.schema, chosen.name);
    const judged = verdicts.has(tableKey(chosen));
    return [
      ...checkList(target, choice, chosen, judged ? undefined : columns, object),
      ...checkFilter(target, chosen, judged, object),
      ...(table?.partitioned === true && !judged ? checkViaRoot(choice, chosen, object) : []),
    ];
  });
}

type ChosenTable = PublicationChoice['tables'][number];

function checkList(
  target: PlanTarget,
  choice: PublicationChoice,
  chosen: ChosenTable,
  columns: readonly Column[] | undefined,
  object: string,
): readonly Problem[] {
  const list = chosen.columns;
  if (list === null) return [];
  const { inventory } = target.snapshot;
  const problems: Problem[] = [];
  const add = (severity: Problem['severity'], message: string): void => {
    problems.push({ severity, message, field: 'columns', object });
  };
  const unavailable = obstacle(inventory, 'publication.columnLists');
  if (unavailable !== null) add('error', unavailable);
  if (list.length === 0) add('error', `Choose at least one column of ${object}, or all of them.`);
  if (choice.schemas.length > 0) {
    add(
      'error',
      `A publication of whole schemas can’t have column lists: publish all columns of ${object}, or no schema.`,
    );
  }
  if (!columns) return problems;

  const known = new Map(columns.map((column) => [column.name, column]));
  const unknown = list.filter((name) => !known.has(name));
  if (unknown.length > 0) add('error', `${object} has no column ${listInWords(unknown)}.`);
  const generated = list.filter((name) => known.get(name)?.generated === 'virtual');
  if (generated.length > 0)
    add('error', `${listInWords(generated)} of ${object} is computed when read and can’t be published.`);
  const noStored = obstacle(inventory, 'publication.generatedColumns');
  const stored = list.filter((name) => known.get(name)?.generated === 'stored');
  if (noStored !== null && stored.length > 0) {
    add('error', `${listInWords(stored)} of ${object} is a generated column, which this server can’t publish.`);
  }
  const missing = columns.filter((column) => column.inIdentity && !list.includes(column.name)).map(({ name }) => name);
  if (sendsOldRows(choice) && missing.length > 0) {
    add(
      'warning',
      `The columns of ${object} leave out ${listInWords(missing)}, which its replica identity needs: once it is published, every ` +
        `${operationsInWords(choice)} on it fails. Add ${missing.length === 1 ? 'it' : 'them'}, or publish no updates and deletes.`,
    );
  }
  return problems;
}

function checkFilter(target: PlanTarget, chosen: ChosenTable, judged: boolean, object: string): readonly Problem[] {
  if (chosen.filter === null) return [];
  const problems: Problem[] = [];
  const refuse = (message: string): void => {
    problems.push({ severity: 'error', message, field: 'filter', object });
  };
  const unavailable = obstacle(target.snapshot.inventory, 'publication.rowFilters');
  if (unavailable !== null) refuse(unavailable);
  if (chosen.filter.trim() === '') {
    refuse(`The row filter of ${object} is empty: write a condition, or publish all rows.`);
  }
  const fault = judged ? null : filterFault(chosen.filter);
  if (fault !== null) refuse(`The row filter of ${object} isn’t one whole condition. ${fault}`);
  return problems;
}

/** Columns and filter of a partitioned table hold for its changes as a whole, which are sent only via the root. */
function checkViaRoot(
  { viaRoot }: PublicationChoice,
  { columns, filter }: ChosenTable,
  object: string,
): readonly Problem[] {
  if (viaRoot || (columns === null && filter === null)) return [];
  const what = filter === null ? 'column list' : 'row filter';
  return [
    {
      severity: 'error',
      message: `${object} is a partitioned table: it can have a ${what} only where changes are published via the partition root. Turn that on, or choose its partitions.`,
      field: filter === null ? 'columns' : 'filter',
      object,
    },
  ];
}

function sendsOldRows({ operations }: PublicationChoice): boolean {
  return operations.update || operations.delete;
}

/** "UPDATE and DELETE", as far as they are published. */
export function operationsInWords({ operations }: Pick<PublicationChoice, 'operations'>): string {
  return [...(operations.update ? ['UPDATE'] : []), ...(operations.delete ? ['DELETE'] : [])].join(' and ');
}
