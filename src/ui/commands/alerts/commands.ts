import type { CommandParts, HandlersOf } from '../typed.ts';
import { muteAlerts, unmuteAlerts } from './mute.ts';

/** The handlers of alerts. */
export function alertsCommands({ services }: CommandParts): HandlersOf<'alerts'> {
  return {
    'pgReplication.alerts.mute': (node) => muteAlerts(services, node),
    'pgReplication.alerts.unmute': (node) => unmuteAlerts(services, node),
  };
}
