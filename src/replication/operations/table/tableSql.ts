import type { ColumnDefinition, ConstraintDefinition, TableDefinition, TableName } from '../../model/reads.ts';
import { quoteIdentifier, quoteQualified } from '../../postgres/quote.ts';
import { listInWords, tableLabel } from '../words.ts';

/** A table as it is to be made on a server of some version. */
export interface WrittenTable {
  readonly sql: string;
  /** Whether it is a partitioned table there. */
  readonly partitioned: boolean;
  /** The names of the constraints it gets. */
  readonly keys: readonly string[];
  /** What had to be left out or made otherwise. */
  readonly remarks: readonly string[];
}

/** The first version (server_version_num) that has it; types are those of pg_catalog. */
const since = {
  partitionedKeys: 110_000,
  defaultAndHashPartitions: 110_000,
  includedColumns: 110_000,
  storedColumns: 120_000,
  nullsNotDistinct: 150_000,
  partitionedIdentity: 170_000,
  virtualColumns: 180_000,
  copiedGeneratedColumns: 180_000,
  withoutOverlaps: 180_000,
  notEnforced: 180_000,
} as const;

const typesSince: Readonly<Record<string, number>> = {
  jsonpath: 120_000,
  xid8: 130_000,
  pg_snapshot: 130_000,
  regcollation: 130_000,
  int4multirange: 140_000,
  int8multirange: 140_000,
  nummultirange: 140_000,
  tsmultirange: 140_000,
  tstzmultirange: 140_000,
  datemultirange: 140_000,
};

const collationsSince: Readonly<Record<string, number>> = {
  unicode: 160_000,
  pg_c_utf8: 170_000,
  pg_unicode_fast: 180_000,
};

/**
 * CREATE TABLE for a definition, on a server of `version` (server_version_num). `isPartitioned` tells whether the
 * server has, or will have by then, a partitioned table of that name; a partition of anything else is made as a table
 * of its own. What the version lacks is left out or made in a simpler way, and said.
 */
export function tableSql(
  definition: TableDefinition,
  version: number,
  isPartitioned: (table: TableName) => boolean,
  serverName: string,
): WrittenTable {
  const remarks: string[] = [];
  const say = (what: string): void => void remarks.push(`${tableLabel(definition.schema, definition.name)}: ${what}`);
  const writer = { definition, version, say, serverName };
  const partitioned = isPartitionable(writer);
  const parent = parentOf(writer, isPartitioned);
  const columns = parent === null ? definition.columns.flatMap((column) => columnSql(writer, column, partitioned)) : [];
  const gone = new Set(parent === null ? leftOutColumns(definition, version) : []);
  const keys = definition.constraints.filter((constraint) => parent === null || constraint.inherited !== true);
  const constraints = keys.flatMap((constraint) => constraintSql(writer, constraint, partitioned, gone));
  const lines = [...columns, ...constraints.map(({ sql }) => sql)];
  const body = lines.length === 0 && parent !== null ? '' : ` (\n${lines.map((line) => `  ${line}`).join(',\n')}\n)`;
  const of = parent === null ? '' : ` PARTITION OF ${quoteQualified(parent.schema, parent.name)}`;
  const by = partitioned ? ` PARTITION BY ${definition.partitionKey ?? ''}` : '';
  return {
    sql: `CREATE TABLE ${quoteQualified(definition.schema, definition.name)}${of}${body}${parent === null ? '' : ` ${parent.bound}`}${by}`,
    partitioned,
    keys: [
      ...constraints.map(({ name }) => name),
      ...definition.constraints
        .filter(({ inherited }) => parent !== null && inherited === true)
        .map(({ name }) => name),
    ],
    remarks,
  };
}

interface Writer {
  readonly definition: TableDefinition;
  readonly version: number;
  readonly serverName: string;
  readonly say: (what: string) => void;
}

function isPartitionable({ definition, version, say, serverName }: Writer): boolean {
  if (definition.partitionKey === null) return false;
  if (!definition.partitionKey.startsWith('HASH') || version >= since.defaultAndHashPartitions) return true;
  say(`made as an ordinary table, because ${serverName} knows no partitioning by hash.`);
  return false;
}

