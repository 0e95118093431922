import type { CommandParts, HandlersOf } from '../typed.ts';
import { advanceSlot } from './advance.ts';
import { copySlot } from './copy.ts';
import { copySlotSql } from './copySql.ts';
import { createSlot } from './create.ts';
import { dropSlot } from './drop.ts';
import { peekChanges } from './peek.ts';

/** The handlers of replication slots. */
export function slotCommands({ services, peeks }: CommandParts): HandlersOf<'slot'> {
  return {
    'pgReplication.slot.create': (node) => createSlot(services, node),
    'pgReplication.slot.drop': (node, selected) => dropSlot(services, node, selected),
    'pgReplication.slot.peek': (node) => peekChanges(services, peeks, node),
    'pgReplication.slot.advance': (node) => advanceSlot(services, node),
    'pgReplication.slot.copy': (node) => copySlot(services, node),
    'pgReplication.slot.copySql': (node) => copySlotSql(services, node),
  };
}
