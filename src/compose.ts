import path from 'node:path';

import type * as vscode from 'vscode';

import { OrderedStorage } from './connections/orderedStorage.ts';
import { ConnectionStore } from './connections/store.ts';
import { Copies } from './replication/copy/copies.ts';
import { Forecasts } from './replication/forecast/forecasts.ts';
import { EventBook } from './replication/lag/eventBook.ts';
import { joinEvents, SeenEvents } from './replication/lag/events.ts';
import { LagMonitor } from './replication/lag/monitor.ts';
import { describeError } from './replication/model/errors.ts';
import { createReplicationService } from './replication/replicationService.ts';
import { followStreams } from './replication/samples/follow.ts';
import { SampleFiles } from './replication/samples/sampleFiles.ts';
import { SampleStore } from './replication/samples/sampleStore.ts';
import { createAlerts, showAlerts } from './ui/alerts/alertDesk.ts';
import { keepCrossed } from './ui/alerts/alertMarks.ts';
import { registerCommands } from './ui/commands/register.ts';
import { setContextKey } from './ui/commands/typed.ts';
import { canImport } from './ui/connections/findOffers.ts';
import { registerDeclarationCompletions } from './ui/declarations/completions.ts';
import { DeclarationDiagnostics } from './ui/declarations/diagnostics.ts';
import { ServerDeclarations } from './ui/declarations/serverDocuments.ts';
import { importDemoConnections } from './ui/demoConnections.ts';
import { watchAlways } from './ui/lagWatching.ts';
import { createLog } from './ui/log.ts';
import { Notifier } from './ui/notify.ts';
import { PanelRegistry } from './ui/panels/panelRegistry.ts';
import { registerPanels } from './ui/panels/restore.ts';
import { PeekDocuments } from './ui/peek/peekDocuments.ts';
import { History } from './ui/plans/history.ts';
import { createHistoryView } from './ui/plans/historyView.ts';
import { planEvents } from './ui/plans/planEvents.ts';
import { PlanPreviews } from './ui/plans/preview.ts';
import { ConfirmingPlanRunner } from './ui/plans/runner.ts';
import type { Services } from './ui/services.ts';
import { createSettings } from './ui/settings.ts';
import { createStatusBar } from './ui/status.ts';
import { createServersView, type ServersView } from './ui/tree/view.ts';

/** What the extension is made of, for its end and for the host tests. */
export interface Composition extends vscode.Disposable {
  readonly services: Services;
  readonly servers: ServersView;
  /** What is done once after activation, in its own time: the demo's connections, left-over passwords, what could be imported. */
  start(): Promise<void>;
}

/** Builds every service by hand, in order. Touches no server, and loads no pg. */
export function compose(context: vscode.ExtensionContext): Composition {
  const log = createLog();
  const settings = createSettings();
  const notifier = new Notifier({ log });
  const storage = new OrderedStorage(context.globalState);
  const connections = new ConnectionStore({ storage, secrets: context.secrets });
  const service = createReplicationService({ connections, log });
  const monitor = new LagMonitor({ service, connections });
  const samples = new SampleStore();
  const eventBook = new EventBook();
  const sampleFiles = new SampleFiles({
    store: samples,
    events: eventBook,
    folder: () => path.join(context.globalStorageUri.fsPath, 'lag-history'),
    connections,
    log,
  });
  const forecasts = new Forecasts({ monitor, service, connections });
  const copies = new Copies({ service, connections, monitor, log });
  const alerts = createAlerts({
    storage,
    storageFolder: () => context.globalStorageUri.fsPath,
    monitor,
    service,
    connections,
    forecasts,
    copies,
    settings,
  });
  const onFirst = () => void sampleFiles.load();
  const stopFollowing = followStreams({ monitor, service, forecasts, samples, onFirst });
  const history = new History({ storage });
  const seenEvents = new SeenEvents({ service, connections, book: eventBook });
  const stopKeeping = keepCrossed(alerts.center, monitor, eventBook);
  const lagEvents = joinEvents(eventBook, planEvents(history));
  const previews = new PlanPreviews();
  const declarations = new ServerDeclarations();
  const peeks = new PeekDocuments();
  const plans = new ConfirmingPlanRunner({ service, connections, history, previews, notifier, log });
  const panels = new PanelRegistry();
  const servers = createServersView({
    service,
    connections,
    monitor,
    forecasts,
    copies,
    alerts: alerts.center,
    settings,
    log,
  });
  const { reveal } = servers;
  const services: Services = {
    context,
    service,
    connections,
    monitor,
    samples,
    sampleFiles,
    forecasts,
    copies,
    alerts: alerts.center,
    plans,
    panels,
    log,
    settings,
    notifier,
    history,
    lagEvents,
    reveal,
  };

  const disposables: readonly { dispose(): unknown }[] = [
    registerCommands({ services, previews, peeks, declarations, servers }),
    registerPanels(services),
    registerDeclarationCompletions(services),
    new DeclarationDiagnostics(services),
    watchAlways(services),
    createHistoryView(history),
    createStatusBar(services, monitor),
    showAlerts(services, alerts, servers.view),
    servers,
    panels,
    previews,
    declarations,
    peeks,
    { dispose: stopFollowing },
    { dispose: stopKeeping },
    sampleFiles,
    copies,
    seenEvents,
    monitor,
    service,
    log,
  ];
  return {
    services,
    servers,
    start: async () => {
      await importDemoConnections(services);
      try {
        const orphans = await connections.sweepOrphans();
        if (orphans > 0) log.info(`${orphans} passwords of connections that are gone were deleted`);
      } catch (error) {
        // A vault that is locked now is swept at the next start.
        log.warn(`Left-over passwords could not be looked for: ${describeError(error).message}`);
      }
      // Only the empty view asks for it.
      if (connections.all().length === 0) await setContextKey('pgReplication.canImport', await canImport(services));
    },
    dispose: () => {
      for (const disposable of disposables) disposable.dispose();
    },
  };
}