function parentOf(
  { definition, version, say, serverName }: Writer,
  isPartitioned: (table: TableName) => boolean,
): NonNullable<TableDefinition['partitionOf']> | null {
  const parent = definition.partitionOf;
  if (!parent) return null;
  if (!isPartitioned(parent)) {
    say(
      `made as a table of its own, because ${serverName} has no partitioned table ${tableLabel(parent.schema, parent.name)}.`,
    );
    return null;
  }
  if (/^(DEFAULT|FOR VALUES WITH)/.test(parent.bound) && version < since.defaultAndHashPartitions) {
    say(`made as a table of its own, because ${serverName} knows no such partition (${parent.bound}).`);
    return null;
  }
  return parent;
}

/** Columns that are computed when read: never sent, so nothing is missing without them. */
function leftOutColumns({ columns }: TableDefinition, version: number): readonly string[] {
  return columns
    .filter((column) => column.generated === 'virtual' && version < since.virtualColumns)
    .map(({ name }) => name);
}

function columnSql(writer: Writer, column: ColumnDefinition, partitioned: boolean): readonly string[] {
  const { version, say, serverName } = writer;
  if (column.generated === 'virtual' && version < since.virtualColumns) {
    say(`without the column ${column.name}, which is computed when read; ${serverName} has no such columns.`);
    return [];
  }
  const parts = [quoteIdentifier(column.name), typeSql(writer, column), ...collationSql(writer, column)];
  const value = valueSql(writer, column, partitioned);
  parts.push(...value.clause);
  const filled = value.clause.length > 0 || !isUnsent(writer, column);
  if (column.notNull && !value.nullable && filled) parts.push('NOT NULL');
  return [parts.join(' ')];
}

/** A column that no row brings a value for: NOT NULL without a default would refuse every one. */
function isUnsent({ definition, say }: Writer, { name, notNull, sent }: ColumnDefinition): boolean {
  if (sent !== false || !notNull) return false;
  const inKey = isInPrimaryKey(definition, name);
  if (!inKey) say(`the column ${name} may be null: it isn’t sent.`);
  return !inKey;
}

function isInPrimaryKey({ constraints }: TableDefinition, column: string): boolean {
  return constraints.some(({ definition }) => definition.startsWith('PRIMARY KEY') && namesColumn(definition, column));
}

function typeSql({ version, say, serverName }: Writer, { name, type }: ColumnDefinition): string {
  const base = type.replace(/(\[\])+$/, '');
  if (version >= (typesSince[base] ?? 0)) return type;
  const text = `text${type.slice(base.length)}`;
  say(`the column ${name} is made as ${text}, because ${serverName} has no type ${base}.`);
  return text;
}

function collationSql({ version, say, serverName }: Writer, { name, collation }: ColumnDefinition): readonly string[] {
  if (collation === null) return [];
  const own = /^pg_catalog\."?([^"]+)"?$/.exec(collation)?.[1];
  if (own !== undefined && version >= (collationsSince[own] ?? 0)) return [`COLLATE ${collation}`];
  say(`the column ${name} gets the usual collation instead of ${collation}, which ${serverName} may not have.`);
  return [];
}

