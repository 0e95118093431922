import uPlot from 'uplot';

import type { LagChart } from '../../protocol/lag.ts';
import { lineDashes, lineLook } from './swatch.ts';
import { clockText, figureText } from './words.ts';

/** Axis steps of bytes: powers of two, so that labels are round in units of 1024. */
const byteSteps = Array.from({ length: 50 }, (_, power) => 2 ** power);
/** The least that the vertical axis shows: a second, a kilobyte. */
const least = { seconds: 1, bytes: 1024 };

/** The figures over time as lines. Drawn anew at each beat; it never moves by itself. */
export class LagChartElement extends HTMLElement {
  #chart: LagChart | null = null;
  #lineOf: (id: string) => number = () => 0;
  #plot: uPlot | null = null;
  #drawnFor = '';
  readonly #size = new ResizeObserver(() => this.#resize());
  readonly #theme = new MutationObserver(() => this.#draw(true));

  connectedCallback(): void {
    this.#size.observe(this);
    for (const element of [document.documentElement, document.body]) {
      this.#theme.observe(element, { attributeFilter: ['class', 'style', 'data-vscode-theme-id'] });
    }
    this.#draw(true);
  }

  disconnectedCallback(): void {
    this.#size.disconnect();
    this.#theme.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  /** Draws this; `lineOf` gives the place of a stream among all, by which its line looks. */
  show(chart: LagChart, lineOf: (id: string) => number): void {
    this.#chart = chart;
    this.#lineOf = lineOf;
    if (this.isConnected) this.#draw(false);
  }

  #draw(anew: boolean): void {
    const chart = this.#chart;
    if (!chart) return;
    const look = JSON.stringify([chart.metric, chart.series.map(({ id, label }) => [id, label, this.#lineOf(id)])]);
    const data: uPlot.AlignedData = [[...chart.times], ...chart.series.map(({ values }) => [...values])];
    if (this.#plot && !anew && look === this.#drawnFor) {
      this.#plot.setData(data);
      return;
    }
    this.#drawnFor = look;
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#options(chart), data, this);
  }

  #options(chart: LagChart): uPlot.Options {
    const style = getComputedStyle(this);
    const color = (name: string, fallback: string) => style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
    const text = color('foreground', style.color);
    const quiet = color('descriptionForeground', text);
    // High contrast has one strong colour for every border: as a grid it would drown the lines.
    const grid = document.body.classList.contains('vscode-high-contrast')
      ? { stroke: quiet, width: 1, dash: [1, 5] }
      : { stroke: color('editorIndentGuide-background1', color('panel-border', quiet)), width: 1 };
    const font = `${style.fontSize} ${style.fontFamily}`;
    const axis: uPlot.Axis = { stroke: quiet, grid, ticks: grid, font };
    const ofBytes = chart.metric !== 'secondsBehind';
    const value = (_plot: uPlot, amount: number | null) =>
      amount === null || amount === undefined ? '—' : figureText(chart.metric, amount);
    return {
      ...this.#room(),
      // Room for the half of the last label that is right of the last moment.
      padding: [null, 34, null, null],
      cursor: { drag: { x: false, y: false }, points: { size: 6 } },
      legend: { live: true },
      scales: {
        y: { range: (_plot, _min, max) => [0, Math.max((max ?? 0) * 1.1, ofBytes ? least.bytes : least.seconds)] },
      },
      axes: [
        {
          ...axis,
          space: 90,
          values: (_plot, splits) => splits.map((at) => clockText(at * 1000, spanOf(splits) < 300)),
        },
        {
          ...axis,
          size: 78,
          ...(ofBytes ? { incrs: byteSteps } : {}),
          values: (_plot, splits) => splits.map((amount) => figureText(chart.metric, amount)),
        },
      ],
      series: [
        { label: 'Time', value: (_plot, at) => (at === null || at === undefined ? '—' : clockText(at * 1000)) },
        ...chart.series.map(({ id, label }): uPlot.Series => {
          const line = lineLook(this.#lineOf(id));
          return {
            label,
            stroke: color(`charts-${line.color}`, text),
            width: 1.5,
            dash: [...(lineDashes[line.dash] ?? [])],
            points: { show: false, filter: alone },
            spanGaps: false,
            value,
          };
        }),
      ],
    };
  }

  #room(): { readonly width: number; readonly height: number } {
    return { width: Math.max(200, this.clientWidth), height: Math.min(420, Math.max(200, window.innerHeight * 0.38)) };
  }

  #resize(): void {
    const { height, width } = this.#room();
    if (this.#plot && (this.#plot.width !== width || this.#plot.height !== height))
      this.#plot.setSize({ height, width });
  }
}

/** Samples that no line leads to: they are drawn as points, or they would not be seen. */
function alone(plot: uPlot, seriesIndex: number): number[] {
  const values = plot.data[seriesIndex] ?? [];
  const known = (index: number) => values[index] !== null && values[index] !== undefined;
  return Array.from(values, (_, index) => index).filter(
    (index) => known(index) && !known(index - 1) && !known(index + 1),
  );
}

function spanOf(splits: readonly number[]): number {
  return (splits.at(-1) ?? 0) - (splits[0] ?? 0);
}
