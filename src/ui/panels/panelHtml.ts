/** The pages that exist: `src/webviews/<page>/main.ts`, built to `dist/webviews/<page>.js` and `.css`. */
export type PageName = 'publication' | 'subscription' | 'connection' | 'lag' | 'topology';

/** What the document of a panel is made of. Addresses are as the page reaches them. */
export interface PanelDocument {
  readonly page: PageName;
  readonly title: string;
  /** From `panelNonce()`, new for every document. */
  readonly nonce: string;
  /** `webview.cspSource`: where the extension's own files come from. */
  readonly cspSource: string;
  readonly script: string;
  readonly styles: readonly string[];
  /** Data the page starts with, as JSON; it must hold no secret. */
  readonly start: unknown;
}

/** Pages with controls of the toolkit. */
const forms: ReadonlySet<PageName> = new Set<PageName>(['publication', 'subscription', 'connection']);

/**
 * The hash of nothing: it lets through an inline style element without text, and only that. The toolkit adds one for
 * a moment to find out whether the browser knows :focus-visible (fast-web-utilities, canUseFocusVisible).
 */
const emptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/**
 * The content security policy of a panel: nothing by default; scripts by nonce (which covers the chunks the
 * entry imports); styles and fonts from the extension; no inline style, no image, no network, no eval.
 */
export function contentSecurityPolicy(page: PageName, nonce: string, cspSource: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}${forms.has(page) ? ` ${emptyStyle}` : ''}`,
    `font-src ${cspSource}`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/** The whole document of a panel. Start-up data sits in an inert JSON block (`#start`). */
export function panelHtml(doc: PanelDocument): string {
  const styles = doc.styles.map((href) => `<link rel="stylesheet" href="${escapeHtml(href)}">`).join('\n    ');
  const policy = contentSecurityPolicy(doc.page, doc.nonce, doc.cspSource);
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(doc.title)}</title>
    ${styles}
    <script type="application/json" id="start">${inertJson(doc.start)}</script>
    <script type="module" nonce="${escapeHtml(doc.nonce)}" src="${escapeHtml(doc.script)}"></script>
  </head>
  <body data-page="${doc.page}"></body>
</html>
`;
}

/** A nonce: 32 hexadecimal digits from the platform's random source. */
export function panelNonce(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex');
}

/** JSON that can't end its script block or be read as markup, whatever names it holds. */
function inertJson(value: unknown): string {
  return JSON.stringify(value ?? null).replaceAll('<', String.raw`\u003c`);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
