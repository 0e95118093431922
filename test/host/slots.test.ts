import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { TestApi } from '../../src/extension.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { addConnection, extensionApi, nodeAt } from './api.ts';

describe('peeking at replication slots, on a real server', () => {
  const servers = useServers({ server: { major: 16 } });
  let api: TestApi;
  let connectionId = '';

  before(async () => {
    api = await extensionApi();
    await servers.server.script(`
      CREATE TABLE orders (id int PRIMARY KEY, note text);
      CREATE PUBLICATION orders_pub FOR TABLE orders;
    `);
    await servers.server.query(`SELECT pg_create_logical_replication_slot('decoded', 'pgoutput')`);
    await servers.server.query(`SELECT pg_create_logical_replication_slot('plain', 'test_decoding')`);
    await servers.server.query(`INSERT INTO orders VALUES (1, 'first')`);
    ({ id: connectionId } = await addConnection(api, 'peeked', servers.server));
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await api.connections.remove(connectionId);
    await api.service.close(connectionId);
  });

  /** What the command leaves in front. */
  async function peekAt(slot: string): Promise<vscode.TextDocument> {
    const node = await nodeAt(api, 'peeked', 'Replication Slots', slot);
    await vscode.commands.executeCommand('pgReplication.slot.peek', node);
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, 'pgreplication-peek');
    return document;
  }

  it('shows the changes of pgoutput in a document that can’t be written to', async () => {
    const document = await peekAt('decoded');
    assert.match(document.uri.path, /Changes in decoded/);
    const text = document.getText();
    assert.match(text, /# Server {4}peeked, database postgres/);
    assert.match(text, /# Plugin {4}pgoutput, decoded by the publication orders_pub/);
    assert.match(text, /# Nothing was consumed/);
    assert.match(text, /INSERT {5}public\.orders: id=1 note='first'/);
    assert.equal(vscode.workspace.fs.isWritableFileSystem(document.uri.scheme), undefined);
  });

  it('shows what came since when it is looked again, and consumed nothing', async () => {
    await peekAt('plain');
    await servers.server.query(`INSERT INTO orders VALUES (2, 'second')`);
    const document = await peekAt('plain');
    await eventually(async () => /second/.test(document.getText()), { what: 'the document to be renewed' });
    assert.match(document.getText(), /table public\.orders: INSERT: id\[integer\]:1 note\[text\]:'first'/);
    assert.match(document.getText(), /# Plugin {4}test_decoding\n/);
    const left = await servers.server.query(`SELECT * FROM pg_logical_slot_peek_changes('plain', NULL, NULL)`);
    assert.equal(left.length, 6);
  });
});
