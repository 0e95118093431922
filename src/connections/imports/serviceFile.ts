import path from 'node:path';

import { formatConninfo, type ParsedConninfo, parseConninfo } from '../../replication/model/conninfo.ts';
import { type Found, joinFound, offerOfPairs } from './offer.ts';
import { type Surroundings, userFile } from './surroundings.ts';

/** A section of a service file. */
export interface Service {
  readonly name: string;
  readonly file: string;
  readonly parsed: ParsedConninfo;
}

/** The connections that the connection service files define. */
export async function fromServiceFile(surroundings: Surroundings): Promise<Found> {
  const { services, problems } = await readServices(surroundings);
  const found = services.map(({ name, file, parsed }) =>
    offerOfPairs(parsed, { source: 'Service file', origin: `${file} [${name}]`, name }, surroundings.user),
  );
  return joinFound([...found, { offers: [], problems }]);
}

/**
 * Reads the user's service file and the system's, as libpq looks for them (PostgreSQL, "The Connection Service
 * File"): PGSERVICEFILE or ~/.pg_service.conf, then pg_service.conf in PGSYSCONFDIR. Where both define a service
 * the user's counts.
 */
export async function readServices(
  surroundings: Surroundings,
): Promise<{ readonly services: readonly Service[]; readonly problems: readonly string[] }> {
  const { env } = surroundings;
  const files = [
    env['PGSERVICEFILE'] || userFile(surroundings, '.pg_service.conf', '.pg_service.conf'),
    env['PGSYSCONFDIR'] ? path.join(env['PGSYSCONFDIR'], 'pg_service.conf') : null,
  ];
  const services = new Map<string, Service>();
  const problems: string[] = [];
  for (const file of files) {
    if (!file) continue;
    try {
      const found = await surroundings.readFile(file);
      if (!found) continue;
      for (const [name, parsed] of parseServices(found.text)) {
        if (!services.has(name)) services.set(name, { name, file, parsed });
      }
    } catch (error) {
      problems.push(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { services: [...services.values()], problems };
}

/**
 * Sections of a service file: `[name]`, then `keyword=value` without any quoting. The first of two equal sections
 * counts, and of a keyword the first value (fe-connect.c, parseServiceFile). Lines that are neither (an LDAP
 * address among them) are left out.
 */
export function parseServices(text: string): ReadonlyMap<string, ParsedConninfo> {
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const padded of text.replace(/^\uFEFF/, '').split('\n')) {
    const line = padded.trim();
    if (line === '' || line.startsWith('#')) continue;
    const heading = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (heading !== undefined) {
      current = new Map();
      if (!sections.has(heading)) sections.set(heading, current);
      continue;
    }
    const equals = line.indexOf('=');
    const keyword = line.slice(0, Math.max(0, equals)).trim();
    if (current && keyword !== '' && !current.has(keyword)) current.set(keyword, line.slice(equals + 1).trimStart());
  }
  // Through the parser once more, which is what takes the secrets out.
  return new Map([...sections].map(([name, pairs]) => [name, parseConninfo(formatConninfo([...pairs]))]));
}
