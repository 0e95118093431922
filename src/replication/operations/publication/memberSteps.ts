import type { PublicationChoice, PublishedTableChoice } from '../../model/choices.ts';
import type { Step } from '../../model/plan.ts';
import type { Publication } from '../../model/publication.ts';
import type { Inventory } from '../../model/snapshot.ts';
import { quoteIdentifier } from '../../postgres/quote.ts';
import { publicationAsChoice } from '../../script/publication.ts';
import type { StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { listInWords, tableLabel } from '../words.ts';
import { sameMembers, wantedMembers, wantedSchemas, type MemberDifference } from './publicationDiff.ts';
import { membersEffect } from './publicationEffects.ts';
import { readersInWords, unknownReadersInWords, type KnownReaders } from './publicationReaders.ts';
import { memberClause } from './publicationSql.ts';
import { tableKey, tablesByName, writtenMembers } from './publishedTables.ts';

type Verb = 'ADD' | 'DROP' | 'SET';

/**
 * The fewest statements that lead from the members of a publication to those of a choice; neither of them is FOR ALL
 * TABLES. One ADD or one DROP where that is all, otherwise one SET of the whole list, which leaves the members that
 * stay as they are untouched. Where this role may not SET the list (tables of others, schemas without a superuser),
 * what differs is dropped and added.
 */
export function memberSteps(
  target: PlanTarget,
  publication: Publication,
  choice: PublicationChoice,
  difference: MemberDifference,
  readers: KnownReaders,
): readonly StepDraft[] {
  if (sameMembers(difference)) return [];
  const { inventory } = target.snapshot;
  const { added, addedSchemas, changed, removed, removedSchemas } = difference;
  const context = { target, publication, choice, readers };
  const nothing: MemberDifference = { added: [], removed: [], changed: [], addedSchemas: [], removedSchemas: [] };
  if (removed.length + changed.length + removedSchemas.length === 0) return [step(context, 'ADD', difference)];
  if (added.length + changed.length + addedSchemas.length === 0) return [step(context, 'DROP', difference)];
  if (mayAdd(inventory, wantedMembers(inventory, choice), wantedSchemas(inventory, choice))) {
    return [step(context, 'SET', difference)];
  }
  const dropped = [...removed, ...changed.map(({ before }) => before)];
  const again = [...added, ...changed.map(({ after }) => after)];
  return [
    step(context, 'DROP', { ...nothing, removed: dropped, removedSchemas }, changed.length > 0),
    ...(again.length + addedSchemas.length > 0
      ? [step(context, 'ADD', { ...nothing, added: again, addedSchemas })]
      : []),
  ];
}

interface StepContext {
  readonly target: PlanTarget;
  readonly publication: Publication;
  readonly choice: PublicationChoice;
  readonly readers: KnownReaders;
}

function step(context: StepContext, verb: Verb, difference: MemberDifference, withGap = false): StepDraft {
  const { target, publication } = context;
  const { statement, undo } = statements(context, verb, difference);
  const noUndo = 'Only the owner of its tables, or where there are schemas a superuser, may add them again.';
  const consequence = consequenceOf(context, difference, withGap);
  return {
    on: target,
    title: titleOf(publication.name, verb, difference),
    statement: [statement],
    ...(consequence === null ? {} : { consequence }),
    risk:
      consequence !== null && (difference.removed.length > 0 || difference.removedSchemas.length > 0)
        ? 'lossy'
        : 'none',
    undo,
    ...(undo === null ? { noUndo } : {}),
    effect: membersEffect(publication.name, difference),
  };
}

function statements(
  { target, publication, choice }: StepContext,
  verb: Verb,
  { added, addedSchemas, removed, removedSchemas }: MemberDifference,
): { readonly statement: string; readonly undo: Step['undo'] } {
  const { inventory } = target.snapshot;
  const alter = (action: Verb, tables: readonly PublishedTableChoice[], schemas: readonly string[]): string => {
    const one = tables.length + schemas.length === 1;
    const members = memberClause(inventory, tables, schemas) ?? '';
    return `ALTER PUBLICATION ${quoteIdentifier(publication.name)} ${action}${one ? ' ' : '\n  '}${members}`;
  };
  const before = publicationAsChoice(inventory, publication).tables;
  const asBefore = before.filter((table) => removed.some((one) => tableKey(one) === tableKey(table)));
  const { name } = publication;
  switch (verb) {
    case 'ADD': {
      const tables = writtenMembers(inventory, choice.tables, added);
      const back = alter('DROP', bare(inventory, added), addedSchemas);
      return {
        statement: alter('ADD', tables, addedSchemas),
        undo: {
          title: `Take ${membersInWords(added, addedSchemas)} out of publication ${name} again`,
          statement: [back],
        },
      };
    }
    case 'DROP': {
      const back = alter('ADD', asBefore, removedSchemas);
      return {
        statement: alter('DROP', bare(inventory, removed), removedSchemas),
        undo: mayAdd(inventory, asBefore, removedSchemas)
          ? { title: `Add ${membersInWords(removed, removedSchemas)} to publication ${name} again`, statement: [back] }
          : null,
      };
    }
    case 'SET': {
      const wanted = writtenMembers(inventory, choice.tables, wantedMembers(inventory, choice));
      return {
        statement: alter('SET', wanted, wantedSchemas(inventory, choice)),
        undo: mayAdd(inventory, before, publication.schemas)
          ? {
              title: `Put the members of publication ${name} back`,
              statement: [alter('SET', before, publication.schemas)],
            }
          : null,
      };
    }
  }
}

/** Tables as DROP takes them: without columns and filter, and each without those that inherit from it. */
function bare(
  inventory: Inventory,
  tables: readonly { readonly schema: string; readonly name: string }[],
): readonly PublishedTableChoice[] {
  const each = tables.map(({ name, schema }) => ({ schema, name, columns: null, filter: null }));
  return writtenMembers(inventory, each, each);
}

/** Adding takes the ownership of every table named, and a superuser for schemas; so does setting the whole list. */
function mayAdd(
  inventory: Inventory,
  tables: readonly { readonly schema: string; readonly name: string }[],
  schemas: readonly string[],
): boolean {
  if (inventory.server.role.superuser) return true;
  const find = tablesByName(inventory.tables);
  return schemas.length === 0 && tables.every(({ name, schema }) => find(schema, name)?.ownedByMe ?? true);
}

function titleOf(name: string, verb: Verb, difference: MemberDifference): string {
  const { added, addedSchemas, changed, removed, removedSchemas } = difference;
  const comes = membersInWords(added, addedSchemas);
  const goes = membersInWords(removed, removedSchemas);
  if (verb === 'ADD') return `Add ${comes} to publication ${name}`;
  if (verb === 'DROP') return `Take ${goes} out of publication ${name}`;
  const parts = [
    ...(comes === '' ? [] : [`add ${comes}`]),
    ...(goes === '' ? [] : [`take out ${goes}`]),
    ...(changed.length === 0
      ? []
      : [
          `change columns or filter of ${membersInWords(
            changed.map(({ after }) => after),
            [],
          )}`,
        ]),
  ];
  return `Set the members of publication ${name}: ${parts.join('; ')}`;
}

/** "public.orders, public.events and schema sales". */
function membersInWords(
  tables: readonly { readonly schema: string; readonly name: string }[],
  schemas: readonly string[],
): string {
  return listInWords(
    [...tables.map((table) => tableLabel(table.schema, table.name)), ...schemas.map((schema) => `schema ${schema}`)],
    4,
  );
}

/** What a change means for the streams that are there; null where none is known. */
function consequenceOf(
  { target, publication, readers }: StepContext,
  { changed, removed, removedSchemas }: MemberDifference,
  withGap: boolean,
): string | null {
  const known = readersInWords(publication.name, readers.readers ?? []);
  const unknown = unknownReadersInWords(target, known.length > 0, readers.slots);
  if (known.length === 0 && unknown === '') return null;
  const to = known.length > 0 ? `to ${listInWords(known)}` : `to whatever reads ${publication.name}`;
  const parts: string[] = [];
  if (withGap) {
    parts.push(
      `Until the next step has put it back, nothing of ${membersInWords(removed, removedSchemas)} is sent ${to}: what is written in between is missing there for good. One statement could do it only as the owner of all its tables (or, with schemas, as a superuser).`,
    );
  } else if (removed.length + removedSchemas.length > 0) {
    parts.push(
      `Changes to ${membersInWords(removed, removedSchemas)} are no longer sent ${to}. What is written from then on is missing there, also if it is added again later.`,
    );
  }
  if (changed.length > 0) {
    parts.push(
      `${membersInWords(
        changed.map(({ after }) => after),
        [],
      )} is sent ${to} by its new columns and row filter from then on, without a gap; what is there already stays as it is.`,
    );
  }
  return parts.length === 0 ? null : [...parts, unknown].filter((part) => part !== '').join(' ');
}
