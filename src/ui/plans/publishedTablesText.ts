import type { Publication } from '../../replication/model/publication.ts';
import type { EffectiveTable } from '../../replication/model/reads.ts';
import { operationWords } from '../tree/nodes/publication.ts';
import { count, joined, tableName } from '../tree/words.ts';
import { comment } from './sqlText.ts';

/** What the text is about. */
export interface PublishedTables {
  readonly name: string;
  readonly serverName: string;
  readonly database: string;
  /** Undefined where it went meanwhile. */
  readonly publication: Publication | undefined;
  readonly tables: readonly EffectiveTable[];
}

const ways: Readonly<Record<EffectiveTable['by'], string>> = {
  table: 'named in the publication',
  schema: 'its schema is published',
  allTables: 'all tables are published',
  partitionOf: 'a partition of a published table',
  inheritance: 'inherits from a published table',
};

/** A publication's tables as they are really sent, one a line with why, to be read and searched. */
export function publishedTablesText({ database, name, publication, serverName, tables }: PublishedTables): string {
  const head = [
    `What the publication ${name} sends on ${serverName}, database ${database}: ${count(tables.length, 'table')}.`,
    publication
      ? `Operations: ${operationWords(publication.operations)}.${publication.viaRoot ? ' Partitions are sent as their root table.' : ''}`
      : '',
  ];
  const lines = tables.map((table) => {
    const columns = table.columns === null ? '' : ` (${table.columns.join(', ')})`;
    return [
      `${tableName(table)}${columns}`.replaceAll(/[\r\n]+/g, ' '),
      ...(table.filter === null ? [] : [`    WHERE ${table.filter.replaceAll(/[\r\n]+/g, ' ')}`]),
      ...comment(joined([ways[table.by]])).map((line) => `    ${line}`),
    ].join('\n');
  });
  return `${head.filter(Boolean).flatMap(comment).join('\n')}\n\n${lines.join('\n')}\n`;
}
