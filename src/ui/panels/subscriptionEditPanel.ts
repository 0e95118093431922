import * as vscode from 'vscode';

import {
  type SubscriptionEdited,
  subscriptionEditRequest,
  type SubscriptionEditRequest,
  type SubscriptionEditUpdate,
} from '../../protocol/subscriptionEdit.ts';
import type { Services } from '../services.ts';
import { openPanel } from './panelHost.ts';
import { SubscriptionEditForm } from './subscriptionEditForm.ts';
import { publisherTarget } from './subscriptionPublisher.ts';

/** Of the same kind as the form that creates one: it is the same form, filled with what is there. */
const viewType = 'pgReplication.subscription';

/**
 * Opens the form that changes a subscription, or brings the open one to the front. `restore` is the panel that came
 * back with the window; its page kept the draft.
 */
export function showSubscriptionEdit(
  services: Services,
  edited: SubscriptionEdited,
  restore?: vscode.WebviewPanel,
): void {
  const { connections, plans, reveal, service } = services;
  const { connectionId, subscription } = edited;
  const serverName = connections.facts(connectionId)?.name ?? 'a removed connection';
  const panel = openPanel<SubscriptionEditRequest, SubscriptionEditUpdate>({
    services,
    viewType,
    key: JSON.stringify(['edit', connectionId, subscription]),
    title: `Edit Subscription ${subscription} (${serverName})`,
    icon: 'subscription',
    page: 'subscription',
    schema: subscriptionEditRequest,
    start: { edited },
    onMessage: (message) => form.handle(message),
    onReady: () => void form.show(),
    onDispose: () => {
      form.dispose();
      unsubscribe();
    },
    ...(restore ? { restore } : {}),
  });
  if (!panel) return;
  const form = new SubscriptionEditForm(
    {
      service,
      connections,
      plans,
      publisher: () => publisherTarget(services, connectionId, subscription),
      post: (message) => panel.post(message),
      copy: async (text) => vscode.env.clipboard.writeText(text),
      saved: async (name) => {
        panel.dispose();
        await reveal({ kind: 'subscription', connectionId, name });
      },
      dismiss: () => panel.dispose(),
    },
    edited,
  );
  const unsubscribe = service.onDidChange((changed, change) => {
    if (change === 'inventory') void form.inventoryChanged(changed);
  });
}
