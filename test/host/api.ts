import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { Connection, ConnectionDraft } from '../../src/connections/connection.ts';
import type { TestApi } from '../../src/extension.ts';
import type { TreeNode } from '../../src/ui/tree/node.ts';
import type { ConnectAs, TestServer } from '../support/servers/testServer.ts';

export const extensionId = 'postgres-replication.postgres-replication';

/** The running extension, as it shows itself to tests only. */
export async function extensionApi(): Promise<TestApi> {
  const extension = vscode.extensions.getExtension<TestApi>(extensionId);
  assert.ok(extension, 'the extension is installed');
  const api = await extension.activate();
  assert.ok(api, 'a test gets the services');
  return api;
}

/** Stores a connection to a server of the tests. */
export async function addConnection(
  api: TestApi,
  name: string,
  server: TestServer,
  more: ConnectAs & Partial<Pick<ConnectionDraft, 'production' | 'readOnly' | 'folder'>> = {},
): Promise<Connection> {
  const { database = 'postgres', user = server.superuser, password = server.password, ...marks } = more;
  const draft: ConnectionDraft = {
    name,
    folder: null,
    color: null,
    production: false,
    readOnly: false,
    ...marks,
    target: {
      host: server.host,
      port: server.port,
      database,
      user,
      sslMode: 'disable',
      connectTimeoutSeconds: 10,
      statementTimeoutMs: 10_000,
      applicationName: 'host test',
    },
  };
  return api.connections.add(draft, api.secret(password));
}

/** The rows below a node as VS Code gets them, with their descriptions, asked for as VS Code asks. */
export async function rowsBelow(
  api: TestApi,
  node?: TreeNode,
): Promise<readonly { readonly node: TreeNode; readonly text: string; readonly item: vscode.TreeItem }[]> {
  const { tree } = api.servers;
  const children = await tree.getChildren(node);
  return children.map((child) => {
    const item = tree.getTreeItem(child);
    const words = [item.label, item.description].filter(
      (part): part is string => typeof part === 'string' && part !== '',
    );
    return { node: child, text: words.join('  '), item };
  });
}

/** Walks down by labels, and gives the node of the last. */
export async function nodeAt(api: TestApi, ...labels: readonly string[]): Promise<TreeNode> {
  let node: TreeNode | undefined;
  for (const label of labels) {
    const rows = await rowsBelow(api, node);
    node = rows.find(({ item }) => item.label === label)?.node;
    assert.ok(node, `${label} is among ${rows.map(({ text }) => text).join(' | ')}`);
  }
  assert.ok(node);
  return node;
}
