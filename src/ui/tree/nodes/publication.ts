import type { Publication, PublishedOperations } from '../../../replication/model/publication.ts';
import { goneRow, type Kind, paged, writable } from '../kind.ts';
import { tooltip } from '../markdown.ts';
import { byText, type InventoryIndex, isExcepted, sentByAllTables, type TreeModel } from '../model.ts';
import { childId, type PublicationNode, type TreeNode } from '../node.ts';
import { contextValue, spoken } from '../row.ts';
import { count, joined, sentenceList, tableName } from '../words.ts';

/** A publication with its tables and schemas. */
export const publicationKind: Kind<PublicationNode> = {
  row(node, model) {
    const index = model.index(node.connectionId);
    const publication = index?.publications.get(node.name);
    if (!index || !publication) return goneRow('publication', node.name);
    const subscribers = model.subscribersOf(node.connectionId, node.name);
    const description = joined([
      sendsAll(publication, index) ? null : operationWords(publication.operations),
      scopeWords(publication),
      subscribers.length > 0 && count(subscribers.length, 'subscriber'),
    ]);
    return {
      label: node.name,
      description,
      icon: { id: 'broadcast' },
      contextValue: contextValue('publication', {
        allTables: publication.allTables,
        chosen: !publication.allTables && !publication.allSequences,
        owned: publication.ownedByMe,
        writable: writable(node.connectionId, model),
      }),
      accessibleLabel: spoken(node.name, 'publication', description),
      children: 'collapsed',
      hasTooltip: true,
    };
  },

  children(node, model) {
    const index = model.index(node.connectionId);
    const publication = index?.publications.get(node.name);
    if (!index || !publication) return [];
    const nodes = paged(node, members(publication, index), model, (member) => memberNode(node, member));
    if (nodes.length > 0) return nodes;
    return [{ kind: 'empty', id: childId(node.id, 'empty', ''), connectionId: node.connectionId, of: 'publication' }];
  },

  tooltip(node, model) {
    const publication = model.index(node.connectionId)?.publications.get(node.name);
    if (!publication) return tooltip(node.name, []);
    return tooltip(node.name, [
      ['Publishes', scopeWords(publication)],
      ['Left out', sentenceList((publication.exceptTables ?? []).map(tableName)) || null],
      ['Operations', operationWords(publication.operations)],
      ['Via partition root', publication.viaRoot ? 'yes' : null],
      ['Generated columns', publication.generatedColumns === 'stored' ? 'stored ones' : null],
      ['Owner', publication.owner],
      ['Comment', publication.comment],
      ['Known subscribers', subscriberWords(node, model)],
    ]);
  },
};

function subscriberWords(node: PublicationNode, model: TreeModel): string {
  const subscribers = model.subscribersOf(node.connectionId, node.name);
  return (
    sentenceList(subscribers.map(({ serverName, subscription }) => `${serverName} / ${subscription}`)) ||
    'none on the connections that are open'
  );
}

type Member =
  | { readonly kind: 'schema'; readonly schema: string }
  | { readonly kind: 'table'; readonly oid: number; readonly schema: string; readonly name: string };

function members(publication: Publication, index: InventoryIndex): readonly Member[] {
  const sent = publication.allTables
    ? index.inventory.tables.filter(
        (table) => sentByAllTables(table, publication) && !isExcepted(table, publication, index),
      )
    : publication.tables;
  const tables = [...sent].sort((a, b) => byText(a.schema, b.schema) || byText(a.name, b.name));
  return [
    ...[...publication.schemas].sort(byText).map((schema): Member => ({ kind: 'schema', schema })),
    ...tables.map(({ oid, schema, name }): Member => ({ kind: 'table', oid, schema, name })),
  ];
}

function memberNode(parent: PublicationNode, member: Member): TreeNode {
  const { connectionId, name: publication } = parent;
  if (member.kind === 'schema') {
    const id = childId(parent.id, 'publishedSchema', member.schema);
    return { kind: 'publishedSchema', id, connectionId, publication, schema: member.schema };
  }
  const { oid, schema, name } = member;
  const id = childId(parent.id, 'publishedTable', String(oid));
  return { kind: 'publishedTable', id, connectionId, publication, oid, schema, name };
}

/** "all tables but 2, all sequences" (the last two since 19, untried), or how many schemas and tables. */
export function scopeWords(publication: Publication): string {
  const { allSequences, allTables, exceptTables = [], schemas, tables } = publication;
  if (allTables || allSequences) {
    const but = exceptTables.length === 0 ? '' : ` but ${exceptTables.length.toLocaleString('en-US')}`;
    return joined([allTables && `all tables${but}`, allSequences && 'all sequences']);
  }
  if (schemas.length + tables.length === 0) return 'no tables';
  return joined([
    schemas.length > 0 && count(schemas.length, 'schema'),
    tables.length > 0 && count(tables.length, 'table'),
  ]);
}

/** "insert, update"; "nothing" where a publication sends no operation. */
export function operationWords(operations: PublishedOperations): string {
  const sent = (['insert', 'update', 'delete', 'truncate'] as const).filter((name) => operations[name]);
  return sent.join(', ') || 'no operations';
}

/** Whether it sends every operation this server can send; then the row needn't list them. */
function sendsAll({ operations }: Publication, index: InventoryIndex): boolean {
  const truncates = operations.truncate || !index.inventory.server.capabilities['publication.truncate'].can;
  return operations.insert && operations.update && operations.delete && truncates;
}
