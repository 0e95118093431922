import type { PublicationChoice } from '../model/choices.ts';
import type { Plan } from '../model/plan.ts';
import type { Publication } from '../model/publication.ts';
import type { Inventory } from '../model/snapshot.ts';
import { offers } from '../operations/offers.ts';
import { planAlterPublication } from '../operations/publication/alterPublication.ts';
import type { KnownReaders } from '../operations/publication/publicationReaders.ts';
import type { PlanTarget } from '../operations/target.ts';
import { publicationAsChoice } from '../script/publication.ts';
import type { DeclaredPublication } from './shape.ts';

/** A declared publication as a choice, to be made anew. What it leaves out is as PostgreSQL has it by default, on the server's version. */
export function publicationChoice(inventory: Inventory, declared: DeclaredPublication): PublicationChoice {
  const { name, allTables, tables = [], schemas = [], publish, viaPartitionRoot, generatedColumns } = declared;
  const { allSequences, exceptTables = [] } = declared;
  const truncate = offers(inventory, 'publication.truncate');
  const sent = publish ?? ['insert', 'update', 'delete', ...(truncate ? ['truncate'] : [])];
  return {
    name,
    scope: allTables === true ? 'allTables' : 'chosen',
    schemas,
    tables: tables.map((table) => ({
      schema: table.schema,
      name: table.name,
      columns: table.columns ?? null,
      filter: table.filter ?? null,
      ...(table.only === true ? { only: true } : {}),
    })),
    operations: {
      insert: sent.includes('insert'),
      update: sent.includes('update'),
      delete: sent.includes('delete'),
      truncate: sent.includes('truncate'),
    },
    viaRoot: viaPartitionRoot ?? false,
    generatedColumns: generatedColumns ?? 'none',
    ...(exceptTables.length === 0
      ? {}
      : {
          exceptTables: exceptTables.map(({ schema, name: of, only }) => ({
            schema,
            name: of,
            ...(only === true ? { only } : {}),
          })),
        }),
    ...(allSequences === true ? { allSequences } : {}),
  };
}

/** The plan that leads from a publication to what is declared. What is left out stays as it is. */
export function planAlteredPublication(
  target: PlanTarget,
  there: Publication,
  declared: DeclaredPublication,
  readers: KnownReaders,
): Plan {
  const { inventory } = target.snapshot;
  const { name } = there;
  const { allTables, exceptTables, allSequences, tables, schemas, publish } = declared;
  const { viaPartitionRoot, generatedColumns } = declared;
  const wanted = publicationChoice(inventory, declared);
  const now = publicationAsChoice(inventory, there);
  const choice: PublicationChoice = {
    ...wanted,
    ...(publish === undefined ? { operations: now.operations } : {}),
    ...(viaPartitionRoot === undefined ? { viaRoot: now.viaRoot } : {}),
    ...(generatedColumns === undefined ? { generatedColumns: now.generatedColumns } : {}),
    // One of them says what is published as a whole; none of them says nothing of it.
    ...([allTables, exceptTables, allSequences, tables, schemas].every((said) => said === undefined)
      ? {
          scope: now.scope,
          tables: now.tables,
          schemas: now.schemas,
          ...(now.exceptTables ? { exceptTables: now.exceptTables } : {}),
          ...(now.allSequences ? { allSequences: now.allSequences } : {}),
        }
      : {}),
  };
  return planAlterPublication(target, name, choice, readers);
}
