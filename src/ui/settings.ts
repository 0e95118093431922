import * as vscode from 'vscode';

import { type SettingKey, settings as defaults, type SettingValue } from '../contributions.ts';

const section = 'pgReplication';

/** The settings of this extension, by their names in contributions.ts. */
export interface Settings {
  /** The value in force; the default where somebody wrote a value of another type. */
  get<Key extends SettingKey>(key: Key): SettingValue<Key>;
  onDidChange(key: SettingKey, listener: () => void): vscode.Disposable;
}

/** Reads settings from VS Code's configuration. */
export function createSettings(): Settings {
  return {
    get<Key extends SettingKey>(key: Key) {
      const value: unknown = vscode.workspace.getConfiguration(section).get(key);
      const fallback = defaults[key];
      return (typeof value === typeof fallback ? value : fallback) as SettingValue<Key>;
    },
    onDidChange(key, listener) {
      return vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${section}.${key}`)) listener();
      });
    },
  };
}
