import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Frame, Page } from 'playwright-core';

/** One rule of accessibility that something breaks. */
export interface AxeFinding {
  readonly rule: string;
  readonly impact: string;
  /** Where, and what is wrong there. */
  readonly nodes: readonly string[];
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** Scans a page, or a frame of one, by the rules of WCAG 2.1 A and AA, and gives what is serious or critical. */
export async function seriousFindings(page: Page | Frame): Promise<readonly AxeFinding[]> {
  const source = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
  // As an expression: the page's policy doesn't let it load a script.
  await page.evaluate(source);
  const result = await page.evaluate(async () => {
    const { axe } = window as unknown as { readonly axe: { run(root: Document, options: object): Promise<unknown> } };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
    return axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] });
  });
  return (result as AxeResult).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => ({
      rule: id,
      impact: impact ?? '',
      nodes: nodes.map(({ failureSummary, html }) => `${html.slice(0, 200)}: ${failureSummary ?? ''}`),
    }));
}
