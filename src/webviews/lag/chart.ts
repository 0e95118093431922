import uPlot from 'uplot';

import type { LagChart } from '../../protocol/lag.ts';
import { axisSteps, axisTexts } from './axis.ts';
import { lineDashes, lineLook } from './swatch.ts';
import { clockText, figureText, momentText } from './words.ts';

/** The least that the vertical axis shows: a second, a kilobyte. */
const least = { seconds: 1, bytes: 1024 };
/** A shorter drag is a click, CSS pixels. */
const leastDrag = 5;

/** What the chart tells of the person's hand. Indexes are those of the chart's times. */
export interface ChartEars {
  /** The cursor is at this moment, or nowhere. */
  readonly onMoment: (index: number | null) => void;
  /** The mouse is near the line of a stream, or of none. */
  readonly onNear: (id: string | null) => void;
  /** This part is wanted, seconds since the epoch; null: all of it again. */
  readonly onZoom: (zoom: { readonly from: number; readonly to: number } | null) => void;
}

/**
 * The figures over time as lines. Drawn anew at each beat; it never moves by itself. A drag chooses a part of time. By
 * keyboard it is a slider over its moments, whose text is what all lines are then; + and - look closer and farther, 0 at all.
 */
export class LagChartElement extends HTMLElement {
  ears: ChartEars = { onMoment: () => {}, onNear: () => {}, onZoom: () => {} };
  #chart: LagChart | null = null;
  #lineOf: (id: string) => number | undefined = () => undefined;
  #plot: uPlot | null = null;
  #drawnFor = '';
  /** The cursor is set from outside: that isn't told back. */
  #led = false;
  readonly #size = new ResizeObserver(() => this.#resize());
  readonly #theme = new MutationObserver(() => this.#draw(true));

