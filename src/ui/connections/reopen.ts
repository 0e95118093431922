import * as vscode from 'vscode';

import { views } from '../../contributions.ts';
import type { Services } from '../services.ts';

/**
 * Reads a server anew, connecting again at once where that had failed, with progress in the Servers view. A failure
 * isn't thrown: the tree shows it, with what can be done.
 */
export async function reopen({ service, log }: Pick<Services, 'service' | 'log'>, connectionId: string): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: views.servers } }, async () => {
    try {
      await service.refresh(connectionId);
    } catch (error) {
      if (service.state(connectionId).phase !== 'failed') throw error;
      log.debug('A server could not be read again; the tree says why.');
    }
  });
}
