import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import type { Page } from 'playwright-core';

import { type PageName, panelHtml, panelNonce } from '../../../src/ui/panels/panelHtml.ts';
import { eventually } from '../../support/eventually.ts';
import { openBrowser, type OpenBrowser } from '../../support/vscode/browser.ts';
import { type BuiltPages, buildPages } from './builtPages.ts';
import { bodyClass, type ThemeName, themes } from './themes.ts';

/** How a page is opened. */
export interface PageOptions {
  readonly theme?: ThemeName;
  /** The panel's start-up data. */
  readonly start?: unknown;
  /** What the page finds kept from before. */
  readonly kept?: unknown;
  readonly width?: number;
  readonly height?: number;
}

/** A page that runs in a browser under the policy of the real panels, and a panel for it that the test plays. */
export interface OpenedPage {
  readonly page: Page;
  /** What the page has sent so far; grows. */
  readonly sent: readonly Readonly<Record<string, unknown>>[];
  /** Sends a message to the page, as its panel would. */
  send(message: unknown): Promise<void>;
  /** What the page keeps now. */
  kept(): Promise<unknown>;
  /** Violations of the policy, errors on the console, uncaught errors. */
  problems(): readonly string[];
  close(): Promise<void>;
}

/** The pages for the tests of one `describe`. */
export interface PagesUnderTest {
  /** See PageHarness. */
  open(name: PageName, options?: PageOptions): Promise<OpenedPage>;
  readonly built: BuiltPages;
}

/**
 * Gives the pages to the tests of the enclosing `describe`: starts a harness before them and ends it after them; after
 * each test closes the pages it opened, and fails it if one of them had a problem. Only there while the tests run.
 */
export function usePages(): PagesUnderTest {
  let harness: PageHarness;
  let opened: OpenedPage[] = [];
  before(async () => {
    harness = await PageHarness.start();
  });
  after(() => harness.dispose());
  afterEach(async () => {
    const problems = opened.flatMap((page) => page.problems());
    await Promise.all(opened.map((page) => page.close()));
    opened = [];
    assert.deepEqual(problems, [], 'violations of the policy, or errors');
  });
  return {
    open: async (name, options) => {
      const page = await harness.open(name, options);
      opened.push(page);
      return page;
    },
    get built() {
      return harness.built;
    },
  };
}

/** The pages, a server for them and a browser. */
export class PageHarness {
  readonly built: BuiltPages;
  readonly #server: Server;
  readonly #origin: string;
  readonly #browser: OpenBrowser;
  #start: unknown = null;

  private constructor(built: BuiltPages, server: Server, browser: OpenBrowser) {
    this.built = built;
    this.#server = server;
    this.#browser = browser;
    this.#origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      const { pathname } = new URL(request.url ?? '/', this.#origin);
      const document = /^\/page\/(\w+)$/.exec(pathname)?.[1];
      const file = path.join(built.folder, path.basename(pathname));
      if (document !== undefined) {
        response.setHeader('content-type', 'text/html; charset=utf-8').end(this.#document(document as PageName));
      } else if (existsSync(file)) {
        response.setHeader('content-type', types[path.extname(file)] ?? 'application/octet-stream');
        createReadStream(file).pipe(response);
      } else {
        response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
      }
    });
  }

  static async start(): Promise<PageHarness> {
    const [built, browser] = await Promise.all([buildPages(), openBrowser()]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PageHarness(built, server, browser);
  }

  /** Opens a page in a tab of its own, and gives it once it has told its panel that it is ready. */
  async open(name: PageName, options: PageOptions = {}): Promise<OpenedPage> {
    const { theme = 'dark', width = 1200, height = 900 } = options;
    const sent: Record<string, unknown>[] = [];
    const problems: string[] = [];
    const page = await this.#browser.context.newPage();
    await page.setViewportSize({ width, height });
    page.on('console', (message) => {
      if (message.type() === 'error' || /content security policy/i.test(message.text())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.exposeFunction('hostReceives', (message: Record<string, unknown>) => {
      if (message['type'] === 'violation') problems.push(String(message['text']));
      else sent.push(message);
    });
    // The test compiler names functions through a helper that the browser doesn't have.
    await page.addInitScript('globalThis.__name = (named) => named');
    await page.addInitScript(playVsCode, {
      kept: options.kept,
      variables: themes[theme],
      bodyClass: bodyClass[theme],
    });
    this.#start = options.start ?? null;
    await page.goto(`${this.#origin}/page/${name}`);
    await eventually(() => sent.some(({ type }) => type === 'ready'), {
      every: 10,
      what: `"ready" of the page ${name}`,
    });
    return {
      page,
      sent,
      send: (message) => page.evaluate((data) => window.postMessage(data, '*'), message),
      kept: () => page.evaluate(() => (window as unknown as { keptState: unknown }).keptState),
      problems: () => problems,
      close: () => page.close(),
    };
  }

  async dispose(): Promise<void> {
    await this.#browser.dispose();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #document(page: PageName): string {
    return panelHtml({
      page,
      title: page,
      nonce: panelNonce(),
      cspSource: this.#origin,
      script: `${this.#origin}/${page}.js`,
      styles: [`${this.#origin}/codicon.css`, `${this.#origin}/${page}.css`],
      start: this.#start,
    });
  }
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
  '.map': 'application/json',
};

/** Runs in the page before its own scripts: the API of a webview, the theme's variables, an ear for violations. */
function playVsCode(setting: {
  readonly kept: unknown;
  readonly variables: Readonly<Record<string, string>>;
  readonly bodyClass: string;
}): void {
  const world = window as unknown as {
    hostReceives(message: unknown): void;
    keptState: unknown;
    acquireVsCodeApi: unknown;
  };
  world.keptState = setting.kept;
  let acquired = false;
  world.acquireVsCodeApi = () => {
    if (acquired) throw new Error('An instance of the VS Code API has already been acquired');
    acquired = true;
    return {
      postMessage: (message: unknown) => world.hostReceives(message),
      getState: () => world.keptState,
      setState: (state: unknown) => {
        world.keptState = state;
      },
    };
  };
  window.addEventListener('securitypolicyviolation', (event) => {
    world.hostReceives({
      type: 'violation',
      text: `${event.effectiveDirective} blocked ${event.blockedURI} ${event.sample} in ${event.sourceFile}:${event.lineNumber}`,
    });
  });
  new MutationObserver((_changes, observer) => {
    if (!document.body) return;
    observer.disconnect();
    for (const [name, value] of Object.entries(setting.variables)) {
      document.documentElement.style.setProperty(`--vscode-${name}`, value);
    }
    document.body.className = setting.bodyClass;
  }).observe(document, { childList: true, subtree: true });
}
