import { svg, html, nothing, type TemplateResult } from 'lit';

/**
 * Theme colours of lines, in the order they are given out. Orange isn't among them: the editor's dark themes draw it
 * at a third of its strength.
 */
export const lineColors = ['blue', 'yellow', 'green', 'purple', 'red', 'foreground'] as const;
/** Dashes of lines, in pixels: with them a line is known without its colour. */
export const lineDashes: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

/** The colour and dash of the n-th line: neighbours differ in colour, and in dash too where colours run out. */
export function lineLook(index: number): { readonly color: (typeof lineColors)[number]; readonly dash: number } {
  const color = lineColors[index % lineColors.length] ?? 'blue';
  return { color, dash: (index + Math.floor(index / lineColors.length)) % lineDashes.length };
}

/** A short piece of a stream's line; only its room where the stream isn't in the chart. */
export function swatch(line: number | undefined): TemplateResult {
  const { color, dash } = lineLook(line ?? 0);
  return html`<svg class="swatch line-${color}" viewBox="0 0 22 8" aria-hidden="true">
    ${
      line === undefined
        ? nothing
        : svg`<path d="M0 4H22" stroke-dasharray=${lineDashes[dash]?.join(' ') || nothing}></path>`
    }
  </svg>`;
}
