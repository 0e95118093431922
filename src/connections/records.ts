import * as z from 'zod/mini';

import { sslModes } from '../replication/model/connect.ts';
import { type Connection, connectionColors } from './connection.ts';

/** The version of the record that this program writes. */
export const recordVersion = 1;

const target = z.object({
  host: z.string(),
  port: z.int(),
  database: z.string(),
  user: z.string(),
  sslMode: z.enum(sslModes),
  sslRootCert: z.optional(z.string()),
  sslCert: z.optional(z.string()),
  sslKey: z.optional(z.string()),
  connectTimeoutSeconds: z.number(),
  statementTimeoutMs: z.number(),
  applicationName: z.string(),
});

const record = z.object({
  version: z.literal(recordVersion),
  id: z.string().check(z.minLength(1)),
  name: z.string(),
  folder: z.nullable(z.string()),
  color: z.nullable(z.enum(connectionColors)),
  production: z.boolean(),
  readOnly: z.boolean(),
  walVolumeBytes: z.optional(z.number()),
  target,
});

/** An entry of the store as it was found. Entries that can't be read are kept as they are. */
export interface StoredEntry {
  readonly raw: unknown;
  /** Null where it was written by a newer version of this program, or is damaged. */
  readonly connection: Connection | null;
  /** The id, also of an entry that can't be read otherwise; null where there is none. */
  readonly id: string | null;
}

/** What the storage holds, entry by entry. */
export function readEntries(value: unknown): readonly StoredEntry[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map(readEntry);
}

function readEntry(raw: unknown): StoredEntry {
  const parsed = record.safeParse(raw);
  if (!parsed.success) return { raw, connection: null, id: idOf(raw) };
  const { version: _, target: found, walVolumeBytes, ...rest } = parsed.data;
  const { sslRootCert, sslCert, sslKey, ...needed } = found;
  const files = {
    ...(sslRootCert === undefined ? {} : { sslRootCert }),
    ...(sslCert === undefined ? {} : { sslCert }),
    ...(sslKey === undefined ? {} : { sslKey }),
  };
  const volume = walVolumeBytes === undefined ? {} : { walVolumeBytes };
  return { raw, connection: { ...rest, ...volume, target: { ...needed, ...files } }, id: rest.id };
}

/** A connection as it is stored. `previous` is what was stored before: fields nobody here knows stay. */
export function writeEntry(connection: Connection, previous?: unknown): unknown {
  const { walVolumeBytes: _, ...unknownFields } = isRecord(previous) ? previous : {};
  const { id, name, folder, color, production, readOnly, walVolumeBytes } = connection;
  return {
    ...unknownFields,
    version: recordVersion,
    id,
    name,
    folder,
    color,
    production,
    readOnly,
    ...(typeof walVolumeBytes === 'number' ? { walVolumeBytes } : {}),
    target: connection.target,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function idOf(raw: unknown): string | null {
  return typeof raw === 'object' && raw !== null && 'id' in raw && typeof raw.id === 'string' ? raw.id : null;
}
