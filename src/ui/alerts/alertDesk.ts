import * as vscode from 'vscode';

import type { ActiveAlert } from '../../replication/alerts/alert.ts';
import { Alerts } from '../../replication/alerts/alerts.ts';
import { isQuiet } from '../../replication/alerts/quietHours.ts';
import type { Stream } from '../../replication/model/stream.ts';
import { runCommand } from '../commands/typed.ts';
import { withoutLinks } from '../plainText.ts';
import type { Services } from '../services.ts';
import { childId, groupNode, type SlotNode, type SubscriptionNode } from '../tree/node.ts';
import { type AlertAction, actionLabels, actionsFor } from './alertActions.ts';
import { AlertCenter } from './alertCenter.ts';
import { AlertSettingsReader } from './alertSettings.ts';
import { alertMessages, type AlertMessage, badgeOf } from './alertWords.ts';
import { AlertMutes, type AlertStorage } from './mutes.ts';
import { Teller } from './teller.ts';
import { ToldAlerts } from './toldAlerts.ts';

/** How often it is looked whether quiet hours or a mute are over, milliseconds. */
const lookMs = 10_000;
/** Samples further apart than this many looks of the Servers view prove nothing about the time between them, */
const missedLooks = 3;
/** nor those further apart than this, where it looks often; milliseconds. */
const leastGapMs = 60_000;

/** The alerts, as the tree, the status bar and the panels read them, with what keeps them. */
export interface AlertParts {
  readonly center: AlertCenter;
  readonly alerts: Alerts;
  readonly settings: AlertSettingsReader;
  readonly told: ToldAlerts;
}

type MakingServices = Pick<Services, 'monitor' | 'service' | 'connections' | 'forecasts' | 'copies' | 'settings'> & {
  readonly storage: AlertStorage;
};

/** Makes the alerts of this window. They look at what is sampled from now on. */
export function createAlerts(services: MakingServices): AlertParts {
  const { connections, copies, forecasts, monitor, service, storage } = services;
  const settings = new AlertSettingsReader();
  const alerts = new Alerts({
    monitor,
    service,
    connections,
    forecasts,
    copies,
    thresholds: (names) => settings.current.thresholds(names),
    gapMs: () => Math.max(leastGapMs, missedLooks * 1000 * services.settings.get('tree.refreshSeconds')),
  });
  const mutes = new AlertMutes({ storage });
  const told = new ToldAlerts({ storage });
  return { alerts, settings, told, center: new AlertCenter({ alerts, mutes, monitor }) };
}

/** Shows alerts in the badge of the Servers view, and tells each once in a notification. */
export function showAlerts(
  services: Services,
  { alerts, center, settings, told }: AlertParts,
  view: Pick<vscode.TreeView<unknown>, 'badge'>,
): vscode.Disposable {
  alerts.restore(told.held());
  const teller = new Teller({
    told,
    shown: () => center.shown(),
    quiet: () => !settings.current.notify || isQuiet(settings.current.quietHours, new Date()),
    focused: () => vscode.window.state.focused,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    tell: (due) => {
      for (const message of alertMessages(due)) void tellOne(services, message);
    },
  });
  const failed = (error: unknown) => services.log.warn(`alerts: ${String(error)}`);
  const look = () => {
    const badge = badgeOf(center.shown());
    if (badge?.value !== view.badge?.value || badge?.tooltip !== view.badge?.tooltip) view.badge = badge;
    teller.look().catch(failed);
  };
  const timer = setInterval(look, lookMs);
  const stops = [
    alerts.onDidChange(({ cleared, raised }) => {
      for (const { sentence } of raised) services.log.info(`alert: ${sentence}`);
      teller.cleared(cleared).catch(failed);
    }),
    center.onDidChange(look),
  ];
  void sayProblems(services, settings);
  return vscode.Disposable.from(
    settings,
    settings.onDidChange(() => {
      void sayProblems(services, settings);
      look();
    }),
    {
      dispose: () => {
        clearInterval(timer);
        for (const stop of stops) stop();
        teller.dispose();
        center.dispose();
        alerts.dispose();
      },
    },
  );
}

/** Says what is wrong in the settings, at once: an alert that doesn't come can't be seen. */
async function sayProblems({ log }: Services, { current: { problems } }: AlertSettingsReader): Promise<void> {
  if (problems.length === 0) return;
  for (const problem of problems) log.warn(problem);
  const open = 'Open Settings';
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more, see the log)`;
  const text = `A setting of alerts is not used: ${problems[0] ?? ''}${more}`;
  const pressed = await vscode.window.showWarningMessage(withoutLinks(text), open);
  if (pressed === open) await vscode.commands.executeCommand('workbench.action.openSettings', 'pgReplication.alerts');
}

async function tellOne(services: Services, { about, severe, text }: AlertMessage): Promise<void> {
  const show = severe ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
  const stream = about === null ? undefined : services.alerts.stream(about.streamId);
  const actions = about && stream ? actionsOf(services, about, stream) : (['openLag'] as const);
  const pressed = await show(withoutLinks(text), ...actions.map((action) => actionLabels[action]));
  const action = actions.find((one) => actionLabels[one] === pressed);
  if (action === undefined) return;
  try {
    if (stream) await act(services, action, stream);
    else await runCommand('pgReplication.lag.open');
  } catch (error) {
    await services.notifier.error(error);
  }
}

function actionsOf(services: Services, alert: ActiveAlert, stream: Stream): readonly AlertAction[] {
  const state = services.monitor.lags().find((lag) => lag.stream.id === stream.id)?.state ?? 'unknown';
  const facts = stream.subscriber && services.connections.facts(stream.subscriber.connectionId);
  return actionsFor(alert, { stream, state, canEnable: facts?.readOnly === false });
}

async function act(services: Services, action: AlertAction, stream: Stream): Promise<void> {
  const node = rowOfStream(stream);
  if (!node) return;
  switch (action) {
    case 'enable':
      if (node.kind === 'subscription') await runCommand('pgReplication.subscription.enable', node);
      return;
    case 'openLag':
      await runCommand('pgReplication.lag.open', node);
      return;
    case 'show':
      await services.reveal({ kind: node.kind, connectionId: node.connectionId, name: node.name });
      return;
    case 'mute':
      await runCommand('pgReplication.alerts.mute', node);
  }
}

/** The row a stream is best known by: its subscription, or its slot where none is known. */
function rowOfStream({ publisher, subscriber }: Stream): SubscriptionNode | SlotNode | null {
  if (subscriber) {
    const { connectionId, subscriptionName: name } = subscriber;
    const id = childId(groupNode(connectionId, 'subscriptions').id, 'subscription', name);
    return { kind: 'subscription', id, connectionId, name };
  }
  if (!publisher) return null;
  const { connectionId, slotName: name } = publisher;
  return { kind: 'slot', id: childId(groupNode(connectionId, 'slots').id, 'slot', name), connectionId, name };
}
