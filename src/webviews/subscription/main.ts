import '../shared/theme.css';
import '../shared/toolkit.css';
import '../shared/form.css';
import './subscription.css';
import type { SubscriptionEdited } from '../../protocol/subscriptionEdit.ts';
import { Announcer } from '../shared/announcer.ts';
import { vscodeHost } from '../shared/host.ts';
import { startPage } from '../shared/page.ts';
import { registerToolkit } from '../shared/toolkit.ts';
import { VirtualList } from '../shared/virtualList.ts';
import { SubscriptionEditPage } from './subscriptionEditPage.ts';
import { SubscriptionPage } from './subscriptionPage.ts';

registerToolkit();
customElements.define('page-announcer', Announcer);
customElements.define('table-list', VirtualList);
const start = JSON.parse(document.querySelector('#start')?.textContent ?? 'null') as {
  readonly edited: SubscriptionEdited;
} | null;
// One page for both: what is there already, or a new one.
if (start === null) startPage('subscription-page', SubscriptionPage, (page) => page.connect(vscodeHost()));
else {
  startPage('subscription-edit-page', SubscriptionEditPage, (page) => page.edit(start.edited, vscodeHost()));
}
