import type { ActiveAlert } from '../../replication/alerts/alert.ts';
import type { AlertSubject } from '../../replication/alerts/subject.ts';

/** What can be done from a notification. */
export type AlertAction = 'enable' | 'drop' | 'settings' | 'openLag' | 'openTopology' | 'show' | 'mute';

/** The buttons, by what they do. */
export const actionLabels: Readonly<Record<AlertAction, string>> = {
  enable: 'Enable Subscription',
  drop: 'Drop Slot…',
  settings: 'Review Settings…',
  openLag: 'Open Lag',
  openTopology: 'Open Topology',
  show: 'Show in Servers',
  mute: 'Mute…',
};

/** How an alert's subject stands, as far as it decides what can be done. */
export interface Possible {
  readonly subject: Pick<AlertSubject, 'kind' | 'subscription'>;
  /** Its subscription is disabled, on a connection that takes changes. */
  readonly canEnable: boolean;
  /** It has a slot that nobody reads, on a connection that takes changes. */
  readonly canDrop: boolean;
  /** The settings of the server that keeps the WAL can be changed. */
  readonly canChangeSettings: boolean;
}

/** What helps against an alert, the most helpful first; four at the most. */
export function actionsFor({ kind }: Pick<ActiveAlert, 'kind'>, possible: Possible): readonly AlertAction[] {
  const { canChangeSettings, canDrop, canEnable, subject } = possible;
  const enable: readonly AlertAction[] = canEnable ? ['enable'] : [];
  // A slot whose subscription is known goes with that, not by itself.
  const drop: readonly AlertAction[] = canDrop && subject.subscription === null ? ['drop'] : [];
  const settings: readonly AlertAction[] = canChangeSettings ? ['settings'] : [];
  const figures: AlertAction = subject.kind === 'stream' ? 'openLag' : 'openTopology';
  switch (kind) {
    case 'headroom':
      return [...[...enable, ...drop, ...settings].slice(0, 1), figures, 'show', 'mute'];
    case 'behind':
    case 'retained':
      return [...enable, figures, 'show', 'mute'];
    case 'unused':
    case 'lost':
      return [...enable, ...drop, 'show', 'mute'];
    case 'inactive':
    case 'stopped':
    case 'copyFailing':
      return [...enable, 'show', figures, 'mute'];
  }
}
