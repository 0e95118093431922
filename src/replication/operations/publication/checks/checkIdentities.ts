import type { PublicationChoice } from '../../../model/choices.ts';
import type { Problem } from '../../../model/plan.ts';
import type { Table, TableDetails } from '../../../model/table.ts';
import { offers } from '../../offers.ts';
import type { PlanTarget } from '../../target.ts';
import { count, listInWords, tableLabel } from '../../words.ts';
import { namesMembers, wantedScope } from '../publicationScope.ts';
import { rowsHeldBy, tableKey, tablesByName } from '../publishedTables.ts';
import { operationsInWords } from './checkColumns.ts';
import type { Verdicts } from './checkVerdicts.ts';

/** A form has no use for a thousand warnings of a kind. */
const mostSingleWarnings = 10;

/**
 * Tables whose UPDATE and DELETE would fail on the publisher once they are published, the leaf partitions of
 * partitioned tables among them. Nothing where neither is published. A table whose verdict says so isn't named twice.
 */
export function checkIdentities(
  target: PlanTarget,
  choice: PublicationChoice,
  details: ReadonlyMap<number, TableDetails>,
  verdicts: Verdicts,
): readonly Problem[] {
  if (!choice.operations.update && !choice.operations.delete) return [];
  const { inventory } = target.snapshot;
  const named = namesMembers(choice);
  const members = {
    ...wantedScope(inventory, choice),
    schemas: named ? choice.schemas : [],
    tables: named ? choice.tables : [],
    viaRoot: choice.viaRoot,
  };
  const said = (table: { readonly schema: string; readonly name: string }): boolean =>
    (verdicts.get(tableKey(table))?.identityProblem ?? null) !== null;
  const without = rowsHeldBy(inventory, members).filter((table) => !table.identityUsable && !said(table));
  const full = checkFullIdentity(
    target,
    { ...choice, tables: choice.tables.filter((table) => !verdicts.has(tableKey(table))) },
    details,
  );
  return [...summarise(without, choice), ...full];
}

function summarise(tables: readonly Table[], choice: PublicationChoice): readonly Problem[] {
  const failing = `every ${operationsInWords(choice)} on`;
  if (tables.length <= mostSingleWarnings) {
    return tables.map((table) => {
      const object = tableLabel(table.schema, table.name);
      return {
        severity: 'warning',
        field: 'tables',
        object,
        message: `${object} has no replica identity${reasonOf(table)}: once it is published, ${failing} it fails. Set one first, or publish no updates and deletes.`,
      };
    });
  }
  const names = tables.map((table) => tableLabel(table.schema, table.name));
  return [
    {
      severity: 'warning',
      field: 'tables',
      message: `${count(tables.length, 'table')} have no replica identity (${listInWords(names)}): once they are published, ${failing} them fails. Set one for each first, or publish no updates and deletes.`,
    },
  ];
}

function reasonOf(table: Table): string {
  switch (table.replicaIdentity) {
    case 'default':
      return ' (no primary key that could serve)';
    case 'index':
      return ' (its index is gone or can’t serve)';
    case 'nothing':
      return ' (set to NOTHING)';
    case 'full':
      return '';
  }
}

/**
 * Replica identity FULL takes in generated columns; where those can be published at all (18), UPDATE and DELETE
 * fail unless they are.
 */
function checkFullIdentity(
  target: PlanTarget,
  choice: PublicationChoice,
  details: ReadonlyMap<number, TableDetails>,
): readonly Problem[] {
  const { inventory } = target.snapshot;
  if (choice.generatedColumns === 'stored' || !offers(inventory, 'publication.generatedColumns')) return [];
  const find = tablesByName(inventory.tables);
  return choice.tables.flatMap((chosen): readonly Problem[] => {
    const table = find(chosen.schema, chosen.name);
    if (!table || table.replicaIdentity !== 'full' || chosen.columns !== null) return [];
    const stored = (details.get(table.oid)?.columns ?? []).filter((column) => column.generated === 'stored');
    if (stored.length === 0) return [];
    const object = tableLabel(chosen.schema, chosen.name);
    const names = listInWords(stored.map(({ name }) => name));
    return [
      {
        severity: 'warning',
        field: 'options',
        object,
        message: `${object} has replica identity FULL and the generated column ${names}: once it is published, every ${operationsInWords(choice)} on it fails unless generated columns are published too.`,
      },
    ];
  });
}
