import * as vscode from 'vscode';

import { collectOffers, type ForeignSettings } from '../../connections/imports/collect.ts';
import { machineSurroundings } from '../../connections/imports/surroundings.ts';
import type { Services } from '../services.ts';

/**
 * The connections that could be imported: from the environment, libpq's files and other extensions' settings. Those
 * of a workspace count only where it is trusted.
 */
export function findOffers({ connections }: Pick<Services, 'connections'>): ReturnType<typeof collectOffers> {
  return collectOffers(machineSurroundings(), foreignSettings(), connections.all());
}

/** Whether there is anything to import, for the context key `pgReplication.canImport`. Never rejects. */
export async function canImport(services: Pick<Services, 'connections'>): Promise<boolean> {
  try {
    return (await findOffers(services)).offers.length > 0;
  } catch {
    return false;
  }
}

type Level = 'globalValue' | 'workspaceValue' | 'workspaceFolderValue';

function foreignSettings(): readonly ForeignSettings[] {
  const user = settingsAt('User settings', 'globalValue');
  if (!vscode.workspace.isTrusted) return [user];
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) =>
    settingsAt(`Settings of ${folder.name}`, 'workspaceFolderValue', folder.uri),
  );
  return [user, settingsAt('Workspace settings', 'workspaceValue'), ...folders];
}

function settingsAt(origin: string, level: Level, scope?: vscode.Uri): ForeignSettings {
  const read = (section: string, key: string): unknown =>
    vscode.workspace.getConfiguration(section, scope).inspect<unknown>(key)?.[level];
  return {
    origin,
    sqlTools: read('sqltools', 'connections'),
    microsoft: read('pgsql', 'connections'),
    microsoftGroups: read('pgsql', 'serverGroups'),
  };
}
