import type { ConninfoPairs } from '../../model/choices.ts';
import type { ForeignServer } from '../../model/server.ts';
import { quoteIdentifier } from '../../postgres/quote.ts';

/** `SERVER "name"`, which stands in place of CONNECTION. 19 as documented, untried. */
export function serverClause(name: string): string {
  return `SERVER ${quoteIdentifier(name)}`;
}

/** What a foreign server's options say of where it leads, as a connection string has it. User and password are elsewhere. */
export function foreignServerPairs({ database, host, port }: ForeignServer): ConninfoPairs {
  const known: readonly (readonly [string, string | null])[] = [
    ['host', host],
    ['port', port === null ? null : String(port)],
    ['dbname', database],
  ];
  return known.flatMap(([keyword, value]) => (value === null ? [] : [[keyword, value] as const]));
}
