import type * as vscode from 'vscode';

import {
  type SubscriptionEdited,
  subscriptionEditRequest,
  type SubscriptionEditRequest,
  type SubscriptionEditUpdate,
} from '../../protocol/subscriptionEdit.ts';
import type { Services } from '../services.ts';
import { openFormPanel } from './formPanel.ts';
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
  const { connectionId, subscription } = edited;
  const serverName = services.connections.facts(connectionId)?.name ?? 'a removed connection';
  openFormPanel<SubscriptionEditRequest, SubscriptionEditUpdate>(services, {
    viewType,
    key: JSON.stringify(['edit', connectionId, subscription]),
    title: `Edit Subscription ${subscription} (${serverName})`,
    icon: 'subscription',
    page: 'subscription',
    schema: subscriptionEditRequest,
    start: { edited },
    restore,
    form: (hands) =>
      new SubscriptionEditForm(
        {
          ...hands,
          publisher: () => publisherTarget(services, connectionId, subscription),
          saved: async (name) => {
            hands.dismiss();
            await services.reveal({ kind: 'subscription', connectionId, name });
          },
        },
        edited,
      ),
  });
}
