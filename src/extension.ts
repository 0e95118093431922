import * as vscode from 'vscode';

import { compose } from './compose.ts';
import { Secret } from './replication/model/secret.ts';
import type { Services } from './ui/services.ts';
import type { ServersView } from './ui/tree/view.ts';

/** What `activate` gives in a test's extension host, and nowhere else. */
export interface TestApi extends Services {
  readonly servers: ServersView;
  /** Makes a secret of this bundle: the tests have a class of their own, which nothing here would know. */
  readonly secret: (text: string) => Secret;
  /** What activation itself took, milliseconds; loading the bundle comes before it. */
  readonly activatedMs: number;
}

/** Starts the extension. Nothing is connected to, and pg isn't loaded, before somebody opens a connection. */
export function activate(context: vscode.ExtensionContext): TestApi | undefined {
  const startedAt = performance.now();
  const composition = compose(context);
  const { services, servers } = composition;
  context.subscriptions.push(composition);
  const activatedMs = performance.now() - startedAt;
  services.log.info(`activated in ${activatedMs.toFixed(1)} ms`);
  composition.start().catch((error: unknown) => services.log.error(`after the start: ${String(error)}`));
  return context.extensionMode === vscode.ExtensionMode.Test
    ? { ...services, servers, secret: (text) => new Secret(text), activatedMs }
    : undefined;
}

/** VS Code disposes of what was pushed to the subscriptions. */
export function deactivate(): void {}
