import type * as vscode from 'vscode';

import { defaultApplicationName } from '../../connections/connection.ts';
import {
  type SubscriptionDraft,
  subscriptionKept,
  type SubscriptionRequest,
  subscriptionRequest,
  type SubscriptionUpdate,
} from '../../protocol/subscription.ts';
import { subscriptionEditKept } from '../../protocol/subscriptionEdit.ts';
import type { TableName } from '../../replication/model/reads.ts';
import { runCommand } from '../commands/typed.ts';
import type { Services } from '../services.ts';
import type { TableNode } from '../tree/node.ts';
import { openFormPanel } from './formPanel.ts';
import { showSubscriptionEdit } from './subscriptionEditPanel.ts';
import { SubscriptionForm } from './subscriptionForm.ts';

const viewType = 'pgReplication.subscription';

/** What the form starts with; what isn't given is asked there. */
export interface SubscriptionPanelRequest {
  readonly subscriberConnectionId?: string;
  readonly publisherConnectionId?: string;
  readonly publications?: readonly string[];
}

/** Opens the form that creates a subscription, or brings the one of the same request to the front. */
export async function openSubscriptionPanel(services: Services, request: SubscriptionPanelRequest): Promise<void> {
  show(services, newSubscription(request, services.settings.get('subscription.waitLimitSeconds')), request);
}

/** Brings either form back with the window, with the draft its page kept; a typed password has to be typed again. */
export function restoreSubscriptionPanel(services: Services, panel: vscode.WebviewPanel, state: unknown): void {
  const kept = subscriptionKept.safeParse(state);
  const edit = subscriptionEditKept.safeParse(state);
  if (edit.success) showSubscriptionEdit(services, edit.data.edited, panel);
  else if (kept.success) show(services, kept.data.draft, kept.data, panel);
  else panel.dispose();
}

/** A subscription of nothing yet, with PostgreSQL's defaults. A single publication lends it a name. */
export function newSubscription(request: SubscriptionPanelRequest, waitSeconds: number): SubscriptionDraft {
  const publications = [...(request.publications ?? [])];
  const [first] = publications;
  return {
    subscriberConnectionId: request.subscriberConnectionId ?? null,
    publisherKind: 'known',
    publisherConnectionId: request.publisherConnectionId ?? null,
    name: first !== undefined && publications.length === 1 ? `${first.replace(/_pub(lication)?$/, '')}_sub` : '',
    address: { host: '', port: '', database: '', user: '', more: '' },
    useSavedPassword: true,
    publications,
    enabled: true,
    copyData: true,
    slotMode: 'create',
    slotName: '',
    options: {},
    waitSeconds: String(waitSeconds),
  };
}

function show(services: Services, draft: SubscriptionDraft, key: unknown, restore?: vscode.WebviewPanel): void {
  openFormPanel<SubscriptionRequest, SubscriptionUpdate>(services, {
    viewType,
    key: JSON.stringify(key),
    title: 'Create Subscription',
    icon: 'subscription',
    page: 'subscription',
    schema: subscriptionRequest,
    restore,
    form: (hands) =>
      new SubscriptionForm(
        {
          ...hands,
          applicationName: defaultApplicationName,
          created: async (connectionId, name) => {
            hands.dismiss();
            await services.reveal({ kind: 'subscription', connectionId, name });
          },
          remedies: {
            setReplicaIdentity: (connectionId, tables) => setReplicaIdentities(services, connectionId, tables),
            openSettings: (connectionId) => runCommand('pgReplication.settings.review', { connectionId }),
            createRole: (connectionId) => runCommand('pgReplication.role.create', { connectionId }),
          },
        },
        draft,
        restore !== undefined,
      ),
  });
}

/** Asks for the replica identity of tables, as on their rows in the tree. */
async function setReplicaIdentities(
  services: Services,
  connectionId: string,
  tables: readonly TableName[],
): Promise<void> {
  const { inventory } = await services.service.open(connectionId);
  const nodes = inventory.tables
    .filter((table) => tables.some(({ schema, name }) => schema === table.schema && name === table.name))
    .map(({ oid, schema, name }): TableNode => ({
      kind: 'table',
      id: `${connectionId}/table/${oid}`,
      connectionId,
      oid,
      schema,
      name,
    }));
  await runCommand('pgReplication.table.setReplicaIdentity', nodes[0], nodes);
}
