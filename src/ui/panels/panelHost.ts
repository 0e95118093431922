import * as vscode from 'vscode';
import type * as z from 'zod/mini';

import { type Message, readyMessage } from '../../protocol/messages.ts';
import { describeError } from '../../replication/model/errors.ts';
import type { Services } from '../services.ts';
import { PanelChannel } from './panelChannel.ts';
import { type PageName, panelHtml, panelNonce } from './panelHtml.ts';

/** What `openPanel` takes. */
export interface PanelOptions<Inbound> {
  readonly services: Pick<Services, 'context' | 'log' | 'panels'>;
  /** The id of the panel's kind, from contributions.ts. */
  readonly viewType: string;
  /** Tells panels of one kind apart; asking again for the same key brings the open one to the front. */
  readonly key: string;
  readonly title: string;
  /** `media/panels/<icon>-light.svg` and `-dark.svg`. */
  readonly icon: PageName;
  readonly page: PageName;
  /** Shape of what the page sends, `ready` aside. Anything else is dropped and logged, without its content. */
  readonly schema: z.ZodMiniType<Inbound>;
  /** A rejection is logged, and told to the page as a `failed` message. */
  readonly onMessage: (message: Inbound) => void | Promise<void>;
  /**
   * The page has loaded, for the first time or again after it was hidden: post its state. `kept` is what the page
   * kept by itself (`setState`), unchecked.
   */
  readonly onReady?: (kept: unknown) => void;
  readonly onDispose?: () => void;
  /** The panel came to the front (true) or went behind another (false; its page is unloaded then). */
  readonly onVisible?: (visible: boolean) => void;
  /** Data for the page's start, JSON without secrets. */
  readonly start?: unknown;
  /** From a serializer: the panel VS Code kept over a reload of the window. */
  readonly restore?: vscode.WebviewPanel;
}

/** An open panel. */
export interface Panel<Outbound extends Message> {
  /** Sends a state to the page; while the page isn't there, the last of each type waits for it. */
  post(message: Outbound): void;
  readonly panel: vscode.WebviewPanel;
  dispose(): void;
}

/**
 * Opens a webview panel in the editor area. Undefined where one of this key was open: it was brought to the front,
 * and whoever opened it serves it.
 */
export function openPanel<Inbound extends Message, Outbound extends Message>(
  options: PanelOptions<Inbound>,
): Panel<Outbound> | undefined {
  const { context, log, panels } = options.services;
  const open = panels.find(options.viewType, options.key);
  if (open) {
    open.reveal();
    options.restore?.dispose();
    return undefined;
  }
  const folder = vscode.Uri.joinPath(context.extensionUri, 'dist', 'webviews');
  const webviewOptions = { enableScripts: true, localResourceRoots: [folder] };
  const panel =
    options.restore ??
    vscode.window.createWebviewPanel(options.viewType, options.title, vscode.ViewColumn.Active, webviewOptions);
  panel.webview.options = webviewOptions;
  panel.title = options.title;
  panel.iconPath = icon(context.extensionUri, options.icon);
  panels.add(options.viewType, options.key, panel);

  const channel = new PanelChannel<Message>((message) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- VS Code's own, not a window's.
    panel.webview.postMessage(message).then(undefined, (error: unknown) => {
      log.warn(`A message to the panel ${options.viewType} was lost: ${describeError(error).message}`);
    });
  });
  const serve = async (raw: unknown) => {
    const ready = readyMessage.safeParse(raw);
    if (ready.success) {
      options.onReady?.(ready.data.kept);
      channel.ready();
      return;
    }
    const message = options.schema.safeParse(raw);
    if (message.success) await options.onMessage(message.data);
    else log.warn(`The panel ${options.viewType} sent a message of an unknown shape at ${paths(message.error)}.`);
  };
  const disposables = [
    panel.webview.onDidReceiveMessage((raw: unknown) => {
      serve(raw).catch((error: unknown) => {
        const description = describeError(error);
        log.warn(`The panel ${options.viewType} failed: ${description.message}`);
        channel.post({ type: 'failed', error: description } as Message);
      });
    }),
    panel.onDidChangeViewState(() => {
      if (!panel.visible) channel.unready();
      options.onVisible?.(panel.visible);
    }),
  ];
  panel.onDidDispose(() => {
    // What still comes of work that was under way has nowhere to go; a webview that was closed would throw.
    channel.unready();
    for (const disposable of disposables) disposable.dispose();
    options.onDispose?.();
  });

  const address = (file: string) => panel.webview.asWebviewUri(vscode.Uri.joinPath(folder, file)).toString();
  panel.webview.html = panelHtml({
    page: options.page,
    title: options.title,
    nonce: panelNonce(),
    cspSource: panel.webview.cspSource,
    script: address(`${options.page}.js`),
    styles: [address('codicon.css'), address(`${options.page}.css`)],
    start: options.start ?? null,
  });
  return { post: (message) => channel.post(message), panel, dispose: () => panel.dispose() };
}

function icon(extension: vscode.Uri, name: PageName): { light: vscode.Uri; dark: vscode.Uri } {
  const file = (theme: string) => vscode.Uri.joinPath(extension, 'media', 'panels', `${name}-${theme}.svg`);
  return { light: file('light'), dark: file('dark') };
}

/** Where a message didn't fit; never what it held. */
function paths(error: z.core.$ZodError): string {
  return error.issues.map((issue) => issue.path.join('.') || '(top)').join(', ');
}
