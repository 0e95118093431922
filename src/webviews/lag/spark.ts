import { html, nothing, svg, type TemplateResult } from 'lit';

const [width, height] = [90, 16];

/** A stream's figure over the chosen time as a small line; the same is in the chart and its table. */
export function sparkline(spark: string): TemplateResult {
  return html`<svg class="spark" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
    ${spark.trim() === '' ? nothing : svg`<path d=${sparkPath(spark)}></path>`}
  </svg>`;
}

/** The line of these digits; it is interrupted where there is a space. */
export function sparkPath(spark: string): string {
  const step = width / Math.max(1, spark.length - 1);
  let path = '';
  let drawing = false;
  for (const [index, digit] of spark.split('').entries()) {
    if (digit === ' ') {
      drawing = false;
      continue;
    }
    const [x, y] = [Math.round(index * step * 10) / 10, height - 1.5 - (Number(digit) / 9) * (height - 3)];
    // A step that stands alone is a dot.
    path += drawing ? `L${x} ${y.toFixed(1)}` : `M${x} ${y.toFixed(1)}h0.1`;
    drawing = true;
  }
  return path;
}
