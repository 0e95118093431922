import { type StreamLag, streamStates } from '../replication/model/stream.ts';
import { behindWords } from './tree/words.ts';

/** What an unused slot holds up is worth a word from here on, bytes. */
const muchBytes = 1024 * 1024;

/** The streams, worst first: by state, then by how far behind. */
export function worstFirst(lags: readonly StreamLag[]): readonly StreamLag[] {
  return lags.toSorted(
    (a, b) =>
      streamStates.indexOf(a.state) - streamStates.indexOf(b.state) ||
      (b.secondsBehind ?? 0) - (a.secondsBehind ?? 0) ||
      (b.notAppliedBytes ?? 0) - (a.notAppliedBytes ?? 0),
  );
}

/** The name a person knows a stream by. */
export function streamName({ consumer, publisher, subscriber }: StreamLag['stream']): string {
  return subscriber?.subscriptionName ?? publisher?.slotName ?? consumer;
}

/** The codicon of a stream: broken, worth a look, or well. */
export function streamIcon({ state }: StreamLag): 'error' | 'warning' | 'arrow-swap' | 'circle-slash' {
  switch (state) {
    case 'lost':
    case 'slotMissing':
    case 'stopped':
      return 'error';
    case 'unreachable':
    case 'inactive':
    case 'catchingUp':
    case 'unknown':
      return 'warning';
    case 'disabled':
      return 'circle-slash';
    case 'streaming':
    case 'copying':
    case 'starting':
      return 'arrow-swap';
  }
}

/** How a stream stands in two or three words, coarse enough not to change at every beat. */
export function shortState(lag: StreamLag): string {
  switch (lag.state) {
    case 'streaming':
    case 'catchingUp':
      return behindText(lag);
    case 'inactive':
      return (lag.notAppliedBytes ?? 0) >= muchBytes ? `inactive, ${behindText(lag)}` : 'inactive';
    case 'slotMissing':
      return 'has no slot';
    case 'lost':
    case 'stopped':
    case 'unreachable':
    case 'copying':
    case 'starting':
    case 'disabled':
    case 'unknown':
      return lag.state;
  }
}

/** The same words as in the tree: they must not disagree. */
function behindText({ notAppliedBytes, secondsBehind, secondsBehindIsMinimum }: StreamLag): string {
  return (
    behindWords({ bytes: notAppliedBytes, seconds: secondsBehind, atLeast: secondsBehindIsMinimum }) ?? 'streaming'
  );
}

/**
 * When what is known of a stream was read, as the person's clock shows it, where nobody has looked for longer than
 * `staleMs`: then it is no state of now. Null while it is fresh, and where a server doesn't answer: that is known now.
 */
export function asOf(
  { sampledAt, state }: Pick<StreamLag, 'sampledAt' | 'state'>,
  now: number,
  staleMs: number,
): string | null {
  if (state === 'unreachable' || now - sampledAt <= staleMs) return null;
  const at = new Date(sampledAt);
  const time = [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  return now - sampledAt < 24 * 3_600_000 ? `as of ${time}` : 'as of more than a day ago';
}
