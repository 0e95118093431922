import path from 'node:path';

import type { BrowserContext, CDPSession, Page } from 'playwright-core';

/** Something that went wrong in a page. */
export interface Problem {
  /** A violation of a content security policy, an error on the console, or an error that nothing caught. */
  readonly kind: 'csp' | 'error' | 'uncaught';
  /** Whether it came from inside a webview, or from VS Code's own workbench. */
  readonly where: 'webview' | 'workbench';
  readonly text: string;
  /** The address of the document or resource it came from; empty where the browser gives none. */
  readonly url: string;
}

type Add = (kind: Problem['kind'], text: string, url: string) => void;

const violation = /content security policy|refused to (?:apply|execute|load|connect|frame|evaluate)/i;

/**
 * Listens to every page of a browser context, all frames included, and gives a growing list of what went wrong.
 * Nothing is left out. A violation may be listed twice: as the event in its document, and as the console tells it.
 */
export async function watchProblems(context: BrowserContext): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const add: Add = (kind, text, url) =>
    problems.push({ kind, where: isWebview(url) ? 'webview' : 'workbench', text, url });
  await context.exposeBinding('reportPolicyViolation', ({ frame }, text: string) => add('csp', text, frame.url()));
  await context.addInitScript({ path: path.join(__dirname, 'reportViolations.js') });
  context.on('page', (page) => {
    void listen(context, page, add).catch((error: unknown) =>
      add('error', `The listener failed: ${String(error)}`, ''),
    );
  });
  return problems;
}

/** Everything that went wrong in our own pages: violations, errors on their consoles, uncaught errors. */
export function webviewProblems(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ where }) => where === 'webview');
}

/** The violations of a content security policy by our own pages. */
export function webviewViolations(problems: readonly Problem[]): readonly Problem[] {
  return webviewProblems(problems).filter(({ kind }) => kind === 'csp');
}

async function listen(context: BrowserContext, page: Page, add: Add): Promise<void> {
  const session = await context.newCDPSession(page);
  const urlOf = await followFrames(session);
  session.on('Log.entryAdded', ({ entry }) => {
    if (entry.level === 'error' || violation.test(entry.text)) {
      add(violation.test(entry.text) ? 'csp' : 'error', entry.text, entry.url ?? '');
    }
  });
  session.on('Runtime.consoleAPICalled', ({ type, args, executionContextId }) => {
    if (type === 'error' || type === 'assert') {
      const words = args.map((arg) => String(arg.value ?? arg.description ?? arg.type));
      add('error', words.join(' '), urlOf(executionContextId));
    }
  });
  session.on('Runtime.exceptionThrown', ({ exceptionDetails: { exception, text, url, executionContextId } }) => {
    const from = executionContextId === undefined ? '' : urlOf(executionContextId);
    add('uncaught', exception?.description ?? text, from === '' ? (url ?? '') : from);
  });
  await session.send('Log.enable');
  await session.send('Runtime.enable');
}

/** Gives a function that knows the address of the frame that an execution context belongs to. */
async function followFrames(session: CDPSession): Promise<(executionContextId: number) => string> {
  const frameOfContext = new Map<number, string>();
  const urlOfFrame = new Map<string, string>();
  session.on('Page.frameNavigated', ({ frame }) => urlOfFrame.set(frame.id, frame.url));
  session.on('Runtime.executionContextCreated', ({ context }) => {
    const { frameId } = (context.auxData ?? {}) as { readonly frameId?: string };
    frameOfContext.set(context.id, frameId ?? '');
  });
  await session.send('Page.enable');
  return (id) => urlOfFrame.get(frameOfContext.get(id) ?? '') ?? '';
}

function isWebview(url: string): boolean {
  return /\/webview\/browser\/pre\/|vscode-webview|vscode-resource/.test(url);
}
