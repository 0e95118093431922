import type { Page } from 'playwright-core';

import { eventually } from '../../eventually.ts';

/**
 * Chooses an item of the open menu, and further ones from its submenus. An item is meant by its exact text. Gives false
 * where nothing was chosen: the menu was closed before, as a tree does that is drawn anew or takes the focus, or it has
 * no such item (yet).
 */
export async function chooseFromMenu(page: Page, ...items: readonly string[]): Promise<boolean> {
  for (const [depth, item] of items.entries()) {
    if (!(await choose(page, item, { depth, last: depth === items.length - 1 }))) return false;
  }
  return true;
}

async function choose(
  page: Page,
  item: string,
  { depth, last }: { readonly depth: number; readonly last: boolean },
): Promise<boolean> {
  const label = page.locator('.monaco-menu .action-label', { hasText: exactly(item) }).last();
  let clicked = false;
  const outcome = await eventually(
    async () => {
      const open = await page.locator('.monaco-menu').count();
      if (clicked && (last ? open === 0 : open > depth + 1)) return 'chosen';
      if (open === 0) return 'closed';
      // A menu ignores the mouse for a moment after it opened: then it is still there, and is clicked again.
      await label.click({ timeout: 1_000 });
      clicked = true;
      return false;
    },
    { every: 100, within: 5_000, what: `the menu item ${item}` },
  ).catch(() => 'missing');
  return outcome === 'chosen';
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
