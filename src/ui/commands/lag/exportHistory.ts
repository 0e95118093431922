import * as vscode from 'vscode';

import { ReplicationError } from '../../../replication/model/errors.ts';
import { samplesCsv } from '../../../replication/samples/csv.ts';
import type { KeptStream } from '../../../replication/samples/sampleStore.ts';
import { type TierName, tierShapes } from '../../../replication/samples/streamSamples.ts';
import { pickOne } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import type { ConnectionNode, SlotNode, SubscriptionNode } from '../../tree/node.ts';

/** Writes what was sampled of a slot, a subscription, a connection or (on none of them) of all into a CSV file. */
export async function exportHistory(
  services: Services,
  node?: ConnectionNode | SlotNode | SubscriptionNode,
): Promise<void> {
  const { connections, notifier, sampleFiles, samples } = services;
  // What an earlier window kept may not be read yet.
  await sampleFiles.load();
  const streams = samples.streams().filter((kept) => isOf(services, kept, node));
  if (streams.length === 0) {
    throw new ReplicationError('missing', 'Nothing was sampled of it yet.', {
      advice: 'Open the lag panel, or keep the Servers view open: samples are kept from then on.',
    });
  }
  const tier = await pickOne<TierName>('Export which samples?', [
    { value: 'seconds', label: 'The last hour, by seconds' },
    { value: 'minutes', label: 'The last day, by minutes', description: 'least, greatest and last of each' },
    { value: 'halfHours', label: 'The last month, by half hours', description: 'least, greatest and last of each' },
  ]);
  const uri = await vscode.window.showSaveDialog({
    title: 'Export Lag History as CSV',
    saveLabel: 'Export',
    defaultUri: suggestedFile(node?.kind === 'connection' ? connections.facts(node.connectionId)?.name : node?.name),
    filters: { 'Comma-separated values': ['csv'] },
  });
  if (!uri) throw new vscode.CancellationError();
  const to = Date.now() + tierShapes[tier].widthMs;
  const nameOf = (id: string) => connections.facts(id)?.name;
  const lines = [...samplesCsv({ streams, tier, from: 0, to, nameOf })];
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(lines.join('')));
  notifier.done(`Lag history exported: ${(lines.length - 1).toLocaleString('en-US')} samples`);
}

/** VS Code hands over whatever the menu of an editor is about: only a row of ours narrows it. */
function isOf({ monitor }: Services, { stream }: KeptStream, node?: ConnectionNode | SlotNode | SubscriptionNode) {
  const { publisher, subscriber } = stream;
  switch (node?.kind) {
    case 'connection':
      return [publisher, subscriber].some((end) => end?.connectionId === node.connectionId);
    case 'slot':
      return publisher?.connectionId === node.connectionId && publisher.slotName === node.name;
    case 'subscription': {
      const own = monitor.lagOfSubscription(node.connectionId, node.name)?.stream.id;
      return (
        stream.id === own ||
        (subscriber?.connectionId === node.connectionId && subscriber.subscriptionName === node.name)
      );
    }
    default:
      return true;
  }
}

/** Beside the workspace's files where there is one. A name may hold what a file name may not. */
function suggestedFile(of = ''): vscode.Uri {
  const plain = of.replaceAll(/[^\p{L}\p{N}._ -]+/gu, '-').replaceAll(/^[. -]+|[. -]+$/g, '');
  const name = `${plain === '' ? 'lag' : `${plain} lag`}.csv`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder ? vscode.Uri.joinPath(folder, name) : vscode.Uri.file(name);
}
