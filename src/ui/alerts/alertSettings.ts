import * as vscode from 'vscode';

import { parseQuietHours, type QuietHours } from '../../replication/alerts/quietHours.ts';
import {
  alertDefaults,
  type AlertSettingName,
  type AlertSettings,
  type AlertThresholds,
  parseAlertSettings,
  parsePerConnection,
  thresholdsFrom,
} from '../../replication/alerts/thresholds.ts';

const section = 'pgReplication.alerts';

/** The settings of alerts as they are in force. What is wrong in them counts as not set. */
export interface AlertConfiguration {
  /** The thresholds of a stream between these connections; a later name counts more. */
  readonly thresholds: (connectionNames: readonly string[]) => AlertThresholds;
  readonly quietHours: QuietHours | null;
  /** Whether alerts are told in notifications at all. */
  readonly notify: boolean;
  /** What is wrong in the settings, a sentence each. */
  readonly problems: readonly string[];
}

/** Reads the settings of alerts, and says when they changed. */
export class AlertSettingsReader implements vscode.Disposable {
  #current = readConfiguration();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #listening = vscode.workspace.onDidChangeConfiguration((event) => {
    if (!event.affectsConfiguration(section)) return;
    this.#current = readConfiguration();
    this.#changed.fire();
  });
  readonly onDidChange = this.#changed.event;

  get current(): AlertConfiguration {
    return this.#current;
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }
}

function readConfiguration(): AlertConfiguration {
  const configuration = vscode.workspace.getConfiguration(section);
  const names = Object.keys(alertDefaults) as readonly AlertSettingName[];
  const raw = Object.fromEntries(names.map((name) => [name, configuration.get<unknown>(name)]));
  return alertConfiguration(raw, {
    quietHours: configuration.get<unknown>('quietHours'),
    perConnection: configuration.get<unknown>('perConnection'),
    notify: configuration.get<unknown>('notify'),
  });
}

function alertConfiguration(
  raw: Readonly<Record<string, unknown>>,
  others: { readonly quietHours: unknown; readonly perConnection: unknown; readonly notify: unknown },
): AlertConfiguration {
  const general = parseAlertSettings(raw, `${section}.`);
  const own = parsePerConnection(others.perConnection, `${section}.perConnection`);
  const quiet = parseQuietHours(others.quietHours, `${section}.quietHours`);
  const layers = (names: readonly string[]): readonly AlertSettings[] =>
    names.flatMap((name) => own.settings.get(name) ?? []);
  return {
    thresholds: (names) => thresholdsFrom(general.settings, ...layers(names)),
    quietHours: quiet.hours,
    notify: others.notify !== false,
    problems: [...general.problems, ...own.problems, ...(quiet.problem === null ? [] : [quiet.problem])],
  };
}
