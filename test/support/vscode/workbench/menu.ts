import type { Page } from 'playwright-core';

import { eventually } from '../../eventually.ts';

/** Chooses an item of the open menu, and further ones from its submenus. An item is meant by its exact text. */
export async function chooseFromMenu(page: Page, ...items: readonly string[]): Promise<void> {
  for (const [depth, item] of items.entries()) {
    const label = page.locator('.monaco-menu .action-label', { hasText: exactly(item) }).last();
    await label.waitFor();
    const last = depth === items.length - 1;
    // A menu ignores the mouse for a moment after it opened.
    await eventually(
      async () => {
        const open = await page.locator('.monaco-menu').count();
        if (last ? open === 0 : open > depth + 1) {
          return true;
        }
        await label.click({ timeout: 1_000 });
        return false;
      },
      { every: 100, what: `the menu item ${item}` },
    );
  }
}

/** The texts of the items of the open menu, separators left out. */
export async function menuItems(page: Page): Promise<string[]> {
  const labels = page.locator('.monaco-menu .action-item:not(.disabled) .action-label:not(.separator)');
  await labels.first().waitFor();
  return labels.allInnerTexts();
}

/** A pattern that is met by exactly this text, whatever blanks are around it. */
export function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')}\\s*$`);
}
