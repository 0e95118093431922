/**
 * All a page knows of what it runs in. Pages never call the VS Code API themselves, so they also run in a plain
 * browser (the page tests give them a host of their own).
 */
export interface PageHost<Outbound, Inbound, State> {
  /** Sends to the panel. */
  post(message: Outbound): void;
  /** Hears what the panel sends. Returns the way to stop. */
  onMessage(listener: (message: Inbound) => void): () => void;
  /** What the page kept before it was hidden or the window reloaded. */
  getState(): State | undefined;
  /** Keeps navigation, arrangement and drafts; never a secret. */
  setState(state: State): void;
  /** The data the panel started the page with. */
  readonly start: unknown;
}

/** What VS Code puts into every webview. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The host inside VS Code. It can be acquired once per page. The panel is trusted: messages aren't checked again. */
export function vscodeHost<Outbound, Inbound, State>(): PageHost<Outbound, Inbound, State> {
  const api = acquireVsCodeApi();
  const start: unknown = JSON.parse(document.querySelector('#start')?.textContent ?? 'null');
  return {
    start,
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- VS Code's own, not a window's.
    post: (message) => api.postMessage(message),
    onMessage: (listener) => {
      const hear = (event: MessageEvent<Inbound>) => listener(event.data);
      window.addEventListener('message', hear);
      return () => window.removeEventListener('message', hear);
    },
    getState: () => api.getState() as State | undefined,
    setState: (state) => api.setState(state),
  };
}

/** Tells the panel that the page listens, with what the page kept. Call it once, after `onMessage`. */
export function sayReady(host: {
  post(message: { readonly type: 'ready'; readonly kept?: unknown }): void;
  getState(): unknown;
}): void {
  const kept = host.getState();
  host.post(kept === undefined ? { type: 'ready' } : { type: 'ready', kept });
}