  connectedCallback(): void {
    this.#size.observe(this);
    for (const element of [document.documentElement, document.body]) {
      this.#theme.observe(element, { attributeFilter: ['class', 'style', 'data-vscode-theme-id'] });
    }
    this.addEventListener('keydown', this.#onKey);
    this.#draw(true);
  }

  disconnectedCallback(): void {
    this.#size.disconnect();
    this.#theme.disconnect();
    this.removeEventListener('keydown', this.#onKey);
    this.#plot?.destroy();
    this.#plot = null;
  }

  /** Draws this; `lineOf` gives the line of a stream, by which it looks. */
  show(chart: LagChart, lineOf: (id: string) => number | undefined): void {
    const before = chart.series.some(({ yesterday = [] }) => yesterday.some((value) => value !== null));
    // A day of which nothing is known has no lines, and no names in the legend.
    this.#chart = before
      ? chart
      : { ...chart, series: chart.series.map(({ id, label, values }) => ({ id, label, values })) };
    this.#lineOf = lineOf;
    if (this.isConnected) this.#draw(false);
  }

  /** Puts the cursor to a moment; null takes it away. */
  showMoment(index: number | null): void {
    const plot = this.#plot;
    const at = index === null ? undefined : this.#chart?.times[index];
    if (!plot) return;
    this.#led = true;
    plot.setCursor(at === undefined ? { left: -10, top: -10 } : { left: plot.valToPos(at, 'x'), top: 10 });
    this.#led = false;
  }

  /** Lets the line of a stream stand out; null: none. */
  showStream(id: string | null): void {
    const index = this.#chart?.series.findIndex((one) => one.id === id) ?? -1;
    this.#led = true;
    this.#plot?.setSeries(index < 0 ? null : index + 1, { focus: true });
    this.#led = false;
  }

  #draw(anew: boolean): void {
    const chart = this.#chart;
    if (!chart) return;
    const lines = chart.series.map(({ id, label, yesterday }) => [id, label, this.#lineOf(id), !!yesterday]);
    const look = JSON.stringify([chart.metric, lines]);
    const data: uPlot.AlignedData = [
      Float64Array.from(chart.times),
      ...chart.series.map(({ values }) => [...values]),
      ...chart.series.flatMap(({ yesterday }) => (yesterday ? [[...yesterday]] : [])),
    ];
    this.setAttribute('aria-valuemax', String(Math.max(0, chart.times.length - 1)));
    if (!this.hasAttribute('aria-valuenow')) this.#say(chart.times.length - 1);
    if (this.#plot && !anew && look === this.#drawnFor) {
      this.#plot.setData(data);
    } else {
      this.#drawnFor = look;
      this.#plot?.destroy();
      this.#plot = new uPlot(this.#options(chart), data, this);
    }
    if (typeof this.#plot.cursor.idx !== 'number') this.#sayNewest(this.#plot);
  }

  /** While the cursor is nowhere, the legend has the newest values: dashes would look as if they were unknown. */
  #sayNewest(plot: uPlot): void {
    const last = (this.#chart?.times.length ?? 0) - 1;
    if (last >= 0) plot.setLegend({ idx: last }, false);
  }

  /** What a slider says of its place: the moment, and all lines then. */
  #say(index: number): void {
    const chart = this.#chart;
    const at = chart?.times[index];
    if (!chart || at === undefined) return;
    const values = chart.series.map(({ label, values: all }) => {
      const value = all[index] ?? null;
      return `${label} ${value === null ? 'no sample' : figureText(chart.metric, value)}`;
    });
    this.setAttribute('aria-valuenow', String(index));
    this.setAttribute('aria-valuetext', `${nearText(chart, at)}: ${values.join(', ')}`);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { times = [] } = this.#chart ?? {};
    if (event.altKey || event.ctrlKey || event.metaKey || times.length === 0) return;
    const last = times.length - 1;
    const now = Math.min(last, this.#plot?.cursor.idx ?? Number(this.getAttribute('aria-valuenow') ?? last));
    const target = {
      ArrowLeft: now - 1,
      ArrowRight: now + 1,
      PageUp: now - 10,
      PageDown: now + 10,
      Home: 0,
      End: last,
    }[event.key];
    if (target !== undefined) {
      const index = Math.min(last, Math.max(0, target));
      this.showMoment(index);
      this.#say(index);
      this.ears.onMoment(index);
    } else if (event.key === '0' || event.key === 'Escape') this.ears.onZoom(null);
    else if (event.key === '+') this.#zoomAround(times[now] ?? 0, 0.25);
    else if (event.key === '-') this.#zoomAround(times[now] ?? 0, 1);
    else return;
    event.preventDefault();
  };

  /** Half as much time to each side of `at` as `share` of what is shown. */
  #zoomAround(at: number, share: number): void {
    const { times = [] } = this.#chart ?? {};
    const span = Math.max(10, ((times.at(-1) ?? 0) - (times[0] ?? 0)) * share);
    this.ears.onZoom({ from: Math.round(at - span), to: Math.round(at + span) });
  }

  #hooks(): uPlot.Hooks.Arrays {
    return {
      setCursor: [
        (plot) => {
          if (!this.#led) this.ears.onMoment(plot.cursor.idx ?? null);
          if (plot.cursor.idx === null || plot.cursor.idx === undefined) this.#sayNewest(plot);
        },
      ],
      setSeries: [
        (_plot, index) => {
          const { series = [] } = this.#chart ?? {};
          if (!this.#led && series.length > 0) {
            this.ears.onNear(index === null ? null : (seriesAt({ series }, index)?.id ?? null));
          }
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < leastDrag) return;
          const from = plot.posToVal(left, 'x');
          const to = plot.posToVal(left + width, 'x');
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          this.ears.onZoom({ from: Math.floor(from), to: Math.ceil(to) });
        },
      ],
      drawAxes: [(plot) => this.#drawMarks(plot)],
    };
  }

  /** What happened, as dashed lines from a small head; their words are in the list below the chart. */
  #drawMarks(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const style = getComputedStyle(this);
    const head = 4 * devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = style.getPropertyValue('--vscode-descriptionForeground').trim() || style.color;
    ctx.fillStyle = ctx.strokeStyle;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([head / 2, head]);
    for (const { at } of this.#chart?.marks ?? []) {
      const x = Math.round(plot.valToPos(at, 'x', true));
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(x - head, bbox.top);
      ctx.lineTo(x + head, bbox.top);
      ctx.lineTo(x, bbox.top + head * 1.5);
      ctx.fill();
    }
    ctx.restore();
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
    /** A day before is the same line, thin and dimmed. */
    const line = ({ id, label }: LagChart['series'][number], dayBefore: boolean): uPlot.Series => {
      const look = lineLook(this.#lineOf(id) ?? 0);
      return {
        label: dayBefore ? `${label}, a day before` : label,
        stroke: color(`charts-${look.color}`, text),
        width: dayBefore ? 1 : 1.5,
        alpha: dayBefore ? 0.5 : 1,
        dash: [...(lineDashes[look.dash] ?? [])],
        points: { show: false, filter: alone },
        spanGaps: false,
        value,
      };
    };
    return {
      ...this.#room(),
      // Room for the half of the last label that is right of the last moment.
      padding: [null, 34, null, null],
      cursor: {
        drag: { x: true, y: false, setScale: false },
        points: { size: 6 },
        focus: { prox: 24 },
        bind: {
          dblclick: () => () => {
            this.ears.onZoom(null);
            return null;
          },
        },
      },
      focus: { alpha: 0.35 },
      hooks: this.#hooks(),
      legend: {
        live: true,
        markers: { width: 2, dash: (_plot, index) => legendDash(this.#lineOf(seriesAt(chart, index)?.id ?? '') ?? 0) },
      },
      scales: {
        y: { range: (_plot, _min, max) => [0, Math.max((max ?? 0) * 1.1, ofBytes ? least.bytes : least.seconds)] },
      },
      axes: [
        {
          ...axis,
          space: 90,
          values: (_plot, splits) => splits.map((at) => momentText(at * 1000, spanOf(chart.times))),
        },
        {
          ...axis,
          size: 78,
          incrs: [...axisSteps(chart.metric)],
          values: (_plot, splits) => [...axisTexts(chart.metric, splits)],
        },
      ],
      series: [
        { label: 'Time', value: (_plot, at) => (at === null || at === undefined ? '—' : nearText(chart, at)) },
        ...chart.series.map((one) => line(one, false)),
        ...chart.series.filter(({ yesterday }) => yesterday).map((one) => line(one, true)),
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

/** The stream of a line of the plot; those of a day before come after all others. */
function seriesAt({ series }: Pick<LagChart, 'series'>, index: number): LagChart['series'][number] | undefined {
  return series[(index - 1) % Math.max(1, series.length)];
}

/** The dash of a line as the border of its sign in the legend. */
function legendDash(line: number): string {
  return ['solid', 'dashed', 'dotted', 'dashed'][lineLook(line).dash] ?? 'solid';
}

/** Samples that no line leads to: they are drawn as points, or they would not be seen. */
function alone(plot: uPlot, seriesIndex: number): number[] {
  const values = plot.data[seriesIndex] ?? [];
  const known = (index: number) => values[index] !== null && values[index] !== undefined;
  return Array.from(values, (_, index) => index).filter(
    (index) => known(index) && !known(index - 1) && !known(index + 1),
  );
}

/** A moment of the chart to the second, with the day where it shows more than one. */
function nearText({ times }: LagChart, at: number): string {
  const span = spanOf(times);
  return span < 86_000 ? clockText(at * 1000) : momentText(at * 1000, span);
}

function spanOf(splits: readonly number[]): number {
  return (splits.at(-1) ?? 0) - (splits[0] ?? 0);
}
