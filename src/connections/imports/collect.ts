import { type Connection, sameTarget } from '../connection.ts';
import { fromEnvironment } from './environment.ts';
import { fromMicrosoft } from './microsoft.ts';
import { type Found, joinFound, type Offer } from './offer.ts';
import { fromPasswordFile, passwordFor, readPasswordFile } from './passwordFile.ts';
import { fromServiceFile } from './serviceFile.ts';
import { fromSqlTools } from './sqltools.ts';
import type { Surroundings } from './surroundings.ts';

/** The settings other extensions keep connections in, at one level (of the user, of the workspace). */
export interface ForeignSettings {
  /** "User settings", "Workspace settings". */
  readonly origin: string;
  /** sqltools.connections */
  readonly sqlTools: unknown;
  /** pgsql.connections */
  readonly microsoft: unknown;
  /** pgsql.serverGroups */
  readonly microsoftGroups: unknown;
}

/**
 * Everything that could be added, from all sources, one offer per target (the first source
 * counts), without what is known already; passwords that are missing are taken from the password file.
 */
export async function collectOffers(
  surroundings: Surroundings,
  settings: readonly ForeignSettings[],
  known: readonly Connection[],
): Promise<Found & { /** How many were found that are known already. */ readonly alreadyKnown: number }> {
  const { env, user } = surroundings;
  const passwordFile = await readPasswordFile(surroundings);
  const found = joinFound([
    await fromEnvironment(surroundings),
    await fromServiceFile(surroundings),
    ...settings.map(({ sqlTools, origin }) => fromSqlTools(sqlTools, origin, user, env)),
    ...settings.map(({ microsoft, microsoftGroups, origin }) =>
      fromMicrosoft(microsoft, microsoftGroups, origin, user),
    ),
    { offers: fromPasswordFile(passwordFile).offers, problems: passwordFile.problems },
  ]);

  const different: Offer[] = [];
  for (const offer of found.offers) {
    if (!different.some(({ draft }) => sameTarget(draft.target, offer.draft.target))) different.push(offer);
  }
  const fresh = different.filter(({ draft }) => !known.some(({ target }) => sameTarget(target, draft.target)));
  return {
    offers: fresh.map((offer) => ({
      ...offer,
      password: offer.password ?? passwordFor(passwordFile.entries, offer.draft.target),
    })),
    problems: [...new Set(found.problems)],
    alreadyKnown: different.length - fresh.length,
  };
}
