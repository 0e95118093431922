import { tableCopyFacts, tableCopyWords } from '../../../replication/copy/words.ts';
import type { SubscribedTable, TableState } from '../../../replication/model/subscription.ts';
import { listsAllNotReady } from '../../../replication/model/tableProgress.ts';
import { goneRow, type Kind, writable } from '../kind.ts';
import { tooltip } from '../markdown.ts';
import type { TreeModel } from '../model.ts';
import type { SubscribedTableNode } from '../node.ts';
import { contextValue, type RowIcon, spoken } from '../row.ts';
import { tableName } from '../words.ts';

const words: Readonly<Record<TableState, string>> = {
  init: 'waiting to be copied',
  copying: 'copying',
  copied: 'copied, catching up',
  synchronized: 'synchronized',
  ready: 'ready',
};

const icons: Readonly<Record<TableState, RowIcon>> = {
  init: { id: 'clock' },
  copying: { id: 'cloud-download', color: 'charts.blue' },
  copied: { id: 'sync', color: 'charts.blue' },
  synchronized: { id: 'pass', color: 'charts.blue' },
  ready: { id: 'pass', color: 'charts.green' },
};

/** One that waits its turn is no worry; one whose copy was begun is. */
function waitingIcon(state: TableState): RowIcon {
  return state === 'copying' ? { id: 'warning', color: 'list.warningForeground' } : icons[state];
}

/** A table of a subscription and how far its first copy is. */
export const subscribedTableKind: Kind<SubscribedTableNode> = {
  row(node, model) {
    const label = tableName(node);
    const state = tableState(node, model);
    if (!state) return goneRow('subscribedTable', label);
    const stale = model.stale(node.connectionId);
    const copy = stale ? null : model.copyOfTable(node.connectionId, node.subscription, node.oid);
    const description = stale ? `was ${words[state]}` : ((copy && tableCopyWords(copy)) ?? words[state]);
    return {
      label,
      description,
      icon: stale ? { id: 'question' } : copy?.waits ? waitingIcon(copy.state) : icons[state],
      contextValue: contextValue('subscribedTable', { [state]: true, writable: writable(node.connectionId, model) }),
      accessibleLabel: spoken(label, 'subscribed table', description),
      children: 'none',
      dimmed: stale,
      hasTooltip: true,
    };
  },
  tooltip(node, model) {
    const state = tableState(node, model);
    const copy = model.copyOfTable(node.connectionId, node.subscription, node.oid);
    return tooltip(tableName(node), [
      ['Subscription', node.subscription],
      ['State', state ? words[state] : null],
      ...(copy ? tableCopyFacts(copy) : []),
    ]);
  },
};

/** By the pulse where it tells (it lists those that aren't ready, 200 at most), otherwise by the inventory. */
function tableState(node: SubscribedTableNode, model: TreeModel): TableState | null {
  const subscription = model.index(node.connectionId)?.subscriptions.get(node.subscription);
  const progress = model
    .snapshot(node.connectionId)
    ?.pulse.tableProgress.find(({ subscriptionOid }) => subscriptionOid === subscription?.oid);
  const member = memberOf(node, subscription?.tables ?? []);
  if (!progress || !member) return member?.state ?? null;
  const unready = progress.notReady.find(({ tableOid }) => tableOid === node.oid);
  if (unready) return unready.state;
  return listsAllNotReady(progress) ? 'ready' : member.state;
}

function memberOf(node: SubscribedTableNode, tables: readonly SubscribedTable[]): SubscribedTable | undefined {
  return tables.find(({ oid }) => oid === node.oid);
}
