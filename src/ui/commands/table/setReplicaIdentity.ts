import type { ReplicaIdentityChoice } from '../../../replication/model/choices.ts';
import type { TableDetails } from '../../../replication/model/table.ts';
import { planSetReplicaIdentity } from '../../../replication/operations/table/replicaIdentity.ts';
import { tableObjects } from '../../pickers/object.ts';
import { type Choice, pickOne } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import type { PublishedTableNode, TableNode, TreeNode } from '../../tree/node.ts';
import { count, tableName } from '../../tree/words.ts';
import { bestIndex, type Identity, identityChoices, identityChoicesOfAll } from './identityChoices.ts';

/** Set Replica Identity…: also by each index that qualifies; the others say why they don't. */
export async function setReplicaIdentity(
  services: Services,
  node?: TableNode | PublishedTableNode,
  selected?: readonly TreeNode[],
): Promise<void> {
  const { target, names } = await tableObjects(services, [node, selected], {
    question: 'Set the replica identity of which tables?',
    changes: true,
  });
  const oids = names.map(({ oid }) => oid);
  const details = await services.service.tableDetails(target.connectionId, oids);
  const tables = target.snapshot.inventory.tables.filter(({ oid }) => oids.includes(oid));
  const [first] = names;
  const question =
    names.length === 1
      ? `Replica identity of ${tableName(first)}`
      : `Replica identity of ${count(names.length, 'table')}`;
  const choices = names.length === 1 ? identityChoices(details[0], tables[0]) : identityChoicesOfAll(details, tables);
  const chosen = await pickFit(question, choices);
  await services.plans.run(planSetReplicaIdentity(target, choiceOf(names, chosen, details), details));
}

/** Of several tables each gets its own index. */
function choiceOf(
  names: readonly { readonly oid: number; readonly schema: string; readonly name: string }[],
  { identity, index }: Identity,
  details: readonly TableDetails[],
): ReplicaIdentityChoice {
  const own = identity === 'index' && index === null;
  const tables = names.map(({ name, oid, schema }) => {
    const found = own ? bestIndex(details.find((table) => table.oid === oid)) : undefined;
    return { schema, name, ...(found ? { index: found.name } : {}) };
  });
  return { tables, identity, index };
}

/** Asks again where what was chosen can't be: an index that doesn't qualify is shown only to say why. */
async function pickFit(question: string, choices: readonly Choice<Identity>[]): Promise<Identity> {
  for (;;) {
    const chosen = await pickOne(question, choices);
    if (!chosen.unfit) return chosen;
  }
}
