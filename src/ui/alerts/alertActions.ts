import type { ActiveAlert } from '../../replication/alerts/alert.ts';
import type { Stream, StreamState } from '../../replication/model/stream.ts';

/** What can be done from a notification. */
export type AlertAction = 'enable' | 'openLag' | 'show' | 'mute';

/** The buttons, by what they do. */
export const actionLabels: Readonly<Record<AlertAction, string>> = {
  enable: 'Enable Subscription',
  openLag: 'Open Lag',
  show: 'Show in Servers',
  mute: 'Mute…',
};

/** What helps against an alert, the most helpful first. `canEnable`: its connection takes changes. */
export function actionsFor(
  { kind }: Pick<ActiveAlert, 'kind'>,
  { canEnable, state, stream }: { readonly stream: Stream; readonly state: StreamState; readonly canEnable: boolean },
): readonly AlertAction[] {
  const enable: readonly AlertAction[] =
    state === 'disabled' && stream.subscriber !== null && canEnable ? ['enable'] : [];
  switch (kind) {
    case 'behind':
    case 'headroom':
    case 'retained':
      return [...enable, 'openLag', 'show', 'mute'];
    case 'inactive':
    case 'unused':
    case 'lost':
    case 'stopped':
    case 'copyFailing':
      return [...enable, 'show', 'openLag', 'mute'];
  }
}
