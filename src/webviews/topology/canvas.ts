import type { Layout } from './layout.ts';
import type { Point } from './routes.ts';

/**
 * The part of the page that scrolls over the drawing. It never scrolls by itself: when the drawing was laid out anew,
 * what the person looked at stays where it was.
 */
export class Canvas {
  readonly #page: HTMLElement;
  #anchor: { readonly id: string; readonly at: Point } | null = null;
  #middle: { readonly x: number; readonly y: number; readonly by: number } | null = null;

  constructor(page: HTMLElement) {
    this.#page = page;
  }

  /** Before a new layout: keeps where the focused box or line, or else the first one in view, is now. */
  remember(current: string | null, layout: Layout | null): void {
    const canvas = this.#element();
    if (!canvas || !layout) return;
    const id = current !== null && placeIn(layout, current) ? current : this.#firstInView(layout, canvas);
    const at = id === null ? null : placeIn(layout, id);
    if (id !== null && at) this.#anchor = { id, at };
  }

  /** After it was drawn: moves the view by as much as what was kept has moved. */
  settle(layout: Layout, zoom: number): void {
    const canvas = this.#element();
    if (canvas && this.#anchor) {
      const now = placeIn(layout, this.#anchor.id);
      if (now) {
        canvas.scrollLeft += (now.x - this.#anchor.at.x) * zoom;
        canvas.scrollTop += (now.y - this.#anchor.at.y) * zoom;
      }
    }
    if (canvas && this.#middle) {
      canvas.scrollLeft = this.#middle.x * this.#middle.by - canvas.clientWidth / 2;
      canvas.scrollTop = this.#middle.y * this.#middle.by - canvas.clientHeight / 2;
    }
    this.#anchor = null;
    this.#middle = null;
  }

  /** Before the zoom changes: what is in the middle of the view stays there. */
  keepMiddle(before: number, after: number): void {
    const canvas = this.#element();
    if (!canvas) return;
    const x = canvas.scrollLeft + canvas.clientWidth / 2;
    const y = canvas.scrollTop + canvas.clientHeight / 2;
    this.#middle = { x, y, by: after / before };
  }

  /** The zoom at which all of the drawing is in view. */
  fitting({ height, width }: Layout): number {
    const canvas = this.#element();
    if (!canvas || width === 0 || height === 0) return 1;
    // It is as high as the drawing, up to its limit.
    const most = Number.parseFloat(getComputedStyle(canvas).maxHeight);
    const room = Math.max(canvas.clientHeight, Number.isNaN(most) ? 0 : most - 2);
    return Math.min(canvas.clientWidth / width, room / height);
  }

  /** Focuses a box or a line, or its row in the tables, and brings it into view. */
  focus(id: string): void {
    this.#item(id)?.focus({ preventScroll: true });
    this.bringIntoView(id);
  }

  /** Scrolls as little as shows a box, or the label of a line. */
  bringIntoView(id: string): void {
    const item = this.#item(id);
    (item?.querySelector('.label') ?? item)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #firstInView(layout: Layout, canvas: HTMLElement): string | null {
    const frame = canvas.getBoundingClientRect();
    const item = [...canvas.querySelectorAll<SVGGElement>('.node')].find((node) => {
      const box = node.getBoundingClientRect();
      return box.right > frame.left && box.left < frame.right && box.bottom > frame.top && box.top < frame.bottom;
    });
    const id = item?.dataset['item'] ?? null;
    return id !== null && layout.nodes.has(id) ? id : null;
  }

  #element(): HTMLElement | null {
    return this.#page.querySelector<HTMLElement>('.canvas');
  }

  #item(id: string): HTMLElement | SVGElement | undefined {
    return [...this.#page.querySelectorAll<SVGElement>('[data-item]')].find((one) => one.dataset['item'] === id);
  }
}

function placeIn({ edges, nodes }: Layout, id: string): Point | null {
  return nodes.get(id) ?? edges.get(id)?.label ?? null;
}
