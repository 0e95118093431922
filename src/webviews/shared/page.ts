import { LitElement } from 'lit';

/**
 * The element a page consists of. It renders into the document itself (no shadow root), so the page's one style
 * sheet, labels and described-by ids reach everything in it.
 */
export abstract class PageElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}

/** Defines the page's element and puts it into the body, handing it what it needs. */
export function startPage<Element extends PageElement>(
  tag: string,
  page: new () => Element,
  prepare: (element: Element) => void,
): void {
  customElements.define(tag, page);
  const element = new page();
  prepare(element);
  document.body.append(element);
}