/** DEFAULT, GENERATED … AS, or nothing. `nullable`: what fills it is missing, so it must take NULL. */
function valueSql(
  { definition, version, say, serverName }: Writer,
  column: ColumnDefinition,
  partitioned: boolean,
): { readonly clause: readonly string[]; readonly nullable: boolean } {
  const { name, expression, generated, identity, callsFunction } = column;
  if (identity !== null) {
    if (partitioned && version < since.partitionedIdentity) {
      say(`the column ${name} isn’t an identity column: ${serverName} has none in partitioned tables.`);
      return { clause: [], nullable: false };
    }
    return { clause: [`GENERATED ${identity === 'always' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`], nullable: false };
  }
  if (expression === null) return { clause: [], nullable: false };
  if (callsFunction !== undefined) {
    const what = generated === null ? 'has no default' : 'is an ordinary column';
    say(`the column ${name} ${what}: it calls ${callsFunction}, which ${serverName} may not have.`);
    return { clause: [], nullable: generated !== null };
  }
  if (generated === null) return { clause: [`DEFAULT ${expression}`], nullable: false };
  if (generated === 'stored' && column.sent === true) {
    say(`the column ${name} is an ordinary column: its values are sent.`);
    // An older subscriber doesn't copy them, only what changes afterwards.
    const uncopied = version < since.copiedGeneratedColumns;
    if (uncopied && isInPrimaryKey(definition, name)) {
      say(
        `${serverName} doesn’t copy the values of ${name}, which is in the primary key and can’t be null: the copy of its rows fails. Copy them by other means, and subscribe without copying.`,
      );
    }
    return { clause: [], nullable: uncopied };
  }
  if (generated === 'stored' && version < since.storedColumns) {
    say(`the column ${name} is an ordinary column: ${serverName} has no generated columns.`);
    return { clause: [], nullable: true };
  }
  return { clause: [`GENERATED ALWAYS AS (${expression}) ${generated.toUpperCase()}`], nullable: false };
}

/** A key as pg_get_constraintdef writes it, looked at by its structure: a column may be called like a clause. */
const nullsNotDistinct = /^(UNIQUE) NULLS NOT DISTINCT/;
const included = /^((?:PRIMARY KEY|UNIQUE)[A-Z ]* \((?:[^"()]|"[^"]*")*\)) INCLUDE \((?:[^"()]|"[^"]*")*\)/;
const withoutOverlaps = /^(?:PRIMARY KEY|UNIQUE)[A-Z ]* \((?:[^"()]|"[^"]*")* WITHOUT OVERLAPS\)/;

function constraintSql(
  { version, say, serverName }: Writer,
  constraint: ConstraintDefinition,
  partitioned: boolean,
  gone: ReadonlySet<string>,
): readonly { readonly name: string; readonly sql: string }[] {
  const { name, callsFunction } = constraint;
  const without = (why: string): readonly [] => {
    say(`without the constraint ${name}: ${why}.`);
    return [];
  };
  const key = /^(PRIMARY KEY|UNIQUE)/.test(constraint.definition);
  // CREATE TABLE would take it, and refuse the rows that are against it on the publisher.
  if (constraint.definition.endsWith(' NOT VALID')) return without('it isn’t validated on the publisher');
  if (callsFunction !== undefined) return without(`it calls ${callsFunction}, which ${serverName} may not have`);
  if (key && partitioned && version < since.partitionedKeys)
    return without(`${serverName} has no keys of partitioned tables`);
  if (withoutOverlaps.test(constraint.definition) && version < since.withoutOverlaps) {
    return without(`${serverName} knows no WITHOUT OVERLAPS`);
  }
  const used = [...gone].filter((column) => namesColumn(constraint.definition, column));
  if (used.length > 0) return without(`it is on ${listInWords(used)}, which isn’t made`);
  let { definition } = constraint;
  const simpler = (pattern: RegExp, from: number, what: string): void => {
    if (version >= from || !pattern.test(definition)) return;
    definition = definition.replace(pattern, '$1');
    say(`the constraint ${name} is made without ${what}, which ${serverName} doesn’t know.`);
  };
  if (key) simpler(included, since.includedColumns, 'INCLUDE');
  if (key) simpler(nullsNotDistinct, since.nullsNotDistinct, 'NULLS NOT DISTINCT');
  if (definition.endsWith(' NOT ENFORCED') && version < since.notEnforced)
    return without('it isn’t enforced, and would be there');
  return [{ name, sql: `CONSTRAINT ${quoteIdentifier(name)} ${definition}` }];
}

/** Whether the text of a constraint is on a column; a word of the same name in it counts too. */
function namesColumn(definition: string, column: string): boolean {
  return definition.includes(quoteIdentifier(column)) || new RegExp(`\\b${escaped(column)}\\b`).test(definition);
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+./?[\]^{|}\\]/g, String.raw`\$&`);
}
