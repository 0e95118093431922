import * as vscode from 'vscode';

import { targetToConninfo } from '../../../replication/model/conninfoTarget.ts';
import { formatConninfoUri } from '../../../replication/model/conninfoUri.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import { chosenConnection, type ConnectionRef } from '../../connections/chosen.ts';
import type { Services } from '../../services.ts';

/** Copies a connection's address as a URI that psql and other programs take, without the password. */
export async function copyConnectionString(services: Services, node?: ConnectionRef): Promise<void> {
  const connectionId = await chosenConnection(services, node, 'Copy the connection string of which connection?');
  const facts = services.connections.facts(connectionId);
  if (!facts) throw new ReplicationError('unknownConnection', 'This connection does not exist any more.');
  await vscode.env.clipboard.writeText(formatConninfoUri(targetToConninfo(facts.target)));
  services.notifier.done('Connection string copied, without the password');
}
