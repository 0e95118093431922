import assert from 'node:assert/strict';

import * as vscode from 'vscode';

import type { TestApi } from '../../src/extension.ts';
import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { addConnection, extensionApi, nodeAt } from './api.ts';

describe('alerts, on a real server', () => {
  const servers = useServers({ server: { major: 16 } });
  const configuration = () => vscode.workspace.getConfiguration('pgReplication.alerts');
  let api: TestApi;
  let connectionId = '';

  before(async () => {
    api = await extensionApi();
    await vscode.commands.executeCommand('pgReplication.servers.focus');
    await servers.server.query("SELECT pg_create_logical_replication_slot('hoarder', 'test_decoding')");
    await servers.server.query("SELECT pg_logical_emit_message(true, '', repeat('x', 3000000))");
    const { Global } = vscode.ConfigurationTarget;
    await configuration().update('perConnection', { alerted: { retainedMegabytes: 2 } }, Global);
    ({ id: connectionId } = await addConnection(api, 'alerted', servers.server));
  });

  after(async () => {
    await configuration().update('perConnection', undefined, vscode.ConfigurationTarget.Global);
    await api.connections.remove(connectionId);
    await api.service.close(connectionId);
  });

  it('show on the row and in the badge by the threshold of their connection, and no more once they are muted', async () => {
    await nodeAt(api, 'alerted', 'Replication Slots', 'hoarder');
    const found = await eventually(
      async () => api.alerts.shown().find(({ sentence }) => sentence.includes('hoarder')),
      {
        what: 'the alert',
      },
    );
    assert.equal(found.kind, 'retained');
    const { view } = api.servers;
    const inBadge = () => view.badge?.tooltip.includes('The replication slot hoarder on alerted retains ') === true;
    await eventually(async () => inBadge(), { what: 'the badge' });
    const row = async () => api.servers.tree.getTreeItem(await nodeAt(api, 'alerted', 'Replication Slots', 'hoarder'));
    assert.match(String((await row()).description), /⚠ retains too much/);
    await api.alerts.mute(found.subject, 'always');
    await eventually(async () => !inBadge(), { what: 'the badge to be gone' });
    assert.doesNotMatch(String((await row()).description), /⚠/);
    const node = await nodeAt(api, 'alerted', 'Replication Slots', 'hoarder');
    await vscode.commands.executeCommand('pgReplication.alerts.unmute', node);
    await eventually(async () => inBadge(), { what: 'the badge to be back' });
  });
});
