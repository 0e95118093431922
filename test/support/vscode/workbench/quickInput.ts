import type { Locator, Page } from 'playwright-core';

import { eventually } from '../../eventually.ts';
import { exactly } from './menu.ts';

/** The box at the top of the window: lists to pick from, questions to answer, and the command palette. */
export class QuickInput {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The whole box. */
  get box(): Locator {
    return this.#page.locator('.quick-input-widget:visible');
  }

  /** The field that one types into. */
  get field(): Locator {
    return this.box.locator('.quick-input-box input');
  }

  /** Runs a command by its full title, such as `Preferences: Color Theme`. */
  async command(title: string): Promise<void> {
    // The box closes by itself where something else takes the focus: then it is opened again, so no step waits for long.
    await eventually(
      async () => {
        if ((await this.field.count()) === 0) {
          await this.#page.keyboard.press('F1');
          return false;
        }
        try {
          await this.field.fill(`>${title}`, { timeout: 2_000 });
          const row = this.#row(title);
          await row.waitFor({ timeout: 5_000 });
          await row.click({ timeout: 5_000 });
          return true;
        } catch {
          // A list that was still about to close, and isn't the palette.
          if (await this.box.isVisible()) await this.#page.keyboard.press('Escape');
          return false;
        }
      },
      { every: 300, within: 90_000, what: `the command ${title} in the palette` },
    );
  }

  /** Picks the entry whose label is exactly this. */
  async pick(label: string): Promise<void> {
    const row = this.#row(label);
    await row.waitFor();
    await row.click();
  }

  /** The labels of the entries in sight, as soon as there is one: `timeout` milliseconds at the most. */
  async entries(timeout = 30_000): Promise<string[]> {
    await this.box.locator('.monaco-list-row').first().waitFor({ timeout });
    return this.box.locator('.monaco-list-row .quick-input-list-label .label-name').allInnerTexts();
  }

  /** Answers a question and confirms, and waits until the answer is taken. */
  async answer(text: string): Promise<void> {
    await this.field.fill(text);
    await this.#page.keyboard.press('Enter');
    const texts = this.field;
    await eventually(
      async () =>
        !(await texts.evaluateAll((fields) => fields.map((field) => 'value' in field && field.value))).includes(text),
      { what: `the answer "${text}" to be taken` },
    );
  }

  /** The text under the field: the question, or what is wrong with the answer. */
  async message(): Promise<string> {
    return (await this.box.locator('.quick-input-message').allInnerTexts()).join('\n');
  }

  /** Closes the box. */
  async cancel(): Promise<void> {
    await this.box.waitFor();
    await eventually(
      async () => {
        if (await this.box.isHidden()) {
          return true;
        }
        await this.#page.keyboard.press('Escape');
        return false;
      },
      { what: 'the box to close' },
    );
  }

  #row(label: string): Locator {
    const name = this.#page.locator('.label-name', { hasText: exactly(label) });
    return this.box.locator('.monaco-list-row').filter({ has: name }).first();
  }
}
