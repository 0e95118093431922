import type { Plan, Problem } from '../../model/plan.ts';
import { bytesText } from '../../model/quantity.ts';
import { quoteLiteral } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import { slotNameFault } from '../names.ts';
import { obstacle, refuseUnlessOffered } from '../offers.ts';
import { makePlan, publisherWaitLimitMs } from '../steps.ts';
import { checkFreeSlots } from '../subscription/checks/limits.ts';
import type { PlanTarget } from '../target.ts';
import { retainedBytes } from './retainedWal.ts';
import { refuseOtherDatabase, refuseServersOwn, refuseUnlessReadable, slotOf } from './slotOf.ts';
import { dropIfThereSql, slotLeftover, slotMade } from './slotSql.ts';

/** A copy of a logical slot; `plugin` null keeps the source's. Since 12; a copy is neither two-phase nor failover. */
export interface SlotCopyChoice {
  readonly from: string;
  readonly to: string;
  readonly plugin: string | null;
}

/**
 * The plan that copies a slot, also one that is being read: the copy stands where the source stands at that moment.
 * Throws ReplicationError 'missing', 'unsupported' (before 12, a physical slot, one the server manages itself),
 * 'slotLost', 'invalidInput' (a slot of another database).
 */
export function planCopySlot(target: PlanTarget, choice: SlotCopyChoice): Plan {
  const { from, plugin, to } = choice;
  const { inventory, pulse } = target.snapshot;
  refuseUnlessOffered(inventory, 'slot.copy', `The replication slot ${from} on ${target.serverName} can’t be copied`);
  const source = slotOf(target, from);
  refuseServersOwn(target, source, 'copied');
  refuseUnlessReadable(target, source, 'copied');
  // The server would make the copy in this database instead, at a position of the other: of no use to anybody.
  refuseOtherDatabase(target, source, 'copied');
  // With a plugin the function wants to be told of temporary too.
  const names = `${quoteLiteral(from)}, ${quoteLiteral(to)}`;
  const args = plugin === null ? names : `${names}, false, ${quoteLiteral(plugin)}`;
  const retained = retainedBytes(pulse, source);
  const dropped = [source.twoPhase === true && 'two-phase', source.failover === true && 'failover'].filter(
    (option) => option !== false,
  );
  return makePlan(
    `Copy replication slot ${from} to ${to}`,
    [
      {
        on: target,
        title: `Copy the replication slot ${from} to ${to}`,
        statement: [`SELECT pg_catalog.pg_copy_logical_replication_slot(${args})`],
        transactional: false,
        effect: slotMade(to),
        undo: { title: `Drop the replication slot ${to}`, statement: [dropIfThereSql(to)] },
        wait: { limitMs: publisherWaitLimitMs, blockersOn: [] },
        leftovers: [slotLeftover(target, to)],
      },
    ],
    [
      `From then on the server keeps WAL for ${to} too, from where ${from} stands${retained === null ? '' : ` (${bytesText(retained)} at present)`}, until it is read or dropped.`,
      ...(dropped.length > 0
        ? [`${from} is a ${dropped.join(' and ')} slot; PostgreSQL makes the copy without that.`]
        : []),
    ],
    basisOf(target, [
      { kind: 'slot', name: from },
      { kind: 'slot', name: to },
    ]),
  );
}

/** What the server would refuse of a copy. Throws ReplicationError 'missing' where the source isn't there. */
export function checkSlotCopy(target: PlanTarget, choice: SlotCopyChoice): readonly Problem[] {
  const { inventory, pulse } = target.snapshot;
  const source = slotOf(target, choice.from);
  const taken = pulse.slots.some(({ name }) => name === choice.to);
  const faults: readonly (readonly [message: string | null, field?: string])[] = [
    [slotNameFault(choice.to), 'name'],
    [taken ? `${target.serverName} already has a replication slot called ${choice.to}.` : null, 'name'],
    [obstacle(inventory, 'slot.copy')],
    [obstacle(inventory, 'decodeLogical')],
    [choice.plugin === '' ? 'Choose an output plugin.' : null, 'options'],
    [source.lost ? `The replication slot ${source.name} is lost: a copy of it could not be read either.` : null],
    [
      !source.lost && source.restartLsn === null
        ? `The replication slot ${source.name} holds no WAL yet, so there is nothing to copy.`
        : null,
    ],
  ];
  return [
    ...faults.flatMap(([message, field]): readonly Problem[] =>
      message === null ? [] : [{ severity: 'error', message, ...(field === undefined ? {} : { field }) }],
    ),
    ...checkFreeSlots(inventory, pulse, target.serverName, 1),
  ];
}
