import type * as vscode from 'vscode';

import type { CommandId } from '../../contributions.ts';
import { isCancellation, type Notifier } from '../notify.ts';

/**
 * The one wrapper of every command: logs it with its time, is silent about cancellations, and shows what failed.
 * Handlers throw; they never show an error themselves. Gives undefined where the command failed.
 */
export async function runLogged<Result>(
  parts: { readonly log: vscode.LogOutputChannel; readonly notifier: Notifier },
  id: CommandId,
  body: () => Result | PromiseLike<Result>,
): Promise<Result | undefined> {
  const startedAt = performance.now();
  const took = (): string => `${Math.round(performance.now() - startedAt)} ms`;
  try {
    const result = await body();
    parts.log.debug(`${id}: done in ${took()}`);
    return result;
  } catch (error) {
    if (isCancellation(error)) {
      parts.log.debug(`${id}: cancelled after ${took()}`);
      return undefined;
    }
    parts.log.error(
      `${id}: failed after ${took()}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    // Not awaited: the command is over, its message may stay.
    void parts.notifier.error(error);
    return undefined;
  }
}
