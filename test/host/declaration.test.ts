import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as vscode from 'vscode';

import type { TestApi } from '../../src/extension.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { addConnection, extensionApi } from './api.ts';

describe('a server as a file, on a real server', () => {
  const servers = useServers({ shop: { major: 16 } });
  let api: TestApi;
  let folder: string;
  let file: vscode.Uri;

  /** Writes the file anew, in its editor. */
  const write = async (...lines: readonly string[]): Promise<vscode.TextDocument> => {
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(lines.join('\n')));
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    await eventually(() => document.getText() === lines.join('\n'), { what: 'the editor shows the file' });
    return document;
  };
  const faults = (): readonly string[] =>
    vscode.languages.getDiagnostics(file).map(({ range, message }) => `${range.start.line + 1}: ${message}`);

  before(async () => {
    api = await extensionApi();
    folder = await mkdtemp(join(tmpdir(), 'declaration-'));
    file = vscode.Uri.file(join(folder, 'shop.pgreplication.yaml'));
    await servers.shop.script(
      'create table orders (id int primary key); create table bare (id int); create publication orders_pub for table orders',
    );
    const { id } = await addConnection(api, 'shop file', servers.shop);
    await api.service.open(id);
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const { id } of api.connections.all()) {
      await api.connections.remove(id);
      await api.service.close(id);
    }
    await rm(folder, { recursive: true, force: true });
  });

  it('tells what is wrong while it is written, by the shape and by the server', async () => {
    const head = ['format: 1', 'server: shop file', 'publications:', '  - name: orders_pub'];
    await write(...head, '    table: orders');
    await eventually(() => faults().length > 0, { what: 'a problem' });
    assert.deepEqual(faults(), ['5: There is no “table” here.']);
    await write(...head, '    tables:', '      - {schema: public, name: ordres}');
    await eventually(() => faults()[0]?.startsWith('6:'), { what: 'the other problem' });
    assert.deepEqual(faults(), ['6: There is no table public.ordres in postgres.']);
    await write('format: 1', 'server: elsewhere');
    await eventually(() => faults()[0]?.startsWith('2:'), { what: 'the warning' });
    assert.deepEqual(faults(), ['2: There is no connection called elsewhere here: which one is meant will be asked.']);
    await write(...head, '    tables:', '      - {schema: public, name: orders}');
    await eventually(() => faults().length === 0, { what: 'no problem' });
  });

  it('completes keys and names', async () => {
    const text = [
      'format: 1',
      'server: shop file',
      'publications:',
      '  - name: p',
      '    tables:',
      '      - schema: public',
      '        name: ',
    ];
    await write(...text);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      file,
      new vscode.Position(6, 14),
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(labels.includes('orders') && labels.includes('bare'), labels.join(', '));
  });

  it('is compared with the server in the diff editor', async () => {
    await write(
      'format: 1',
      'server: shop file',
      'publications:',
      '  - name: orders_pub',
      '    comment: wanted',
      '    publish: [insert]',
    );
    await vscode.commands.executeCommand('pgReplication.declaration.compare', file);
    const diff = await eventually(
      () => {
        const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
        return input instanceof vscode.TabInputTextDiff ? input : undefined;
      },
      { what: 'the diff editor' },
    );
    assert.equal(diff.modified.toString(), file.toString());
    const left = (await vscode.workspace.openTextDocument(diff.original)).getText();
    // What the file leaves out stays as it is on the server, so it is no difference.
    assert.match(left, /- name: orders_pub\n {4}publish:\n {6}- insert\n {6}- update\n {6}- delete\n {6}- truncate\n/);
    assert.doesNotMatch(left, /owner|tables/);
    assert.doesNotMatch(left, /^slots:/m);
    assert.ok(!left.includes(servers.shop.password));
  });

  it('is applied by a plan that is shown first', async () => {
    await write(
      'format: 1',
      'server: shop file',
      'publications:',
      '  - name: orders_pub',
      '    comment: wanted',
      '    tables:',
      '      - {schema: public, name: orders}',
      'replicaIdentities:',
      '  - {schema: public, name: bare, identity: full}',
    );
    await vscode.commands.executeCommand('pgReplication.declaration.apply', file);
    const preview = await eventually(
      () => {
        const document = vscode.window.activeTextEditor?.document;
        return document?.uri.scheme === 'pgreplication-plan' ? document : undefined;
      },
      { what: 'the preview' },
    );
    assert.match(preview.getText(), /ALTER TABLE "public"."bare" REPLICA IDENTITY FULL;/);
    assert.match(preview.getText(), /COMMENT ON PUBLICATION "orders_pub" IS 'wanted';/);
    const [before] = await servers.shop.query<{ c: string | null }>(
      `select obj_description(oid, 'pg_publication') c from pg_publication`,
    );
    assert.equal(before?.c, null);
    await vscode.commands.executeCommand('pgReplication.plan.run', preview.uri);
    const [after] = await servers.shop.query<{ c: string | null }>(
      `select obj_description(oid, 'pg_publication') c from pg_publication`,
    );
    assert.equal(after?.c, 'wanted');
  });

  it('copies the SQL of what the tree shows', async () => {
    const { id } = api.connections.all()[0] ?? {};
    assert.ok(id);
    await vscode.commands.executeCommand('pgReplication.publication.copySql', {
      kind: 'publication',
      id: 'x',
      connectionId: id,
      name: 'orders_pub',
    });
    const copied = await vscode.env.clipboard.readText();
    assert.match(copied, /^-- Publication orders_pub on shop file \(PostgreSQL 16/);
    assert.match(copied, /CREATE PUBLICATION "orders_pub"\n {2}FOR TABLE "public"."orders"/);
    assert.match(copied, /COMMENT ON PUBLICATION "orders_pub" IS 'wanted';/);
  });

  it('has its schema beside the extension', async () => {
    const path = join(api.context.extensionPath, 'schemas/pgreplication.schema.json');
    assert.match(await readFile(path, 'utf8'), /draft-07/);
  });
});
