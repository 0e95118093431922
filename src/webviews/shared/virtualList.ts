import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

/** One row of a virtual list. */
export interface ListRow {
  /** Stable while the list lives. */
  readonly key: string;
  readonly chosen: boolean;
  /** It can't be chosen; its text says why. */
  readonly disabled: boolean;
}

/**
 * A list of any length in which rows are ticked. Only the rows in view (and a few around) exist, all of one height;
 * each says its position and the size of the whole. One stop of the Tab key: arrow keys, Home, End, Page Up and
 * Page Down move, Space ticks, Enter opens.
 */
export class VirtualList<Row extends ListRow> extends LitElement {
  static override properties = {
    rows: { attribute: false },
    renderRow: { attribute: false },
    label: { attribute: false },
    active: { state: true },
    first: { state: true },
  };

  declare rows: readonly Row[];
  /** The row's content; nothing focusable, for the row itself is the control. */
  declare renderRow: (row: Row) => TemplateResult;
  declare label: string;
  /** The row the keyboard is on. */
  declare protected active: string | null;
  /** Index of the first row that exists. */
  declare protected first: number;
  /** Space or a click: tick or untick. */
  onToggle: (row: Row) => void = () => {};
  /** Enter or a click on an element with `data-open`. */
  onOpen: (row: Row) => void = () => {};

  #focusActive = false;

  constructor() {
    super();
    this.rows = [];
    this.renderRow = () => html``;
    this.label = '';
    this.active = null;
    this.first = 0;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Puts the focus on the row of this key, scrolling to it. */
  focusRow(key: string): void {
    const index = this.rows.findIndex((row) => row.key === key);
    if (index >= 0) this.#moveTo(index);
  }

  protected override render(): TemplateResult {
    const first = Math.min(this.first, Math.max(0, this.rows.length - rendered));
    const shown = this.rows.slice(first, first + rendered);
    const activeInside = shown.some((row) => row.key === this.active);
    const tabStop = activeInside ? this.active : (shown[0]?.key ?? null);
    return html`<div
      class="list"
      role="listbox"
      aria-multiselectable="true"
      aria-label=${this.label}
      @scroll=${this.#onScroll}
      @keydown=${this.#onKey}
    >
      <div class="list-space" role="none">
        <div class="list-window" role="none">
          ${repeat(
            shown,
            (row) => row.key,
            (row, index) =>
              html`<div
                class="list-row ${row.disabled ? 'disabled' : ''} ${row.key === this.active ? 'active' : ''}"
                role="option"
                data-key=${row.key}
                tabindex=${row.key === tabStop ? 0 : -1}
                aria-selected=${row.chosen}
                aria-disabled=${row.disabled}
                aria-setsize=${this.rows.length}
                aria-posinset=${first + index + 1}
                @click=${(event: MouseEvent) => this.#onClick(event, row)}
                @focus=${() => (this.active = row.key)}
              >
                <span class="tick codicon codicon-check" aria-hidden="true"></span>
                ${this.renderRow(row)}
              </div>`,
          )}
        </div>
      </div>
    </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const list = this.#list();
    // Sizes are set as properties: the policy forbids style attributes.
    const space = list?.querySelector<HTMLElement>('.list-space');
    const pane = list?.querySelector<HTMLElement>('.list-window');
    if (!list || !space || !pane) return;
    const first = Math.min(this.first, Math.max(0, this.rows.length - rendered));
    space.style.height = `${this.rows.length * rowHeight}px`;
    pane.style.transform = `translateY(${first * rowHeight}px)`;
    if (changed.has('rows') && list.scrollTop > this.rows.length * rowHeight) list.scrollTop = 0;
    if (this.#focusActive) {
      this.#focusActive = false;
      this.#rowElement(this.active)?.focus({ preventScroll: true });
    }
  }

  readonly #onScroll = (): void => {
    const list = this.#list();
    if (!list) return;
    const first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - around);
    // In steps, so that a pixel's scroll doesn't render.
    if (Math.abs(first - this.first) >= around / 2 || first === 0) this.first = first;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.metaKey || event.shiftKey || event.ctrlKey) return;
    const at = this.rows.findIndex((row) => row.key === this.active);
    const page = Math.max(1, Math.floor((this.#list()?.clientHeight ?? rowHeight) / rowHeight) - 1);
    const last = this.rows.length - 1;
    const target = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: last,
    }[event.key];
    const row = this.rows[at];
    if (target !== undefined) this.#moveTo(Math.min(last, Math.max(0, target)));
    else if (event.key === ' ' && row) this.onToggle(row);
    else if (event.key === 'Enter' && row) this.onOpen(row);
    else return;
    event.preventDefault();
  };

  #onClick(event: MouseEvent, row: Row): void {
    this.active = row.key;
    this.#rowElement(row.key)?.focus({ preventScroll: true });
    if ((event.target as Element).closest('[data-open]')) this.onOpen(row);
    else this.onToggle(row);
  }

  #moveTo(index: number): void {
    const row = this.rows[index];
    const list = this.#list();
    if (!row || !list) return;
    const top = index * rowHeight;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + rowHeight > list.scrollTop + list.clientHeight) list.scrollTop = top + rowHeight - list.clientHeight;
    this.first = Math.max(0, Math.floor(list.scrollTop / rowHeight) - around);
    this.active = row.key;
    this.#focusActive = true;
    this.requestUpdate();
  }

  #list(): HTMLElement | null {
    return this.querySelector<HTMLElement>('.list');
  }

  #rowElement(key: string | null): HTMLElement | undefined {
    return [...this.querySelectorAll<HTMLElement>('.list-row')].find((element) => element.dataset['key'] === key);
  }
}

/** Height of a row, CSS pixels; `.list-row` in form.css has the same. */
const rowHeight = 24;
/** Rows that exist above the view. */
const around = 10;
/** Rows that exist at once: enough for a list of 20 rows' height, and some around. */
const rendered = 48;
