import type { StreamState } from '../../replication/model/stream.ts';

/** How something is coloured; a word and an icon say it without. */
export type Tone = 'good' | 'warning' | 'error' | 'quiet';

interface StateLook {
  readonly word: string;
  readonly icon: string;
  readonly tone: Tone;
}

/** How states look. */
export const states: Readonly<Record<StreamState, StateLook>> = {
  lost: { word: 'Lost', icon: 'error', tone: 'error' },
  slotMissing: { word: 'Slot missing', icon: 'error', tone: 'error' },
  stopped: { word: 'Stopped', icon: 'stop-circle', tone: 'error' },
  unreachable: { word: 'Unreachable', icon: 'debug-disconnect', tone: 'warning' },
  inactive: { word: 'Inactive', icon: 'circle-outline', tone: 'warning' },
  catchingUp: { word: 'Catching up', icon: 'history', tone: 'warning' },
  copying: { word: 'Copying', icon: 'copy', tone: 'good' },
  starting: { word: 'Starting', icon: 'play', tone: 'good' },
  unknown: { word: 'Unknown', icon: 'question', tone: 'quiet' },
  streaming: { word: 'Streaming', icon: 'pass', tone: 'good' },
  disabled: { word: 'Disabled', icon: 'circle-slash', tone: 'quiet' },
};
