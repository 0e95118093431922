import type { ReplicaIdentity, Table, TableDetails, UniqueIndex } from '../../../replication/model/table.ts';
import { planSetReplicaIdentity } from '../../../replication/operations/replicaIdentity.ts';
import { type TableRef, tableObjects } from '../../pickers/object.ts';
import { type Choice, pickOne } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import type { PublishedTableNode, TableNode, TreeNode } from '../../tree/node.ts';
import { count, sentenceList, tableName } from '../../tree/words.ts';

/** A replica identity to choose; `index` only for 'index'. `unfit` can't be chosen, and says why. */
interface Identity {
  readonly identity: ReplicaIdentity;
  readonly index: string | null;
  readonly unfit: boolean;
}

/** Set Replica Identity…: for one table also by each index that qualifies; the others say why they don't. */
export async function setReplicaIdentity(
  services: Services,
  node?: TableNode | PublishedTableNode,
  selected?: readonly TreeNode[],
): Promise<void> {
  const { target, names } = await tableObjects(services, [node, selected], 'Set the replica identity of which tables?');
  const [first] = names;
  const single = names.length === 1;
  const details = single ? (await services.service.tableDetails(target.connectionId, [first.oid]))[0] : undefined;
  const table = single ? target.snapshot.inventory.tables.find(({ oid }) => oid === first.oid) : undefined;
  const question = single
    ? `Replica identity of ${tableName(first)}`
    : `Replica identity of ${count(names.length, 'table')}`;
  const chosen = await pickFit(question, identityChoices(details, table));
  const plan = planSetReplicaIdentity(target, {
    tables: names.map(({ schema, name }: TableRef) => ({ schema, name })),
    identity: chosen.identity,
    index: chosen.index,
  });
  await services.plans.run(plan);
}

/** Asks again where what was chosen can't be: an index that doesn't qualify is shown only to say why. */
async function pickFit(question: string, choices: readonly Choice<Identity>[]): Promise<Identity> {
  for (;;) {
    const chosen = await pickOne(question, choices);
    if (!chosen.unfit) return chosen;
  }
}

/** What can be chosen; `details` and `table` for a single table. */
export function identityChoices(
  details: TableDetails | undefined,
  table: Table | undefined,
): readonly Choice<Identity>[] {
  const now = (identity: ReplicaIdentity): string => (table?.replicaIdentity === identity ? ' (now)' : '');
  const primary = details?.uniqueIndexes.find((index) => index.primary);
  const fit = { unfit: false, index: null };
  return [
    {
      value: { ...fit, identity: 'default' },
      label: `Default: the primary key${now('default')}`,
      detail: defaultDetail(details, primary),
    },
    ...(details?.uniqueIndexes ?? []).filter((index) => !index.primary).map((index) => indexChoice(index)),
    {
      value: { ...fit, identity: 'full' },
      label: `Full: all columns${now('full')}`,
      detail:
        '⚠ Writes the whole old row to the WAL; a subscriber without a fitting index searches the whole table for each change',
    },
    {
      value: { ...fit, identity: 'nothing' },
      label: `Nothing${now('nothing')}`,
      detail: '⚠ UPDATE and DELETE fail on the table while it is in a publication that sends them',
    },
  ];
}

function defaultDetail(details: TableDetails | undefined, primary: UniqueIndex | undefined): string {
  if (!details) return 'Tables without a primary key then have no identity';
  return primary
    ? `${primary.name} (${sentenceList(primary.columns)})`
    : '⚠ This table has no primary key: UPDATE and DELETE fail while they are published';
}

function indexChoice(index: UniqueIndex): Choice<Identity> {
  const columns = sentenceList(index.columns);
  return {
    value: { identity: 'index', index: index.name, unfit: index.unfit !== null },
    label: index.unfit === null ? `Index ${index.name}` : `Not possible: index ${index.name}`,
    description: columns,
    detail: index.unfit ?? 'A unique index on columns that are never null',
  };
}
