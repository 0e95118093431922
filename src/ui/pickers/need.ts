import type { CapabilityName } from '../../replication/model/capability.ts';
import type { ConnectionFacts } from '../../replication/model/connect.ts';
import type { ServerState } from '../../replication/model/serverState.ts';
import type { Snapshot } from '../../replication/model/snapshot.ts';
import { listInWords } from '../../replication/operations/words.ts';

/** What a command needs of the connection that it is called for. */
export interface Need {
  /** Whether it changes the server: then a connection that is marked read-only won't do. */
  readonly changes: boolean;
  /** What the server lacks for it, as words that follow its name ("has no subscription"); null where it lacks nothing. */
  readonly lacks?: (snapshot: Snapshot) => string | null;
}

/** What is known of a connection without asking its server. */
export interface KnownConnection {
  readonly facts: Pick<ConnectionFacts, 'name' | 'readOnly'>;
  readonly state: ServerState;
}

/**
 * Why a command can do nothing on a connection, as words that follow its name; null where it can, or where that shows
 * only once the connection is open.
 */
export function unfitFor({ facts, state }: KnownConnection, { changes, lacks }: Need): string | null {
  if (changes && facts.readOnly) return markedReadOnly;
  const snapshot = state.phase === 'closed' ? null : state.snapshot;
  return snapshot && lacks ? lacks(snapshot) : null;
}

/** A connection that a command can do nothing on, with why, as words that follow its name. */
export interface Unfit {
  readonly name: string;
  readonly why: string;
}

const markedReadOnly = 'is marked read-only';

/**
 * Which connections are marked read-only, and what stands against the others where that isn't the same for all of them:
 * "warehouse is marked read-only. shop can’t decode changes (wal_level is replica)."; empty where there is nothing to add.
 */
export function unfitInWords(unfit: readonly Unfit[]): string {
  const byWhy = new Map<string, string[]>();
  for (const { name, why } of unfit) byWhy.set(why, [...(byWhy.get(why) ?? []), name]);
  const marked = byWhy.get(markedReadOnly) ?? [];
  byWhy.delete(markedReadOnly);
  const others = byWhy.size > 1 || [...byWhy.keys()].some((why) => why.includes('(')) ? [...byWhy] : [];
  return [
    ...(marked.length > 0 ? [`${listInWords(marked, 3)} ${marked.length === 1 ? 'is' : 'are'} marked read-only.`] : []),
    ...others.slice(0, 3).map(([why, names]) => `${listInWords(names, 3)}: ${why}.`),
  ].join(' ');
}

/** "No connection has a subscription.", or "… that may be changed …" where the marks of some stand in the way. */
export function nothingFits(what: string, unfit: readonly Unfit[]): string {
  const marked = unfit.some(({ why }) => why === markedReadOnly);
  return `No connection ${marked ? 'that may be changed ' : ''}${what}.`;
}

/** What keeps a server from something that takes a capability, as words that follow its name; null where nothing does. */
export function lacksCapability(name: CapabilityName, whatFor: string): (snapshot: Snapshot) => string | null {
  return ({ inventory }) => {
    const capability = inventory.server.capabilities[name];
    return capability.can ? null : `can’t ${whatFor} (${capability.reason.replace(/\.$/, '')})`;
  };
}
