import type * as vscode from 'vscode';

import type { ConnectionStore } from '../connections/store.ts';
import type { Copies } from '../replication/copy/copies.ts';
import type { Forecasts } from '../replication/forecast/forecasts.ts';
import type { LagMonitor } from '../replication/lag/monitor.ts';
import type { LagEvents } from '../replication/model/lagEvent.ts';
import type { Plan, PlanOutcome, PlanProgress } from '../replication/model/plan.ts';
import type { SampleFiles } from '../replication/samples/sampleFiles.ts';
import type { SampleStore } from '../replication/samples/sampleStore.ts';
import type { ReplicationService } from '../replication/service.ts';
import type { AlertCenter } from './alerts/alertCenter.ts';
import type { Notifier } from './notify.ts';
import type { PanelRegistry } from './panels/panelRegistry.ts';
import type { History } from './plans/history.ts';
import type { Settings } from './settings.ts';

/** How a plan is run. */
export interface PlanRunOptions {
  /** A failed outcome is only returned, not shown, and neither is the progress: the caller shows them. */
  readonly quiet?: boolean;
  /** Hears each step, and while one waits for other transactions: who holds it up and how long it may last. */
  readonly onProgress?: (progress: PlanProgress) => void;
  /** Cancels the run, like Cancel in the progress that is otherwise shown. */
  readonly signal?: AbortSignal;
  /** The person has said yes to what is lost already; a name that must be typed is still asked for. */
  readonly confirmed?: boolean;
  /** Goes on where this entry's plan stopped, with what is known of its steps by now. */
  readonly resume?: { readonly entryId: string; readonly outcome: PlanOutcome };
  /** Gets an outcome that isn't `done` first; true where nothing more needs to be said of it. */
  readonly handleFailure?: (outcome: PlanOutcome) => Promise<boolean>;
}

/** Runs a plan the way a person expects: confirm, progress with cancel, history. */
export interface PlanRunner {
  /**
   * Undefined where the person declined the confirmation. A failed outcome is returned, and shown as a message
   * unless `quiet` (a form shows it itself, next to what caused it).
   */
  run(plan: Plan, options?: PlanRunOptions): Promise<PlanOutcome | undefined>;
  /** Opens the plan as a read-only SQL document with Run and Copy. */
  preview(plan: Plan): Promise<void>;
}

/** What panels and commands are given. Built once, in compose.ts. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly service: ReplicationService;
  readonly connections: ConnectionStore;
  /** Streams and their lag over time: `new LagMonitor({ service, connections })`. */
  readonly monitor: LagMonitor;
  /** The lag of all streams over an hour, a day and a month, also of earlier windows. */
  readonly samples: SampleStore;
  /** The same on disk. */
  readonly sampleFiles: SampleFiles;
  /** When slots are lost, volumes full and streams caught up. */
  readonly forecasts: Forecasts;
  /** How far initial copies are. */
  readonly copies: Copies;
  /** The alerts that hold, without those that are muted, and `events(id)` for the marks of charts. */
  readonly alerts: AlertCenter;
  readonly plans: PlanRunner;
  /** The panels that are open: `new PanelRegistry()`. */
  readonly panels: PanelRegistry;
  readonly log: vscode.LogOutputChannel;
  readonly settings: Settings;
  readonly notifier: Notifier;
  /** The plans that were run. */
  readonly history: History;
  /** What happened to servers and streams, as marks in the lag panel's chart. */
  readonly lagEvents: LagEvents;
  /** Shows an object in the Servers tree and selects it, waiting until the tree knows it. */
  readonly reveal: (target: RevealTarget) => Promise<void>;
}

export type RevealTarget =
  | { readonly kind: 'connection'; readonly connectionId: string }
  | { readonly kind: 'publication' | 'subscription' | 'slot'; readonly connectionId: string; readonly name: string };
