/** The parts of a JSON schema (draft-07) that completion reads. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
}

/** Names that can be offered: of the server the file is for, as far as it is known, and of the connections. */
export interface KnownNames {
  readonly connections: readonly string[];
  readonly tables: readonly { readonly schema: string; readonly name: string }[];
  readonly schemas: readonly string[];
  readonly plugins: readonly string[];
}

/** Something to offer. A key comes with its colon; a value as it is written in YAML. */
export interface Completion {
  readonly kind: 'key' | 'value';
  readonly label: string;
  readonly insert: string;
  readonly description: string;
}

/** Where the cursor stands: the keys that lead there, lists left out, and what may be written there. */
interface Place {
  readonly keys: readonly string[];
  readonly writing: 'key' | 'value';
  /** Of keys and their values at the same place: what is there already. */
  readonly siblings: ReadonlyMap<string, string>;
}

/** A line that gives a key: what stands before it, the key, and its value. */
const keyLine = /^(\s*(?:-\s+)*)([A-Za-z_][\w-]*):(?:\s+(.*))?$/;

/**
 * What can be written at the end of the last of `before`, the lines up to the cursor, `after` being those below. Found
 * by the indentation, because a file that is being written isn't YAML at every moment.
 */
export function completionsAt(
  before: readonly string[],
  after: readonly string[],
  schema: JsonSchema,
  known: KnownNames,
): readonly Completion[] {
  const place = placeAt(before, after);
  if (!place) return [];
  const node = place.keys.reduce<JsonSchema | undefined>((at, key) => objectOf(at)?.properties?.[key], schema);
  if (!node) return [];
  if (place.writing === 'value') return values(node, place, known);
  const properties = objectOf(node)?.properties;
  if (!properties) return listed(node, place, known);
  return Object.entries(properties)
    .filter(([key]) => !place.siblings.has(key))
    .map(([key, property]) => ({
      kind: 'key',
      label: key,
      insert: isNested(property) ? `${key}:` : `${key}: `,
      description: property.description ?? '',
    }));
}

function placeAt(before: readonly string[], after: readonly string[]): Place | null {
  const line = before.at(-1) ?? '';
  const above = before.slice(0, -1);
  const writingKey = /^(\s*(?:-\s+)*)[\w-]*$/.exec(line);
  const writingValue = /^(\s*(?:-\s+)*)([A-Za-z_][\w-]*):\s+\S*$/.exec(line);
  const indent = (writingKey?.[1] ?? writingValue?.[1])?.length;
  if (indent === undefined) return null;
  const parents = parentsOf(above, indent);
  const siblings = siblingsOf(above, line, after, indent);
  if (writingKey) return { keys: parents, writing: 'key', siblings };
  return { keys: [...parents, writingValue?.[2] ?? ''], writing: 'value', siblings };
}

/** The keys above that are less indented, each less than the one below it. */
function parentsOf(above: readonly string[], indent: number): readonly string[] {
  const keys: string[] = [];
  let within = indent;
  for (const line of above.toReversed()) {
    const [, lead = '', key = ''] = keyLine.exec(line) ?? [];
    if (key === '' || lead.length >= within) continue;
    keys.unshift(key);
    // An entry's first key stands behind its dash; the list it belongs to is above the dash.
    within = lead.search(/\S|$/) + (lead.includes('-') ? 1 : 0);
  }
  return keys;
}

/** Keys at the same indentation, up to where the entry begins or ends. */
function siblingsOf(
  above: readonly string[],
  current: string,
  after: readonly string[],
  indent: number,
): ReadonlyMap<string, string> {
  const siblings = new Map<string, string>();
  const take = (lines: readonly string[], stopsAtDash: 'after' | 'before'): void => {
    for (const line of lines) {
      if (line.trim() === '') continue;
      const [, lead = '', key = '', value = ''] = keyLine.exec(line) ?? [];
      const starts = line.search(/\S/) < indent;
      if (starts && stopsAtDash === 'before') return;
      if (key !== '' && lead.length === indent) siblings.set(key, value.trim());
      if (starts) return;
    }
  };
  // A dash on the line itself begins the entry.
  if (!/^\s*-/.test(current)) take(above.toReversed(), 'after');
  take(after, 'before');
  return siblings;
}

/** The map behind a node: of a list that of its entries, of an optional null the other. */
function objectOf(schema: JsonSchema | undefined): JsonSchema | undefined {
  if (!schema) return undefined;
  if (schema.items) return objectOf(schema.items);
  return schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;
}

function isNested(schema: JsonSchema): boolean {
  return schema.items !== undefined || schema.properties !== undefined;
}

/** Values of an entry in a list of texts. */
function listed(schema: JsonSchema, place: Place, known: KnownNames): readonly Completion[] {
  return schema.items ? values(schema.items, place, known) : [];
}

function values(schema: JsonSchema, place: Place, known: KnownNames): readonly Completion[] {
  const description = schema.description ?? '';
  const plain = [
    ...(schema.enum ?? []),
    ...(schema.const === undefined ? [] : [schema.const]),
    ...(schema.type === 'boolean' ? [true, false] : []),
  ].map(String);
  const names = namesFor(place, known);
  return [
    ...plain.map((value): Completion => ({ kind: 'value', label: value, insert: value, description })),
    ...names.map((name): Completion => ({ kind: 'value', label: name, insert: yamlText(name), description })),
  ];
}

function namesFor({ keys, siblings }: Place, known: KnownNames): readonly string[] {
  const key = keys.at(-1);
  const ofTable = keys.includes('tables') || keys.includes('exceptTables') || keys[0] === 'replicaIdentities';
  if (ofTable && key === 'schema') return [...new Set(known.tables.map(({ schema }) => schema))];
  if (ofTable && key === 'name') {
    const schema = siblings.get('schema');
    return known.tables
      .filter((table) => schema === undefined || table.schema === unquoted(schema))
      .map(({ name }) => name);
  }
  if (key === 'schemas') return known.schemas;
  if (key === 'plugin') return known.plugins;
  return key === 'server' ? known.connections : [];
}

/** Plain where YAML takes it for text as it stands, otherwise in double quotes, as in JSON. */
function yamlText(text: string): string {
  const plain = /^[A-Za-z_][\w.-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}

function unquoted(value: string): string {
  const quoted = /^"(.*)"$/.exec(value) ?? /^'(.*)'$/.exec(value);
  return quoted?.[1] ?? value;
}
