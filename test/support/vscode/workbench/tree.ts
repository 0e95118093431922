import type { Locator, Page } from 'playwright-core';

import { eventually } from '../../eventually.ts';
import { chooseFromMenu, exactly } from './menu.ts';

/** One row of a tree as a person sees it. */
export interface TreeRow {
  /** Its place among all open rows, from 0. */
  readonly index: number;
  /** How deep it lies, from 1. */
  readonly level: number;
  readonly label: string;
  /** The dimmed text behind the label. */
  readonly description: string;
  /** What a screen reader says. */
  readonly accessible: string;
  /** Undefined when it has no children. */
  readonly expanded: boolean | undefined;
  readonly selected: boolean;
}

/** The labels from the outermost row to the meant one, such as `['publisher', 'Publications']`. */
export type TreePath = readonly string[];

/** A tree in the side bar, used by mouse and keyboard. Whatever it is asked for it waits for, up to `within` ms. */
export class Tree {
  readonly #page: Page;
  readonly #pane: Locator;
  readonly #within: number;

  constructor(page: Page, viewTitle: string, within = 30_000) {
    this.#page = page;
    this.#pane = page.locator('.pane', {
      has: page.locator(`.pane-header[aria-label^="${viewTitle} "], .pane-header[aria-label="${viewTitle}"]`),
    });
    this.#within = within;
  }

  /** The whole view, header included. */
  get pane(): Locator {
    return this.#pane;
  }

  /** The rows that are drawn now, top to bottom (a long tree draws only what is in sight). */
  async rows(): Promise<TreeRow[]> {
    const found = await this.#pane.locator('.monaco-list-row').evaluateAll((rows) =>
      rows.map((row) => ({
        index: Number(row.getAttribute('data-index')),
        level: Number(row.getAttribute('aria-level')),
        label: row.querySelector('.label-name')?.textContent ?? '',
        description: row.querySelector('.label-description')?.textContent ?? '',
        accessible: row.getAttribute('aria-label') ?? '',
        expanded: row.hasAttribute('aria-expanded') ? row.getAttribute('aria-expanded') === 'true' : undefined,
        selected: row.getAttribute('aria-selected') === 'true',
      })),
    );
    return found.sort((one, other) => one.index - other.index);
  }

  /** Waits for the row at a path whose parents are open, and gives it. */
  async row(path: TreePath, within = this.#within): Promise<TreeRow> {
    return eventually(async () => find(await this.rows(), path), { within, what: `the row ${path.join(' › ')}` });
  }

  /** Waits until there is no row at a path. */
  async gone(path: TreePath, within = this.#within): Promise<void> {
    await eventually(async () => find(await this.rows(), path) === undefined, {
      within,
      what: `the end of the row ${path.join(' › ')}`,
    });
  }

  /** Waits for the row at a path and gives its element, for what this class has no word for. */
  async element(path: TreePath): Promise<Locator> {
    const { index, level, label } = await this.row(path);
    // By its label too: rows above may come or go before the element is used, and then it must not be another row.
    return this.#pane
      .locator(`.monaco-list-row[data-index="${index}"][aria-level="${level}"]`)
      .filter({ has: this.#page.locator('.label-name', { hasText: exactly(label) }) });
  }

  /** Opens a row, and its parents before it. */
  async expand(path: TreePath): Promise<void> {
    for (let depth = 1; depth <= path.length; depth += 1) {
      await this.#toggleTo(path.slice(0, depth), true);
    }
  }

  /** Closes a row. */
  async collapse(path: TreePath): Promise<void> {
    await this.#toggleTo(path, false);
  }

  /** Clicks a row; with `add`, beside the rows that are selected already. */
  async select(path: TreePath, { add = false }: { readonly add?: boolean } = {}): Promise<void> {
    const label = (await this.element(path)).locator('.label-name');
    await label.click({ modifiers: add ? ['ControlOrMeta'] : [] });
  }

  /** Right-clicks a row and chooses an item, and further ones from its submenus. */
  async chooseFromContextMenu(path: TreePath, ...items: readonly string[]): Promise<void> {
    await eventually(
      async () => {
        const label = (await this.element(path)).locator('.label-name');
        await label.click({ button: 'right', timeout: 2_000 });
        await this.#page.locator('.monaco-menu .action-label').first().waitFor({ timeout: 2_000 });
        if (await chooseFromMenu(this.#page, ...items)) return true;
        await this.#page.keyboard.press('Escape');
        return false;
      },
      { within: 2 * this.#within, what: `${items.join(' › ')} in the menu of ${path.join(' › ')}` },
    );
  }

  /**
   * Right-clicks a row and chooses an item until what it leads to is shown. A row that is drawn anew under its open menu isn't
   * known to VS Code any more: then the command asks for what it is to be done, and this goes back and chooses again.
   */
  async chooseUntil(path: TreePath, item: string, shown: Locator): Promise<void> {
    await eventually(
      async () => {
        await this.chooseFromContextMenu(path, item);
        try {
          await shown.first().waitFor({ timeout: 10_000 });
          return true;
        } catch {
          await this.#page.keyboard.press('Escape');
          return false;
        }
      },
      { within: 4 * this.#within, what: `what ${item} of ${path.join(' › ')} leads to` },
    );
  }

  /**
   * Points at a row until its tooltip with this text is there, and gives the tooltip. A row that is drawn anew while
   * the pointer rests on it shows none until the pointer comes back, so it is led away and back.
   */
  async tooltip(path: TreePath, text: string): Promise<Locator> {
    const tooltip = this.#page.locator('.monaco-hover:visible', { hasText: text }).first();
    await eventually(
      async () => {
        await this.#page.mouse.move(700, 500);
        await (await this.element(path)).locator('.label-name').hover({ timeout: 2_000 });
        await tooltip.waitFor({ timeout: 4_000 });
        return true;
      },
      { within: 2 * this.#within, what: `the tooltip of ${path.join(' › ')}` },
    );
    return tooltip;
  }

  /** Points at a row and clicks one of the icons at its end, by its title. */
  async clickInline(path: TreePath, title: string): Promise<void> {
    const row = await this.element(path);
    await row.hover();
    await row.locator(`.action-label[aria-label^="${title}"]`).click();
  }

  /** Points at the view and clicks one of the icons in its header, by its title. */
  async clickHeader(title: string): Promise<void> {
    await this.#pane.hover();
    const inPane = this.#pane.locator(`.pane-header .action-label[aria-label^="${title}"]`);
    const inContainer = this.#page.locator(`.sidebar .composite.title .action-label[aria-label^="${title}"]`);
    await inPane.or(inContainer).first().click();
  }

  async #toggleTo(path: TreePath, expanded: boolean): Promise<void> {
    const row = await this.row(path);
    if (row.expanded === expanded || (row.expanded === undefined && !expanded)) {
      return;
    }
    await eventually(
      async () => {
        if (find(await this.rows(), path)?.expanded === expanded) return true;
        const twistie = (await this.element(path)).locator('.monaco-tl-twistie');
        const looks = await twistie.getAttribute('class', { timeout: 1_000 });
        // One that still loads its children was clicked: a second click would close it again as soon as it has opened.
        if (looks?.includes('codicon-tree-item-loading') !== true) await twistie.click({ timeout: 1_000 });
        return eventually(async () => find(await this.rows(), path)?.expanded === expanded, { within: 2_000 });
      },
      { within: 2 * this.#within, what: `the row ${path.join(' › ')} to ${expanded ? 'open' : 'close'}` },
    );
  }
}

/** Finds the row at a path among the open rows. */
function find(rows: readonly TreeRow[], path: TreePath): TreeRow | undefined {
  let from = 0;
  let until = rows.length;
  let found: TreeRow | undefined;
  for (const [depth, label] of path.entries()) {
    const place = rows.findIndex(
      (row, at) => at >= from && at < until && row.label === label && row.level === (found?.level ?? 0) + 1,
    );
    found = place === -1 ? undefined : rows[place];
    if (found === undefined || depth === path.length - 1) {
      return found;
    }
    const { level } = found;
    const next = rows.findIndex((row, at) => at > place && row.level <= level);
    from = place + 1;
    until = next === -1 ? rows.length : next;
  }
  return found;
}
