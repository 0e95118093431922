/** A value of another extension's settings, of which nothing is known. */
export type SettingsRecord = Readonly<Record<string, unknown>>;

/** Text of a setting that isn't empty; a number as text too, as hand-written settings have ports of both kinds. */
export function textOf(record: SettingsRecord, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = record[key];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}

/** The objects of an array setting; empty where it is no array. */
export function recordsOf(value: unknown): readonly SettingsRecord[] {
  return Array.isArray(value) ? (value as readonly unknown[]).filter(isRecord) : [];
}

/** Whether a value is an object with keys. */
export function isRecord(value: unknown): value is SettingsRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Pairs of which those without a value are left out. */
export function definedPairs(
  pairs: readonly (readonly [keyword: string, value: string | undefined])[],
): readonly (readonly [string, string])[] {
  return pairs.flatMap(([keyword, value]) => (value === undefined ? [] : [[keyword, value] as const]));
}
