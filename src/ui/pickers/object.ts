import type { PlanTarget } from '../../replication/operations/target.ts';
import type { Services } from '../services.ts';
import { byText } from '../tree/model.ts';
import type { NodeOf, TreeNode } from '../tree/node.ts';
import { scopeWords } from '../tree/nodes/publication.ts';
import { count, joined, tableName } from '../tree/words.ts';
import { openTarget, pickConnection } from './connection.ts';
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

type Noun = 'publication' | 'subscription' | 'slot';

/**
 * The publications, subscriptions or slots a command is about: the rows it was called on (all that are selected,
 * where the clicked one is among them), or what the person picks. Only of one server.
 */
export async function namedObjects(
  services: Services,
  noun: Noun,
  rows: readonly [node: TreeNode | undefined, selected: readonly TreeNode[] | undefined],
  question: string,
): Promise<Objects<string>> {
  const nodes = rowsOf(rows).filter((row): row is NodeOf<Noun> => row.kind === noun);
  const [first] = nodes;
  if (first) {
    const target = await openTarget(services, first.connectionId);
    const names = nodes.filter(({ connectionId }) => connectionId === first.connectionId).map(({ name }) => name);
    return { target, names: [first.name, ...names.slice(1)] };
  }
  const target = await pickTarget(services, rows[0]);
  return { target, names: [await pickOne(question, choices(noun, target))] };
}

/** The tables a command is about: rows of the tree, or what the person picks. Only of one server. */
export async function tableObjects(
  services: Services,
  rows: readonly [node: TreeNode | undefined, selected: readonly TreeNode[] | undefined],
  question: string,
): Promise<Objects<TableRef>> {
  const nodes = rowsOf(rows).filter((row) => row.kind === 'table' || row.kind === 'publishedTable');
  const [first] = nodes;
  if (first) {
    const target = await openTarget(services, first.connectionId);
    const others = nodes.slice(1).filter(({ connectionId }) => connectionId === first.connectionId);
    return { target, names: [first, ...others] };
  }
  const target = await pickTarget(services, rows[0]);
  const tables = mustHave(
    [...target.snapshot.inventory.tables]
      .sort((a, b) => byText(a.schema, b.schema) || byText(a.name, b.name))
      .map((table): Choice<TableRef> => ({
        value: table,
        label: tableName(table),
        description: `identity: ${table.replicaIdentity}`,
      })),
    `${target.serverName} has no tables in this database.`,
    'Choose another connection.',
  );
  const [picked, ...others] = await pickMany(question, tables);
  if (!picked) throw new RangeError('nothing was picked');
  return { target, names: [picked, ...others] };
}

/** The rows a command was called on: the selection where the clicked row belongs to it, otherwise that row alone. */
export function rowsOf([node, selected]: readonly [
  node: TreeNode | undefined,
  selected: readonly TreeNode[] | undefined,
]): readonly TreeNode[] {
  if (!node) return [];
  return selected?.some(({ id }) => id === node.id) ? [node, ...selected.filter(({ id }) => id !== node.id)] : [node];
}

/** The connection of a row, or the one the person picks; opened. */
export async function pickTarget(services: Services, node: TreeNode | undefined): Promise<PlanTarget> {
  const connectionId =
    node && 'connectionId' in node ? node.connectionId : await pickConnection(services, 'On which connection?');
  return openTarget(services, connectionId);
}

function choices(noun: Noun, { snapshot, serverName }: PlanTarget): readonly Choice<string>[] {
  const { inventory, pulse } = snapshot;
  const list = (): readonly Choice<string>[] => {
    switch (noun) {
      case 'publication':
        return inventory.publications.map((publication) => ({
          value: publication.name,
          label: publication.name,
          description: scopeWords(publication),
        }));
      case 'subscription':
        return inventory.subscriptions.map(({ name, enabled, tables }) => ({
          value: name,
          label: name,
          description: joined([enabled ? 'enabled' : 'disabled', count(tables.length, 'table')]),
        }));
      case 'slot':
        return pulse.slots.map(({ name, active, database, plugin, lost }) => ({
          value: name,
          label: name,
          description: joined([lost ? 'lost' : active ? 'active' : 'inactive', database, plugin]),
        }));
    }
  };
  const what = noun === 'slot' ? 'replication slot' : noun;
  return mustHave(list(), `${serverName} has no ${what}.`, 'Choose another connection.');
}
