import type { Layout } from './layout.ts';
import type { Point } from './routes.ts';

/** How much a notch of the wheel zooms: a pixel of it is so many parts of the whole. */
const wheelSteps = 400;

/**
 * The part of the page that scrolls over the drawing. It never scrolls by itself: when the drawing was laid out anew,
 * what the person looked at stays where it was. It is moved by dragging its ground, and zoomed by the wheel with Ctrl (or
 * by two fingers, which browsers tell as that).
 */
export class Canvas {
  readonly #page: HTMLElement;
  readonly #onZoom: (by: number, at: Point) => void;
  #anchor: { readonly id: string; readonly at: Point; readonly zoom: number } | null = null;
  #kept: { readonly at: Point; readonly inView: Point } | null = null;

  /** `onZoom`: the wheel wants it larger (`by` over 1) or smaller around a place in the window. */
  constructor(page: HTMLElement, onZoom: (by: number, at: Point) => void) {
    this.#page = page;
    this.#onZoom = onZoom;
  }

  /** Whether it is on the page. */
  get there(): boolean {
    return this.#element() !== null;
  }

  readonly onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 16;
    const most = Math.max(-wheelSteps / 4, Math.min(wheelSteps / 4, pixels));
    this.#onZoom(Math.exp(-most / wheelSteps), { x: event.clientX, y: event.clientY });
  };

  readonly onPointerDown = (event: PointerEvent): void => {
    const canvas = this.#element();
    const onItem = (event.target as Element).closest('[data-item]') !== null;
    // Touch scrolls by itself, and a mouse may be on the scroll bar.
    if (!canvas || onItem || event.button !== 0 || event.pointerType !== 'mouse') return;
    if (event.offsetX > canvas.clientWidth && event.target === canvas) return;
    const from = { x: canvas.scrollLeft + event.clientX, y: canvas.scrollTop + event.clientY };
    const move = (now: PointerEvent) => canvas.scrollTo(from.x - now.clientX, from.y - now.clientY);
    const end = () => {
      canvas.removeEventListener('pointermove', move);
      canvas.classList.remove('dragged');
    };
    canvas.setPointerCapture(event.pointerId);
    canvas.classList.add('dragged');
    canvas.addEventListener('pointermove', move);
    canvas.addEventListener('lostpointercapture', end, { once: true });
  };

  /** Before a new layout: keeps where the focused box or line, or else the first one in view, is now. */
  remember(current: string | null, layout: Layout | null, zoom: number): void {
    const canvas = this.#element();
    if (!canvas || !layout) return;
    const id = current !== null && placeIn(layout, current) ? current : this.#firstInView(layout, canvas);
    const at = id === null ? null : placeIn(layout, id);
    if (id !== null && at) this.#anchor = { id, at, zoom };
  }

  /** After it was drawn: moves the view by as much as what was kept has moved. */
  settle(layout: Layout, zoom: number): void {
    const canvas = this.#element();
    if (canvas && this.#anchor) {
      const now = placeIn(layout, this.#anchor.id);
      if (now) {
        canvas.scrollLeft += now.x * zoom - this.#anchor.at.x * this.#anchor.zoom;
        canvas.scrollTop += now.y * zoom - this.#anchor.at.y * this.#anchor.zoom;
      }
    }
    if (canvas && this.#kept) {
      canvas.scrollLeft = this.#kept.at.x - this.#kept.inView.x;
      canvas.scrollTop = this.#kept.at.y - this.#kept.inView.y;
    }
    this.#anchor = null;
    this.#kept = null;
  }

  /** Before it is drawn `by` times as large: what is at a place of the window stays there; in the middle unless told. */
  keepPlace(by: number, at: Point | null): void {
    const canvas = this.#element();
    if (!canvas) return;
    const frame = canvas.getBoundingClientRect();
    const inView = at
      ? { x: at.x - frame.left, y: at.y - frame.top }
      : { x: canvas.clientWidth / 2, y: canvas.clientHeight / 2 };
    this.#kept = {
      at: { x: (canvas.scrollLeft + inView.x) * by, y: (canvas.scrollTop + inView.y) * by },
      inView,
    };
  }

  /** The zoom at which all of the drawing is in view. */
  fitting({ height, width }: Layout): number {
    const canvas = this.#element();
    if (!canvas || width === 0 || height === 0) return 1;
    return Math.min(canvas.clientWidth / width, canvas.clientHeight / height);
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
