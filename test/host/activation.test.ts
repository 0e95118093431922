import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import { commands } from '../../src/contributions.ts';
import { extensionApi, extensionId } from './api.ts';

describe('activation', () => {
  it('registers exactly the commands that are contributed', async () => {
    await extensionApi();
    const registered = (await vscode.commands.getCommands(true)).filter((id) =>
      /^pgReplication\.[a-z]\w*\.[a-z]\w*$/.test(id),
    );
    // VS Code adds commands of its own for each view, such as `pgReplication.servers.focus`.
    const ours = registered.filter(
      (id) =>
        !/^pgReplication\.(servers|history)\.(?!showSql|copy|undo|clear|resume|recheck|abandon|saveRunbook)/.test(id),
    );
    assert.deepEqual(ours.sort(), Object.keys(commands).sort());
  });

  it('waits for somebody to open the view, or a folder with servers as files', () => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension);
    const { activationEvents } = extension.packageJSON as { readonly activationEvents: readonly string[] };
    assert.deepEqual(
      activationEvents.filter((event) => !event.startsWith('onWebviewPanel:')),
      ['workspaceContains:**/*.pgreplication.{yaml,yml}'],
    );
  });

  it('finds its settings, with the defaults that contributions.ts names', async () => {
    const { settings } = await extensionApi();
    assert.equal(settings.get('sampling.intervalMs'), 1000);
    assert.equal(settings.get('tree.refreshSeconds'), 10);
  });
});
