import type { CommandParts, HandlersOf } from '../typed.ts';
import { reviewSettings } from './review.ts';

/** The handlers of the settings of a server. */
export function settingsCommands({ services, previews }: CommandParts): HandlersOf<'settings'> {
  return {
    'pgReplication.settings.review': (node) => reviewSettings(services, previews, node),
  };
}
