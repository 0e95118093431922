import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

import { findChromium } from './chromium.ts';
import { watchProblems, type Problem } from './problems.ts';

/** A headless browser with one page. */
export interface OpenBrowser {
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What went wrong in any frame so far; grows. */
  readonly problems: readonly Problem[];
  readonly dispose: () => Promise<void>;
}

/** How the window looks. */
export interface BrowserOptions {
  /** Size in CSS pixels; 1440 × 900 unless told. */
  readonly width?: number;
  readonly height?: number;
  /** Device pixels per CSS pixel; 1 unless told. */
  readonly scale?: number;
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a headless Chromium with an empty profile. Throws with what to install when there is none. */
export async function openBrowser({
  width = 1440,
  height = 900,
  scale = 1,
}: BrowserOptions = {}): Promise<OpenBrowser> {
  const browser = await chromium.launch({ executablePath: await findChromium(), args: flags });
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale });
  const problems = await watchProblems(context);
  const page = await context.newPage();
  return { browser, context, page, problems, dispose: () => browser.close() };
}
