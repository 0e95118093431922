import type { CapabilityName } from '../model/capability.ts';
import type { Inventory, Snapshot } from '../model/snapshot.ts';
import { offers } from '../operations/offers.ts';
import { tablesByName } from '../operations/publication/publishedTables.ts';
import { optionRules } from '../operations/subscription/subscriptionOptions.ts';
import { tableLabel } from '../operations/words.ts';
import type { PathFault, ValuePath } from './faults.ts';
import type { Declaration, DeclaredOptions, DeclaredPublication, DeclaredSubscription } from './shape.ts';

/**
 * What of a declaration a server can't have: tables and schemas that aren't there, and what its version lacks. As
 * errors, each of which would stop the plan in its middle.
 */
export function checkAgainst(declaration: Declaration, { inventory }: Snapshot): readonly PathFault[] {
  const { publications = [], subscriptions = [], slots = [], replicaIdentities = [] } = declaration;
  const known = tablesByName(inventory.tables);
  const table = (path: ValuePath, schema: string, name: string): readonly PathFault[] =>
    known(schema, name)
      ? []
      : [fault([...path, 'name'], `There is no table ${tableLabel(schema, name)} in ${inventory.server.database}.`)];
  return [
    ...publications.flatMap((publication, index) => [
      ...lacking(inventory, publicationNeeds(publication), ['publications', index]),
      ...(publication.tables ?? []).flatMap(({ schema, name }, at) =>
        table(['publications', index, 'tables', at], schema, name),
      ),
      ...(publication.exceptTables ?? []).flatMap(({ schema, name }, at) =>
        table(['publications', index, 'exceptTables', at], schema, name),
      ),
      ...(publication.schemas ?? []).flatMap((schema, at) =>
        inventory.server.schemas.includes(schema)
          ? []
          : [
              fault(
                ['publications', index, 'schemas', at],
                `There is no schema ${schema} in ${inventory.server.database}.`,
              ),
            ],
      ),
    ]),
    ...subscriptions.flatMap((subscription, index) => [
      ...lacking(inventory, subscriptionNeeds(subscription.options ?? {}), ['subscriptions', index, 'options']),
      ...lacking(
        inventory,
        [['foreignServer', subscription.foreignServer !== undefined, 'subscription.foreignServer']],
        ['subscriptions', index],
      ),
      ...unconnected(inventory, subscription, ['subscriptions', index]),
    ]),
    ...slots.flatMap(({ twoPhase, failover }, index) =>
      lacking(
        inventory,
        [
          ['twoPhase', twoPhase === true, 'slot.twoPhase'],
          ['failover', failover === true, 'slot.failover'],
        ],
        ['slots', index],
      ),
    ),
    ...replicaIdentities.flatMap(({ schema, name }, index) => table(['replicaIdentities', index], schema, name)),
  ];
}

/** The key that asks for something, whether it does, and what the server must have for it. */
type Need = readonly [key: string, wanted: boolean, capability: CapabilityName];

function publicationNeeds(publication: DeclaredPublication): readonly Need[] {
  const { schemas = [], tables = [], publish = [], viaPartitionRoot, generatedColumns } = publication;
  return [
    ['schemas', schemas.length > 0, 'publication.schemas'],
    ['tables', tables.some(({ columns }) => columns !== undefined), 'publication.columnLists'],
    ['tables', tables.some(({ filter }) => filter !== undefined), 'publication.rowFilters'],
    ['exceptTables', (publication.exceptTables ?? []).length > 0, 'publication.exceptTables'],
    ['allSequences', publication.allSequences === true, 'publication.allSequences'],
    ['publish', publish.includes('truncate'), 'publication.truncate'],
    ['viaPartitionRoot', viaPartitionRoot === true, 'publication.viaRoot'],
    ['generatedColumns', generatedColumns === 'stored', 'publication.generatedColumns'],
  ];
}

function subscriptionNeeds(options: DeclaredOptions): readonly Need[] {
  return optionRules.flatMap((rule): readonly Need[] => {
    const capability = rule.needs(options as Parameters<typeof rule.needs>[0]);
    return capability === null ? [] : [[rule.key, options[rule.key] !== undefined, capability]];
  });
}

function lacking(inventory: Inventory, needs: readonly Need[], path: ValuePath): readonly PathFault[] {
  return needs.flatMap(([key, wanted, name]) => {
    const capability = inventory.server.capabilities[name];
    if (!wanted || offers(inventory, name) || capability.can) return [];
    const message = `The server has PostgreSQL ${inventory.server.version}. ${capability.reason}`;
    return [{ ...fault([...path, key], message), onKey: true }];
  });
}

function unconnected(inventory: Inventory, subscription: DeclaredSubscription, path: ValuePath): readonly PathFault[] {
  const { foreignServer } = subscription;
  if (foreignServer !== undefined) {
    const known = (inventory.server.foreignServers ?? []).some(({ name }) => name === foreignServer);
    if (known || !offers(inventory, 'subscription.foreignServer')) return [];
    const message = `There is no foreign server ${foreignServer} by which this role can connect a subscription.`;
    return [fault([...path, 'foreignServer'], message)];
  }
  const there = inventory.subscriptions.some(({ name }) => name === subscription.name);
  if (there || subscription.connection !== undefined) return [];
  return [
    fault([...path, 'name'], `The subscription ${subscription.name} isn’t there yet: it needs its “connection”.`),
  ];
}

function fault(path: ValuePath, message: string): PathFault {
  return { severity: 'error', message, path };
}
