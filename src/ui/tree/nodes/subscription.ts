import { subscriptionCopyWords } from '../../../replication/copy/words.ts';
import { forecastDetail } from '../../../replication/forecast/words.ts';
import type { Cascade } from '../../../replication/lag/cascade.ts';
import { secondsText } from '../../../replication/model/quantity.ts';
import type { StreamLag, StreamState } from '../../../replication/model/stream.ts';
import type { Subscription } from '../../../replication/model/subscription.ts';
import { alertFacts, alertIcon, rowAlertWords } from '../../alerts/alertWords.ts';
import { streamNotes } from '../../streamNotes.ts';
import { goneRow, type Kind, paged, writable } from '../kind.ts';
import { tooltip } from '../markdown.ts';
import { byText, type TreeModel } from '../model.ts';
import { childId, type SubscribedTableNode, type SubscriptionNode } from '../node.ts';
import { contextValue, type RowIcon, spoken } from '../row.ts';
import { behindWords, upToDate, count, exactBytes, joined, sentenceList } from '../words.ts';

/** A state of a stream in a row. */
export const stateWords: Readonly<Record<StreamState, string>> = {
  streaming: 'streaming',
  catchingUp: 'catching up',
  copying: 'copying',
  starting: 'starting',
  stopped: 'stopped',
  disabled: 'disabled',
  inactive: 'inactive',
  lost: 'slot lost',
  slotMissing: 'slot missing on the publisher',
  unreachable: 'publisher unreachable',
  unknown: 'state unknown',
};

const icons: Readonly<Record<StreamState, RowIcon>> = {
  streaming: { id: 'sync', color: 'charts.green' },
  catchingUp: { id: 'sync', color: 'charts.blue' },
  copying: { id: 'cloud-download', color: 'charts.blue' },
  starting: { id: 'sync' },
  stopped: { id: 'debug-pause', color: 'list.warningForeground' },
  disabled: { id: 'circle-slash' },
  inactive: { id: 'debug-pause', color: 'list.warningForeground' },
  lost: { id: 'error', color: 'list.errorForeground' },
  slotMissing: { id: 'error', color: 'list.errorForeground' },
  unreachable: { id: 'debug-disconnect', color: 'list.warningForeground' },
  unknown: { id: 'question' },
};

/** A subscription with its tables. */
export const subscriptionKind: Kind<SubscriptionNode> = {
  row(node, model) {
    const subscription = model.index(node.connectionId)?.subscriptions.get(node.name);
    if (!subscription) return goneRow('subscription', node.name);
    const stale = model.stale(node.connectionId);
    const state = streamState(node, subscription, model);
    const enabled = isEnabled(node, subscription, model);
    const lag = model.lagOfSubscription(node.connectionId, node.name);
    const behind = behindWords({
      bytes: lag?.notAppliedBytes ?? null,
      seconds: lag?.secondsBehind ?? null,
      atLeast: lag?.secondsBehindIsMinimum ?? false,
    });
    // What is still being copied, or stands, isn't up to date because nothing waits to be applied.
    const saysHowFar = state === 'streaming' || state === 'catchingUp' || behind !== upToDate;
    const { alerts, mutedUntil } = model.alertsOf(lag);
    const copy = stale ? null : model.copyOf(node.connectionId, node.name);
    const copied = copy && enabled ? subscriptionCopyWords(copy) : null;
    const description = stale
      ? 'not known while the connection is lost'
      : joined([
          // First, so that a narrow side bar never cuts them off.
          rowAlertWords(alerts),
          stateWords[state],
          enabled && saysHowFar && behind,
          copied,
          tableWords(node, subscription, model),
        ]);
    return {
      label: node.name,
      description,
      icon: stale ? icons.unknown : (alertIcon(alerts) ?? icons[state]),
      contextValue: contextValue('subscription', {
        enabled,
        disabled: !enabled,
        owned: subscription.ownedByMe,
        muted: mutedUntil !== null,
        sequences: subscription.sequences !== undefined,
        writable: writable(node.connectionId, model),
      }),
      accessibleLabel: spoken(node.name, 'subscription', description),
      children: 'collapsed',
      dimmed: stale,
      hasTooltip: true,
    };
  },

  children(node, model) {
    const subscription = model.index(node.connectionId)?.subscriptions.get(node.name);
    if (!subscription) return [];
    const tables = [...subscription.tables].sort((a, b) => byText(a.schema, b.schema) || byText(a.name, b.name));
    const nodes = paged(node, tables, model, ({ oid, schema, name }): SubscribedTableNode => ({
      kind: 'subscribedTable',
      id: childId(node.id, 'subscribedTable', String(oid)),
      connectionId: node.connectionId,
      subscription: node.name,
      oid,
      schema,
      name,
    }));
    if (nodes.length > 0) return nodes;
    return [{ kind: 'empty', id: childId(node.id, 'empty', ''), connectionId: node.connectionId, of: 'subscription' }];
  },

  tooltip(node, model) {
    const subscription = model.index(node.connectionId)?.subscriptions.get(node.name);
    if (!subscription) return tooltip(node.name, []);
    const lag = model.lagOfSubscription(node.connectionId, node.name);
    const { publisher } = subscription;
    const copy = model.copyOf(node.connectionId, node.name);
    return tooltip(node.name, [
      ['State', lag?.stateText ?? stateWords[streamState(node, subscription, model)]],
      ...alertFacts(model.alertsOf(lag), model.now()),
      ['Behind', exactBytes(lag?.notAppliedBytes ?? null)],
      ['Seconds behind', lag?.secondsBehind?.toFixed(1) ?? null],
      ['Last reply to the publisher', replyWords(lag)],
      ['End to end', endToEndWords(lag && model.cascadeTo(lag))],
      ...(lag ? streamNotes(lag) : []).map((note) => ['', note] as const),
      ['Caught up', lag ? forecastDetail(model.forecastsOf(lag).catchUp) : null],
      ['Initial copy', copy ? (subscriptionCopyWords(copy) ?? 'all rows have come') : null],
      ['Copied', copy && copy.tablesDone < copy.tables ? forecastDetail(copy.left) : null],
      ['Publications', sentenceList(subscription.publications)],
      ['Publisher', publisher ? publisherWords(publisher) : 'not visible to this role'],
      ['Foreign server', subscription.foreignServer ?? null],
      ['Slot', subscription.slotName ?? 'none'],
      ['Sequences', sequenceWords(subscription)],
      ['Dead tuples', retentionWords(subscription)],
      ['Owner', subscription.owner],
    ]);
  },
};

