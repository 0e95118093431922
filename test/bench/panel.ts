import type { Page } from 'playwright-core';

import { LagChanges } from '../../src/ui/panels/lagChanges.ts';
import { firstView, LagPresenter } from '../../src/ui/panels/lagPresenter.ts';
import { eventually } from '../support/eventually.ts';
import { lsn, sender, type ServerOptions, slot } from '../unit/lag/handmade.ts';
import { Stage } from '../unit/lag/stage.ts';
import { type OpenedPage, PageHarness } from '../unit/pages/pageHarness.ts';

const servers = 10;
const slotsPerServer = 30;
/** Milliseconds between samples, and between two messages to the page: the panel sends two a beat. */
const beatMs = 1000;
const messageMs = beatMs / 2;
/** How long each case is measured, seconds. */
const seconds = 30;

/** What the page noted of itself. */
interface Noted {
  /** Milliseconds between frames. */
  readonly frames: readonly number[];
  /** Lengths of tasks over 50 ms, as the browser reports them. */
  readonly longTasks: readonly number[];
}

/**
 * Prints the frame times and long tasks of the lag page with 300 streams, live. The page is the shipped one in a headless
 * browser, the messages are those of the panel; nothing but the protocol is known of it.
 */
export async function benchPanel(print: (line: string) => void): Promise<void> {
  const harness = await PageHarness.start();
  try {
    const streams = servers * slotsPerServer;
    await show(harness, 'at rest', 0, async (opened, rest) => {
      print(`nothing sent: ${format(await note(opened.page, rest))}`);
    });
    await show(harness, 'the first', null, async (opened, live) => {
      print(`${streams} streams, six in the chart: ${format(await note(opened.page, live))}`);
    });
    await show(harness, 'all', streams, async (opened, live) => {
      print(`${streams} streams, all chosen for the chart: ${format(await note(opened.page, live))}`);
    });
  } finally {
    await harness.dispose();
  }
}

/** Opens the page with `charted` streams in the chart (null: as the panel chooses); `live` feeds it for a while. */
async function show(
  harness: PageHarness,
  what: string,
  charted: number | null,
  work: (opened: OpenedPage, live: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const stage = new Stage(...Array.from({ length: servers }, (_, index) => publisher(index, 0)));
  const presenter = new LagPresenter(stage, { kind: 'all' });
  const ids = stage.monitor.streams().map(({ id }) => id);
  if (charted !== null) presenter.arrange({ ...firstView, selected: ids.slice(0, charted) });
  // The page opens with a past to show.
  let beat = 0;
  const pass = (): void => {
    beat += 1;
    const shown = beat;
    stage.beat(
      Object.fromEntries(
        Array.from({ length: servers }, (_, index) => [`pg${index}`, publisher(index, shown).pulse ?? {}]),
      ),
    );
  };
  for (let second = 0; second < 300; second += 1) pass();
  const opened = await harness.open('lag', { start: { scope: { kind: 'all' } } });
  try {
    await eventually(() => opened.sent.some(({ type }) => type === 'ready'), { what: `the page, ${what}` });
    const changes = new LagChanges();
    await opened.send(changes.next(presenter.state(beatMs)));
    await work(opened, async () => {
      const end = performance.now() + seconds * 1000;
      for (let message = 0; performance.now() < end; message += 1) {
        const next = performance.now() + messageMs;
        if (message % 2 === 0) pass();
        if (charted !== 0) await opened.send(changes.next(presenter.state(beatMs)));
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
      }
    });
    for (const problem of opened.problems()) throw new Error(problem);
  } finally {
    await opened.close();
  }
}

/** A server whose slots move, each in its own way, so that rows change their order. */
function publisher(index: number, beat: number): ServerOptions {
  const current = 1e9 + beat * 1e6;
  const slots = Array.from({ length: slotsPerServer }, (_, which) => {
    const behind = Math.round(5e6 * (1 + Math.sin((beat + which * 7 + index) / 9)));
    return slot(`stream_${index}_${which}`, {
      activePid: 100 + which,
      confirmedFlushLsn: lsn(current - behind),
      restartLsn: lsn(current - 2 * behind),
    });
  });
  const senders = slots.map(({ activePid, confirmedFlushLsn, name }) =>
    sender({ pid: activePid ?? 0, applicationName: name, flushLsn: confirmedFlushLsn, sentLsn: lsn(current) }),
  );
  return { id: `pg${index}`, pulse: { currentLsn: lsn(current), slots, senders } };
}

/** Lets the page note its frames and long tasks while `work` is done. */
async function note(page: Page, work: () => Promise<void>): Promise<Noted> {
  await page.evaluate(() => {
    const noted = { frames: [] as number[], longTasks: [] as number[], on: true };
    Object.assign(window, { noted });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) noted.longTasks.push(duration);
    }).observe({ type: 'longtask' });
    let last = performance.now();
    const frame = (at: number): void => {
      noted.frames.push(at - last);
      last = at;
      if (noted.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await work();
  return page.evaluate(() => {
    const { noted } = window as unknown as { noted: { frames: number[]; longTasks: number[]; on: boolean } };
    noted.on = false;
    return { frames: noted.frames.slice(1), longTasks: noted.longTasks };
  });
}

function format({ frames, longTasks }: Noted): string {
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  const dropped = frames.filter((frame) => frame > 50).length;
  const longest = Math.max(0, ...longTasks);
  return (
    `${frames.length} frames in ${seconds} s, ${at(0.5)} ms (median), ${at(0.99)} ms (99th percentile), ${at(1)} ms (worst), ` +
    `${dropped} over 50 ms; ${longTasks.length} long tasks, the longest ${longest.toFixed(0)} ms`
  );
}
