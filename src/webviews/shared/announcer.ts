import { html, LitElement, type TemplateResult } from 'lit';

/** The page's one live region: what it is told is read aloud, politely. */
export class Announcer extends LitElement {
  static override properties = { message: { state: true } };
  declare protected message: string;

  constructor() {
    super();
    this.message = '';
  }

  /** Reads this aloud, unless it was the last thing said. */
  say(message: string): void {
    this.message = message;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    return html`<div class="sr-only" role="status" aria-live="polite">${this.message}</div>`;
  }
}
