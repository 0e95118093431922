import { ReplicationError } from '../../replication/model/errors.ts';
import type { Table } from '../../replication/model/table.ts';
import type { PlanTarget } from '../../replication/operations/target.ts';
import type { Services } from '../services.ts';
import { byText } from '../tree/model.ts';
import type { NodeOf, TreeNode } from '../tree/node.ts';
import { tableName } from '../tree/words.ts';
import { openTarget, pickConnection, refuseReadOnly } from './connection.ts';
import { type Need, nothingFits } from './need.ts';
import { type Noun, objectChoices, type Picked } from './objectChoices.ts';
import { type Choice, mustHave, pickMany, pickOne } from './pick.ts';

/** What a command works on: one server, and names on it. */
export interface Objects<Name> {
  readonly target: PlanTarget;
  readonly names: readonly [Name, ...Name[]];
}

export interface TableRef {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

/** What a command asks where it wasn't called on a row, and what it can be called for. */
export interface ObjectQuestion<Kind extends Noun> {
  /** "Drop which publication?" */
  readonly question: string;
  /** Whether it changes the server: a connection marked read-only is refused before anything is asked, and isn't offered. */
  readonly changes: boolean;
  /** Which objects are offered; all unless told. */
  readonly fits?: (object: Picked[Kind]) => boolean;
  /** What a server has where none fits: "no subscription that is disabled". */
  readonly none?: string;
  /** What can be done where no connection has one: "Create a publication first." */
  readonly advice?: string;
  /** Whether several can be picked. */
  readonly several?: boolean;
}

/** The rows a command was called on: the clicked one, and what is selected where several rows are. */
export type Rows = readonly [node: TreeNode | undefined, selected: readonly TreeNode[] | undefined];

/**
 * The publications, subscriptions or slots a command is about: the rows it was called on (all that are selected,
 * where the clicked one is among them), or what the person picks. Only of one server. Throws ReplicationError
 * 'readOnlyConnection', 'missing' with why nothing can be picked, or a cancellation.
 */
export async function namedObjects<Kind extends Noun>(
  services: Services,
  noun: Kind,
  rows: Rows,
  ask: ObjectQuestion<Kind>,
): Promise<Objects<string>> {
  const nodes = rowsOf(rows).filter((row): row is NodeOf<Noun> => row.kind === noun);
  const [first] = nodes;
  if (first) {
    if (ask.changes) refuseReadOnly(services, first.connectionId);
    const target = await openTarget(services, first.connectionId);
    const names = nodes.filter(({ connectionId }) => connectionId === first.connectionId).map(({ name }) => name);
    return { target, names: [first.name, ...names.slice(1)] };
  }
  const { fits = () => true, none = `no ${noun === 'slot' ? 'replication slot' : noun}` } = ask;
  const choices = (snapshot: PlanTarget['snapshot']): readonly Choice<string>[] => objectChoices(noun, snapshot, fits);
  const target = await pickTarget(services, rows[0], {
    question: ask.question,
    changes: ask.changes,
    lacks: (snapshot) => (choices(snapshot).length === 0 ? `has ${none}` : null),
    none: `has ${none.replace(/^no /, 'a ')}`,
    ...(ask.advice === undefined ? {} : { advice: ask.advice }),
  });
  const found = mustHave(choices(target.snapshot), `${target.serverName} has ${none}.`, ask.advice ?? '');
  const question = onServer(ask.question, target);
  return {
    target,
    names: atLeastOne(ask.several ? await pickMany(question, found) : [await pickOne(question, found)]),
  };
}

/** The tables a command is about: rows of the tree, or what the person picks. Only of one server. Throws as `namedObjects`. */
export async function tableObjects(
  services: Services,
  rows: Rows,
  { changes, question }: { readonly question: string; readonly changes: boolean },
): Promise<Objects<TableRef>> {
  const nodes = rowsOf(rows).filter((row) => row.kind === 'table' || row.kind === 'publishedTable');
  const [first] = nodes;
  if (first) {
    if (changes) refuseReadOnly(services, first.connectionId);
    const target = await openTarget(services, first.connectionId);
    const others = nodes.slice(1).filter(({ connectionId }) => connectionId === first.connectionId);
    return { target, names: [first, ...others] };
  }
  const target = await pickTarget(services, rows[0], {
    question,
    changes,
    lacks: ({ inventory }) => (inventory.tables.length === 0 ? 'has no tables in its database' : null),
    none: 'leads to a database with tables',
  });
  const tables = mustHave(
    tableChoices(target.snapshot.inventory.tables),
    `${target.serverName} has no tables in this database.`,
    'Choose another connection.',
  );
  return { target, names: atLeastOne(await pickMany(onServer(question, target), tables)) };
}

function tableChoices(tables: readonly Table[]): readonly Choice<TableRef>[] {
  return tables
    .toSorted((a, b) => byText(a.schema, b.schema) || byText(a.name, b.name))
    .map((table) => ({ value: table, label: tableName(table), description: `identity: ${table.replicaIdentity}` }));
}

/** The rows a command was called on: the selection where the clicked row belongs to it, otherwise that row alone. */
export function rowsOf([node, selected]: Rows): readonly TreeNode[] {
  if (!node) return [];
  return selected?.some(({ id }) => id === node.id) ? [node, ...selected.filter(({ id }) => id !== node.id)] : [node];
}

/** What is asked for a connection. */
export interface TargetQuestion extends Need {
  /** What the command will do, as a question: "Create a publication on which connection?", "Drop which slot?" */
  readonly question: string;
  /** What no connection does, where none will do, as words that follow: "has a subscription", "can have a new slot". */
  readonly none: string;
  /** What can be done then. */
  readonly advice?: string;
}

/**
 * The connection of a row, or the one the person picks among those that the command can do something on; opened. Throws
 * ReplicationError 'readOnlyConnection' or 'missing' before anything is asked, or a cancellation.
 */
export async function pickTarget(
  services: Services,
  node: TreeNode | undefined,
  { advice = '', question, none, ...need }: TargetQuestion,
): Promise<PlanTarget> {
  if (node && 'connectionId' in node) {
    if (need.changes) refuseReadOnly(services, node.connectionId);
    return openTarget(services, node.connectionId);
  }
  const first = question.includes('connection') ? question : `${question} Choose its connection.`;
  const target = await openTarget(
    services,
    await pickConnection(services, first, { need, none: (unfit) => nothingFits(none, unfit), advice }),
  );
  const why = need.lacks?.(target.snapshot) ?? null;
  if (why !== null) throw new ReplicationError('missing', `${target.serverName} ${why}.`, { advice });
  return target;
}

/** "Drop which publication on shop?": the only connection that fits isn't asked for, so it is named here. */
function onServer(question: string, { serverName }: PlanTarget): string {
  return `${question.replace(/\?$/, '')} on ${serverName}?`;
}

function atLeastOne<Value>([first, ...others]: readonly Value[]): readonly [Value, ...Value[]] {
  if (first === undefined) throw new RangeError('nothing was picked');
  return [first, ...others];
}
