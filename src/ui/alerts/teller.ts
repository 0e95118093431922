import type { EarlierAlert } from '../../replication/alerts/alert.ts';
import type { ShownAlert } from './alertCenter.ts';
import type { ToldAlerts } from './toldAlerts.ts';

/** What the teller is made from. */
export interface TellerParts {
  readonly told: ToldAlerts;
  /** The alerts that hold and aren't muted. */
  readonly shown: () => readonly ShownAlert[];
  /** Whether nothing is to be told now: quiet hours, or notifications are off. */
  readonly quiet: () => boolean;
  /** Whether the person looks at this window: then it tells first. */
  readonly focused: () => boolean;
  readonly sleep: (ms: number) => Promise<void>;
  /** Tells alerts that were not told before. */
  readonly tell: (alerts: readonly ShownAlert[]) => void;
}

/** So long a window that nobody looks at leaves it to the others, milliseconds. */
const yieldMs = 2000;

/** Tells each alert once: over restarts of the editor, and of several windows one. */
export class Teller {
  readonly #parts: TellerParts;
  #running = false;
  #again = false;
  #ended = false;

  constructor(parts: TellerParts) {
    this.#parts = parts;
  }

  /** Tells what is to be told now. Called again while it is at work it looks once more afterwards. */
  async look(): Promise<void> {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#again && !this.#ended) {
        this.#again = false;
        await this.#tell();
      }
    } finally {
      this.#running = false;
    }
  }

  /** Takes down that alerts are over. */
  async cleared(alerts: readonly EarlierAlert[]): Promise<void> {
    await this.#parts.told.cleared(alerts);
  }

  /** Tells nothing any more. */
  dispose(): void {
    this.#ended = true;
  }

  async #tell(): Promise<void> {
    const { focused, sleep, tell, told } = this.#parts;
    if (this.#untold().length === 0) return;
    if (!focused()) await sleep(yieldMs);
    const claimed = this.#untold();
    if (claimed.length === 0) return;
    const ours = await told.claim(claimed);
    if (ours.length > 0 && !this.#ended) tell(ours);
  }

  #untold(): readonly ShownAlert[] {
    const { quiet, shown, told } = this.#parts;
    return quiet() ? [] : shown().filter((alert) => !told.has(alert));
  }
}