function replyWords(lag: StreamLag | undefined): string | null {
  const age = lag?.replyAgeSeconds ?? null;
  return age === null ? null : `${secondsText(age)} ago`;
}

/** "5.2 s over 2 hops, 4 s of it from orders_hub": how old what it shows is by the first publisher. */
function endToEndWords(cascade: Cascade | undefined): string | null {
  if (!cascade || cascade.secondsBehind === null) return null;
  const total = `${cascade.secondsBehindIsMinimum ? 'at least ' : ''}${secondsText(cascade.secondsBehind)}`;
  const { slowest } = cascade;
  const most =
    slowest && (slowest.secondsBehind ?? 0) > 0
      ? `, ${secondsText(slowest.secondsBehind ?? 0)} of it by ${slowest.stream.consumer}`
      : '';
  return `${total} behind over ${count(cascade.hops.length, 'hop')}${most}`;
}

/** The state of its stream; where no lag is known, what its apply worker shows. */
function streamState(node: SubscriptionNode, subscription: Subscription, model: TreeModel): StreamState {
  if (!isEnabled(node, subscription, model)) return 'disabled';
  const lag = model.lagOfSubscription(node.connectionId, node.name);
  if (lag) return lag.state;
  const workers = model.snapshot(node.connectionId)?.pulse.workers ?? [];
  const applies = workers.some(
    (worker) => worker.subscriptionName === node.name && worker.kind === 'apply' && worker.pid !== null,
  );
  return applies ? 'streaming' : 'stopped';
}

/** The pulse knows first: `disable_on_error` switches it off between two readings of the inventory. */
function isEnabled(node: SubscriptionNode, subscription: Subscription, model: TreeModel): boolean {
  const pulse = model.snapshot(node.connectionId)?.pulse.subscriptions.find(({ name }) => name === node.name);
  return pulse?.enabled ?? subscription.enabled;
}

function tableWords(node: SubscriptionNode, subscription: Subscription, model: TreeModel): string {
  const progress = model
    .snapshot(node.connectionId)
    ?.pulse.tableProgress.find(({ subscriptionOid }) => subscriptionOid === subscription.oid);
  const ready = progress?.counts.ready ?? subscription.tables.filter(({ state }) => state === 'ready').length;
  const total = progress ? Object.values(progress.counts).reduce((sum, n) => sum + n, 0) : subscription.tables.length;
  if (total === 0) return 'no tables';
  return ready === total ? `${count(total, 'table')} ready` : `${ready} of ${count(total, 'table')} ready`;
}

/** "3, of which 1 isn't synchronized"; null where there are none (19, untried). */
function sequenceWords({ sequences = [] }: Subscription): string | null {
  if (sequences.length === 0) return null;
  const waiting = sequences.filter(({ synchronized }) => !synchronized).length;
  const total = sequences.length.toLocaleString('en-US');
  return waiting === 0 ? `${total}, synchronized` : `${total}, ${waiting.toLocaleString('en-US')} not synchronized yet`;
}

/** Whether dead tuples are retained for the detection of conflicts (19, untried); null where they aren't to be. */
function retentionWords({ options, retentionStopped }: Subscription): string | null {
  if (options.retainDeadTuples !== true) return null;
  return retentionStopped ? 'retained no more: the longest duration was exceeded' : 'retained to detect conflicts';
}

function publisherWords(publisher: NonNullable<Subscription['publisher']>): string {
  const place = publisher.host === null ? 'host not given' : publisher.host;
  return joined([
    publisher.port === null ? place : `${place}, port ${publisher.port}`,
    publisher.database !== null && `database ${publisher.database}`,
    publisher.user !== null && `as ${publisher.user}`,
  ]);
}
