import type { Locator, Page } from 'playwright-core';

import { exactly } from './menu.ts';

/** What the window says to a person: questions that must be answered, and notes at the lower right. */
export class Messages {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The open question. */
  get dialog(): Locator {
    return this.#page.locator('.monaco-dialog-box');
  }

  /** Waits for a question and gives its text, detail included. */
  async dialogText(): Promise<string> {
    await this.dialog.waitFor();
    return this.dialog.locator('.dialog-message-container').innerText();
  }

  /** Waits for a question and answers it by the button with exactly this text. */
  async answer(button: string): Promise<void> {
    await this.dialog.locator('.monaco-button', { hasText: exactly(button) }).click();
    await this.dialog.waitFor({ state: 'hidden' });
  }

  /** The notes that are up and hold this text. */
  note(text: string | RegExp): Locator {
    return this.#page.locator('.notifications-toasts .notification-toast', { hasText: text });
  }

  /** The texts of the notes that are up. */
  notes(): Promise<string[]> {
    return this.#page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();
  }

  /** Waits for a note that holds this text, and clicks its button. */
  async answerNote(text: string | RegExp, button: string): Promise<void> {
    await this.note(text)
      .locator('.monaco-button', { hasText: exactly(button) })
      .click();
  }
}
