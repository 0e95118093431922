import { type ParsedConninfo, parseConninfo } from '../../replication/model/conninfo.ts';
import { targetFromConninfo } from '../../replication/model/conninfoTarget.ts';
import { describeError } from '../../replication/model/errors.ts';
import type { Secret } from '../../replication/model/secret.ts';
import { type ConnectionDraft, draftOf, targetDefaults } from '../connection.ts';

/** Where an offer comes from: one per import, also the heading it is shown under. */
export type ImportSource = 'Environment' | 'Service file' | 'Password file' | 'SQLTools' | 'PostgreSQL (Microsoft)';

/** A connection that could be added. Nothing is added before a person chose it. */
export interface Offer {
  readonly source: ImportSource;
  /** Where exactly: a variable, a file with its section or line, a setting. */
  readonly origin: string;
  readonly draft: ConnectionDraft;
  readonly password: Secret | null;
  /** What can't be taken over, in sentences. */
  readonly remarks: readonly string[];
}

/** What one import found. */
export interface Found {
  readonly offers: readonly Offer[];
  /** What could not be read and why, in sentences without secrets. */
  readonly problems: readonly string[];
}

export const nothingFound: Found = { offers: [], problems: [] };

/** All of several findings. */
export function joinFound(found: readonly Found[]): Found {
  return { offers: found.flatMap(({ offers }) => offers), problems: found.flatMap(({ problems }) => problems) };
}

/** Where an offer is from and what it is to be called. */
export interface OfferLabel {
  readonly source: ImportSource;
  readonly origin: string;
  /** Empty for a name made of its target. */
  readonly name: string;
  readonly folder?: string | null;
}

/** An offer of a connection string; a problem where it can't be read. */
export function offerOf(text: string, label: OfferLabel, user: string): Found {
  try {
    return offerOfPairs(parseConninfo(text), label, user);
  } catch (error) {
    return unreadable(label, error);
  }
}

/** An offer of a connection string that was taken apart; a problem where port, sslmode or a timeout isn't one. */
export function offerOfPairs(parsed: ParsedConninfo, label: OfferLabel, user: string): Found {
  try {
    const { target, hosts, ignored } = targetFromConninfo(parsed.pairs, targetDefaults(user));
    const draft = { ...draftOf(label.name, target), folder: label.folder ?? null };
    const remarks = [
      ...(hosts.length > 1 ? [`It names ${hosts.length} hosts; the first is taken.`] : []),
      ...(ignored.length > 0 ? [`Not taken over: ${ignored.join(', ')}.`] : []),
      ...(parsed.otherSecrets.length > 0
        ? [`Not taken over: ${parsed.otherSecrets.map(([keyword]) => keyword).join(', ')}.`]
        : []),
    ];
    const { source, origin } = label;
    return { offers: [{ source, origin, draft, password: parsed.password, remarks }], problems: [] };
  } catch (error) {
    return unreadable(label, error);
  }
}

/** A problem of one entry. Errors of the parser name positions and keywords only. */
function unreadable(label: OfferLabel, error: unknown): Found {
  return { offers: [], problems: [`${label.origin}: ${describeError(error).message}`] };
}
