import type { PublicationChoice } from '../../model/choices.ts';
import type { Problem } from '../../model/plan.ts';
import type { Column, TableDetails } from '../../model/table.ts';
import { obstacle } from '../offers.ts';
import { tablesByName } from '../publishedTables.ts';
import type { PlanTarget } from '../target.ts';
import { listInWords, tableLabel } from '../words.ts';
import { scanFilter } from './filterScan.ts';

/** Column lists and row filters: what the server would refuse, and what its applications would run into. */
export function checkColumns(
  target: PlanTarget,
  choice: PublicationChoice,
  details: ReadonlyMap<number, TableDetails>,
): readonly Problem[] {
  if (choice.scope === 'allTables') return [];
  const find = tablesByName(target.snapshot.inventory.tables);
  return choice.tables.flatMap((chosen) => {
    const oid = find(chosen.schema, chosen.name)?.oid;
    const columns = oid === undefined ? undefined : details.get(oid)?.columns;
    const object = tableLabel(chosen.schema, chosen.name);
    return [
      ...checkList(target, choice, chosen, columns, object),
      ...checkFilter(target, choice, chosen, columns, object),
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

function checkFilter(
  target: PlanTarget,
  choice: PublicationChoice,
  chosen: ChosenTable,
  columns: readonly Column[] | undefined,
  object: string,
): readonly Problem[] {
  if (chosen.filter === null) return [];
  const problems: Problem[] = [];
  const add = (severity: Problem['severity'], message: string): void => {
    problems.push({ severity, message, field: 'filter', object });
  };
  const unavailable = obstacle(target.snapshot.inventory, 'publication.rowFilters');
  if (unavailable !== null) add('error', unavailable);
  if (chosen.filter.trim() === '')
    add('error', `The row filter of ${object} is empty: write a condition, or publish all rows.`);
  const scan = scanFilter(chosen.filter);
  if (scan.fault !== null) add('error', `The row filter of ${object} isn’t one whole condition. ${scan.fault}`);
  const outside = (columns ?? [])
    .filter((column) => !column.inIdentity && scan.identifiers.includes(column.name))
    .map(({ name }) => name);
  if (sendsOldRows(choice) && outside.length > 0) {
    add(
      'warning',
      `The row filter of ${object} seems to use ${listInWords(outside)}, outside its replica identity: then every ` +
        `${operationsInWords(choice)} on it fails once it is published. Set a replica identity that covers ` +
        `${outside.length === 1 ? 'it' : 'them'}, or publish no updates and deletes.`,
    );
  }
  return problems;
}

function sendsOldRows({ operations }: PublicationChoice): boolean {
  return operations.update || operations.delete;
}

/** "UPDATE and DELETE", as far as they are published. */
export function operationsInWords({ operations }: Pick<PublicationChoice, 'operations'>): string {
  return [...(operations.update ? ['UPDATE'] : []), ...(operations.delete ? ['DELETE'] : [])].join(' and ');
}
