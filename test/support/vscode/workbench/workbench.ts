import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { Frame, Locator, Page } from 'playwright-core';

import { eventually } from '../../eventually.ts';
import { outFolder } from '../../paths.ts';
import { exactly } from './menu.ts';
import { Messages } from './messages.ts';
import { QuickInput } from './quickInput.ts';
import { Tree } from './tree.ts';

/** The colour themes of the tests, by the names that both editors have for them. */
export const themes = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  'high-contrast': 'Dark High Contrast',
  'high-contrast-light': 'Light High Contrast',
} as const;

/** A colour theme of the tests. */
export type Theme = keyof typeof themes;

/** The window of a running editor, used as a person uses it. */
export class Workbench {
  readonly page: Page;
  readonly input: QuickInput;
  readonly messages: Messages;

  private constructor(page: Page) {
    this.page = page;
    this.input = new QuickInput(page);
    this.messages = new Messages(page);
  }

  /** Opens an address of an editor in a page, and gives its window when that can be used. */
  static async open(page: Page, url: string): Promise<Workbench> {
    await page.goto(url, { timeout: 120_000 });
    const workbench = new Workbench(page);
    await workbench.#ready();
    return workbench;
  }

  /** Reloads the window by *Developer: Reload Window*: unlike a reload of the page, it first writes down what panels keep. */
  async reload(): Promise<void> {
    const reloaded = this.page.waitForEvent('load', { timeout: 90_000 });
    await this.input.command('Developer: Reload Window');
    await reloaded;
    await this.#ready();
  }

  /** Opens a container of the activity bar, such as the extension's. */
  async openContainer(title: string): Promise<void> {
    const item = this.page.locator(`.activitybar .action-item:has(.action-label[aria-label^="${title}"])`).first();
    await item.waitFor({ timeout: 60_000 });
    await eventually(
      async () => {
        if (
          (await item.getAttribute('aria-selected')) === 'true' ||
          (await item.getAttribute('class'))?.includes('checked')
        ) {
          return this.page.locator('.sidebar .pane, .sidebar .webview').first().isVisible();
        }
        await item.click({ timeout: 5_000 });
        return false;
      },
      { every: 200, within: 60_000, what: `the container ${title}` },
    );
  }

  /** A tree of the side bar, by the title of its view. */
  tree(viewTitle: string): Tree {
    return new Tree(this.page, viewTitle);
  }

  /** Runs a command by its full title in the palette. */
  async command(title: string): Promise<void> {
    await this.input.command(title);
  }

  /** The tab of an editor or panel. */
  tab(title: string): Locator {
    return this.page.locator('.tabs-container .tab', {
      has: this.page.locator('.label-name', { hasText: exactly(title) }),
    });
  }

  /** Waits for the tab with this title, brings it to the front, and gives the document of the page in it. */
  async webview(title: string): Promise<Frame> {
    await this.tab(title).first().click();
    return eventually(() => this.#frame(title), { within: 60_000, what: `the page of ${title}` });
  }

  /** Closes the tab with this title. */
  async close(title: string): Promise<void> {
    const tab = this.tab(title).first();
    await tab.click({ button: 'middle' });
    await tab.waitFor({ state: 'detached' });
  }

  /** The items of the status bar that hold this text. */
  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item', { hasText: text });
  }

  /** Changes the colour theme and waits until the window wears it. */
  async setTheme(theme: Theme): Promise<void> {
    // A window that has just opened may not know its themes yet, and the list is made when it opens.
    await eventually(
      async () => {
        await this.input.command('Preferences: Color Theme');
        // By its field: with a theme from the end of the list in use, the top of the list isn't drawn.
        await this.input.box.getByPlaceholder('Select Color Theme').waitFor({ timeout: 5_000 });
        await this.input.field.fill(themes[theme], { timeout: 2_000 });
        if ((await this.input.entries(5_000)).includes(themes[theme])) return true;
        await this.input.cancel();
        return false;
      },
      { within: 120_000, what: `the theme ${theme} in the list` },
    );
    await this.input.pick(themes[theme]);
    await this.input.box.waitFor({ state: 'hidden' });
    const base = { dark: 'vs-dark', light: 'vs', 'high-contrast': 'hc-black', 'high-contrast-light': 'hc-light' }[
      theme
    ];
    await this.page.locator(`.monaco-workbench.${base}`).waitFor();
  }

  /** Takes a picture of the window (or of a part of it) into out/screenshots, and gives its path. */
  async screenshot(name: string, part?: Locator): Promise<string> {
    const folder = path.join(outFolder, 'screenshots');
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, `${name}.png`);
    await (part ?? this.page).screenshot({ path: file, animations: 'disabled' });
    return file;
  }

  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .activitybar .action-item').first().waitFor({ timeout: 60_000 });
    await this.page.locator('.statusbar-item').first().waitFor({ timeout: 60_000 });
  }

  async #frame(title: string): Promise<Frame | undefined> {
    for (const frame of this.page.frames()) {
      const outer = frame.parentFrame();
      if (outer !== null && outer.parentFrame() !== null) {
        const element = await frame.frameElement();
        const [id, label] = [await element.getAttribute('id'), await element.getAttribute('title')];
        const visible = await (await outer.frameElement()).isVisible();
        if (id === 'active-frame' && label === title && visible) {
          return frame;
        }
      }
    }
    return undefined;
  }
}
