import type { CommandParts, HandlersOf } from '../typed.ts';
import { exportHistory } from './exportHistory.ts';
import { openLag } from './open.ts';

/** The handlers of the lag panel. */
export function lagCommands({ services }: CommandParts): HandlersOf<'lag'> {
  return {
    'pgReplication.lag.open': (node) => openLag(services, node),
    'pgReplication.lag.exportHistory': (node) => exportHistory(services, node),
  };
}
