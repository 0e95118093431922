import { ReplicationError } from '../model/errors.ts';

/** The object a script is asked for. Throws ReplicationError 'missing' where it isn't there. */
export function mustFind<Thing>(found: Thing | undefined, what: string): Thing {
  if (found !== undefined) return found;
  throw new ReplicationError('missing', `There is no ${what} on this server any more.`, {
    advice: 'Refresh: it may have been renamed or dropped meanwhile.',
  });
}
