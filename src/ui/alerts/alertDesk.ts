import path from 'node:path';

import * as vscode from 'vscode';

import { Alerts } from '../../replication/alerts/alerts.ts';
import { isQuiet } from '../../replication/alerts/quietHours.ts';
import type { AlertSubject } from '../../replication/alerts/subject.ts';
import { PhysicalLags } from '../../replication/lag/physicalLags.ts';
import { runCommand } from '../commands/typed.ts';
import { withoutLinks } from '../plainText.ts';
import type { Services } from '../services.ts';
import { childId, groupNode, type SlotNode, type SubscriptionNode } from '../tree/node.ts';
import { type AlertAction, actionLabels, actionsFor } from './alertActions.ts';
import { AlertCenter, type ShownAlert } from './alertCenter.ts';
import { AlertSettingsReader } from './alertSettings.ts';
import { alertMessages, type AlertMessage, badgeOf } from './alertWords.ts';
import { ClaimFiles } from './claimFiles.ts';
import { AlertMutes, type AlertStorage } from './mutes.ts';
import { Teller } from './teller.ts';
import { ToldAlerts } from './toldAlerts.ts';

/** How often it is looked whether quiet hours or a mute are over, and what another window muted, milliseconds. */
const lookMs = 5000;
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
  /** Where this extension may keep files, for all windows. */
  readonly storageFolder: () => string;
};

/** Makes the alerts of this window. They look at what is sampled from now on. */
export function createAlerts(services: MakingServices): AlertParts {
  const { connections, copies, forecasts, monitor, service, storage, storageFolder } = services;
  const settings = new AlertSettingsReader();
  const alerts = new Alerts({
    monitor,
    physical: new PhysicalLags({ servers: () => monitor.servers() }),
    service,
    connections,
    forecasts,
    copies,
    thresholds: (names) => settings.current.thresholds(names),
    gapMs: () => Math.max(leastGapMs, missedLooks * 1000 * services.settings.get('tree.refreshSeconds')),
  });
  const mutes = new AlertMutes({ storage });
  const claims = new ClaimFiles({ folder: () => path.join(storageFolder(), 'alerts-told') });
  const told = new ToldAlerts({ storage, claims, namesOf: (id) => alerts.subject(id)?.names ?? [] });
  return { alerts, settings, told, center: new AlertCenter({ alerts, mutes }) };
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
    center.lookAgain();
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

async function tellOne(services: Services, { about, physical, severe, text }: AlertMessage): Promise<void> {
  const show = severe ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
  const actions = about ? actionsOf(services, about) : ([physical ? 'openTopology' : 'openLag'] as const);
  const pressed = await show(withoutLinks(text), ...actions.map((action) => actionLabels[action]));
  const action = actions.find((one) => actionLabels[one] === pressed);
  if (action === undefined) return;
  try {
    if (about) await act(services, action, about.subject);
    else await runCommand(physical ? 'pgReplication.topology.open' : 'pgReplication.lag.open');
  } catch (error) {
    await services.notifier.error(error);
  }
}

function actionsOf({ connections, monitor, service }: Services, alert: ShownAlert): readonly AlertAction[] {
  const { connectionIds, slot, subscription } = alert.subject;
  const takesChanges = (id: string | undefined) => id !== undefined && connections.facts(id)?.readOnly === false;
  const disabled = monitor.lags().find(({ stream }) => stream.id === alert.subjectId)?.state === 'disabled';
  const keeper = slot?.connectionId ?? connectionIds[0];
  const state = keeper === undefined ? undefined : service.state(keeper);
  const slots = state?.phase === 'open' ? state.snapshot.pulse.slots : [];
  return actionsFor(alert, {
    subject: alert.subject,
    canEnable: disabled && takesChanges(subscription?.connectionId),
    canDrop: takesChanges(keeper) && slots.some(({ active, name }) => name === slot?.slotName && !active),
    canChangeSettings: takesChanges(keeper),
  });
}

async function act(services: Services, action: AlertAction, subject: AlertSubject): Promise<void> {
  const node = rowOf(subject);
  const [connectionId = ''] = subject.connectionIds;
  switch (action) {
    case 'enable':
      if (node?.kind === 'subscription') await runCommand('pgReplication.subscription.enable', node);
      return;
    case 'drop':
      if (node?.kind === 'slot') await runCommand('pgReplication.slot.drop', node);
      return;
    case 'settings':
      await runCommand('pgReplication.settings.review', { connectionId: subject.slot?.connectionId ?? connectionId });
      return;
    case 'openLag':
      if (node) await runCommand('pgReplication.lag.open', node);
      return;
    case 'openTopology':
      await runCommand('pgReplication.topology.open', { connectionId });
      return;
    case 'show':
      await services.reveal(
        node
          ? { kind: node.kind, connectionId: node.connectionId, name: node.name }
          : { kind: 'connection', connectionId },
      );
      return;
    case 'mute':
      await runCommand('pgReplication.alerts.mute', { subjectId: subject.id });
  }
}

/** The row a subject is best known by: its subscription, or its slot where none is known. Null for a standby without one. */
function rowOf({ slot, subscription }: AlertSubject): SubscriptionNode | SlotNode | null {
  if (subscription) {
    const { connectionId, subscriptionName: name } = subscription;
    const id = childId(groupNode(connectionId, 'subscriptions').id, 'subscription', name);
    return { kind: 'subscription', id, connectionId, name };
  }
  if (!slot) return null;
  const { connectionId, slotName: name } = slot;
  return { kind: 'slot', id: childId(groupNode(connectionId, 'slots').id, 'slot', name), connectionId, name };
}
