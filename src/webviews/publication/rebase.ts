import type { PublicationDraft } from '../../protocol/publication.ts';
import { type DraftTable, tableKey } from './draft.ts';

/** Whether two drafts say the same of a publication. What is to be refreshed afterwards isn't part of one. */
export function samePublication(one: PublicationDraft, other: PublicationDraft): boolean {
  return essence(one) === essence(other);
}

/**
 * What was typed, on top of what is now: where `draft` differs from `base`, which it started from, the draft goes
 * on; everything else is as in `present`.
 */
export function rebase(draft: PublicationDraft, base: PublicationDraft, present: PublicationDraft): PublicationDraft {
  const pick = <Key extends keyof PublicationDraft>(key: Key): PublicationDraft[Key] =>
    same(draft[key], base[key]) ? present[key] : draft[key];
  const { allSequences: _sequences, exceptTables: _except, ...others } = draft;
  const exceptTables = pick('exceptTables');
  return {
    ...others,
    ...(exceptTables ? { exceptTables } : {}),
    ...(pick('allSequences') ? { allSequences: true } : {}),
    name: pick('name'),
    scope: pick('scope'),
    operations: {
      insert: pickOperation('insert'),
      update: pickOperation('update'),
      delete: pickOperation('delete'),
      truncate: pickOperation('truncate'),
    },
    viaRoot: pick('viaRoot'),
    generatedColumns: pick('generatedColumns'),
    schemas: mergedSchemas(),
    tables: mergedTables(),
  };

  function pickOperation(name: keyof PublicationDraft['operations']): boolean {
    return draft.operations[name] === base.operations[name] ? present.operations[name] : draft.operations[name];
  }

  function mergedSchemas(): string[] {
    const removed = new Set(base.schemas.filter((schema) => !draft.schemas.includes(schema)));
    const added = draft.schemas.filter((schema) => !base.schemas.includes(schema));
    return [...new Set([...present.schemas.filter((schema) => !removed.has(schema)), ...added])];
  }

  function mergedTables(): DraftTable[] {
    const [started, wanted, now] = [byKey(base), byKey(draft), byKey(present)];
    const keys = new Set([...now.keys(), ...wanted.keys()]);
    return [...keys].flatMap((key): readonly DraftTable[] => {
      const [before, typed, there] = [started.get(key), wanted.get(key), now.get(key)];
      const untouched = same(before ?? null, typed ?? null);
      const kept = untouched ? there : typed;
      return kept ? [kept] : [];
    });
  }
}

function byKey(draft: PublicationDraft): ReadonlyMap<string, DraftTable> {
  return new Map(draft.tables.map((table) => [tableKey(table), table]));
}

/** The draft as a text that says nothing of the order of its parts, nor of what isn't the publication's. */
function essence(draft: PublicationDraft): string {
  const { generatedColumns, name, operations, scope, viaRoot } = draft;
  const tables = draft.tables.map((table) =>
    JSON.stringify([tableKey(table), table.columns, table.filter, table.only === true]),
  );
  const except = (draft.exceptTables ?? []).map((table) => JSON.stringify([tableKey(table), table.only === true]));
  const { insert, truncate, update } = operations;
  return JSON.stringify([
    [name, scope, viaRoot, generatedColumns, insert, update, operations.delete, truncate],
    [...draft.schemas].sort(byText),
    tables.sort(byText),
    draft.allSequences === true,
    except.sort(byText),
  ]);
}

function byText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
