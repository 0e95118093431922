import * as z from 'zod/mini';

import { parseConninfo } from '../replication/model/conninfo.ts';
import { targetFromConninfo } from '../replication/model/conninfoTarget.ts';
import { ReplicationError } from '../replication/model/errors.ts';
import type { Secret } from '../replication/model/secret.ts';
import { type Connection, type ConnectionDraft, draftOf, readColor, sameTarget, targetDefaults } from './connection.ts';

const entries = z.array(
  z.object({
    name: z.string(),
    uri: z.string(),
    folder: z.optional(z.nullable(z.string())),
    color: z.optional(z.nullable(z.string())),
  }),
);

/** A connection of the demo, with the password its address holds. */
export interface DemoConnection {
  readonly draft: ConnectionDraft;
  readonly password: Secret | null;
}

/**
 * The connections of a demo file: JSON `[{ name, uri, folder?, color? }]`. Throws ReplicationError 'invalidInput'
 * where it is something else, 'invalidConnection' where an address can't be read; neither quotes the file.
 */
export function parseDemoFile(text: string, user: string): readonly DemoConnection[] {
  return readEntries(text).map(({ name, uri, folder, color }) => {
    const { pairs, password } = parseConninfo(uri);
    const { target } = targetFromConninfo(pairs, targetDefaults(user));
    return { draft: { ...draftOf(name, target), folder: folder ?? null, color: readColor(color) }, password };
  });
}

/** Those that aren't there yet, by name and target. */
export function missingDemoConnections(
  wanted: readonly DemoConnection[],
  known: readonly Connection[],
): readonly DemoConnection[] {
  return wanted.filter(
    ({ draft }) => !known.some((other) => other.name === draft.name && sameTarget(other.target, draft.target)),
  );
}

function readEntries(text: string): z.output<typeof entries> {
  try {
    return entries.parse(JSON.parse(text));
  } catch {
    // Neither the error of JSON.parse nor that of the schema is kept: they quote what they read, passwords too.
    throw new ReplicationError('invalidInput', 'The file of the demo connections has an unknown form.');
  }
}
