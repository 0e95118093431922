import { ReplicationError } from '../model/errors.ts';
import type { TableName } from '../model/reads.ts';
import type { Inventory } from '../model/snapshot.ts';
import type { Statement } from '../model/statement.ts';
import { tableLabel } from '../operations/words.ts';
import { quoteIdentifier, quoteQualified } from '../postgres/quote.ts';
import { mustFind } from './find.ts';

/**
 * The statement that sets a table's replica identity as it is. Throws ReplicationError: 'missing' for a table that isn't
 * there, 'invalidInput' where its identity was an index that has been dropped.
 */
export function scriptIdentity(inventory: Inventory, { schema, name }: TableName): readonly Statement[] {
  const label = tableLabel(schema, name);
  const table = mustFind(
    inventory.tables.find((candidate) => candidate.schema === schema && candidate.name === name),
    `table ${label}`,
  );
  if (table.replicaIdentity === 'index' && table.identityIndex === undefined) {
    throw new ReplicationError(
      'invalidInput',
      `The index that was the replica identity of ${label} has been dropped.`,
      {
        advice: 'Set Replica Identity gives the table another one.',
      },
    );
  }
  const identity =
    table.identityIndex === undefined
      ? table.replicaIdentity.toUpperCase()
      : `USING INDEX ${quoteIdentifier(table.identityIndex)}`;
  return [[`ALTER TABLE ${quoteQualified(schema, name)} REPLICA IDENTITY ${identity}`]];
}
