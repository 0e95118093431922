import { ReplicationError } from '../../../replication/model/errors.ts';
import type { Stream } from '../../../replication/model/stream.ts';
import { untilWords } from '../../alerts/alertWords.ts';
import { muteChoices } from '../../alerts/mutes.ts';
import { mustHave, pickOne } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import type { SlotNode, SubscriptionNode } from '../../tree/node.ts';
import { joined } from '../../tree/words.ts';
import { streamName } from '../../worstStream.ts';

/** Shows and tells no alert of a stream for a while: the row's, or one that the person picks. */
export async function muteAlerts(services: Services, node?: SlotNode | SubscriptionNode): Promise<void> {
  const stream = await streamOf(services, node, false);
  const now = new Date();
  const until = await pickOne(
    `Mute the alerts of ${streamName(stream)}`,
    muteChoices(now).map((choice) => ({
      value: choice.until,
      label: choice.label,
      ...(choice.until === 'always' ? {} : { description: untilWords(choice.until, now) }),
    })),
  );
  await services.alerts.mute(stream, until);
  services.notifier.done(
    `Alerts of ${streamName(stream)} are muted${until === 'always' ? '' : ` ${untilWords(until, now)}`}`,
  );
}

/** Shows and tells the alerts of a stream again. */
export async function unmuteAlerts(services: Services, node?: SlotNode | SubscriptionNode): Promise<void> {
  const stream = await streamOf(services, node, true);
  await services.alerts.unmute(stream);
  services.notifier.done(`Alerts of ${streamName(stream)} are shown again`);
}

/** The stream of a row; one that is (or isn't) muted and that the person picks where it is called on none. */
async function streamOf(
  { alerts, connections, monitor }: Services,
  node: SlotNode | SubscriptionNode | undefined,
  muted: boolean,
): Promise<Stream> {
  if (node?.kind === 'slot' || node?.kind === 'subscription') {
    const { connectionId, name } = node;
    const lag =
      node.kind === 'slot'
        ? monitor.lags({ kind: 'slot', connectionId, slotName: name })[0]
        : monitor.lagOfSubscription(connectionId, name);
    if (lag) return lag.stream;
    throw new ReplicationError('missing', `There are no alerts of ${name}: no stream is made of it at present.`, {
      advice: 'Alerts are about logical replication slots and subscriptions whose server is connected.',
    });
  }
  const found = monitor.streams().flatMap((stream) => {
    const { alerts: held, mutedUntil } = alerts.of(stream);
    return (mutedUntil !== null) === muted ? [{ stream, held, mutedUntil }] : [];
  });
  const name = (id: string | undefined) => (id === undefined ? null : (connections.facts(id)?.name ?? null));
  const choices = found
    .toSorted((a, b) => b.held.length - a.held.length)
    .map(({ held, mutedUntil, stream }) => ({
      value: stream,
      label: streamName(stream),
      description: joined([
        [name(stream.publisher?.connectionId), name(stream.subscriber?.connectionId)]
          .filter((one) => one !== null)
          .join(' → '),
        ...held.map(({ short }) => short),
        mutedUntil !== null && `muted ${untilWords(mutedUntil, new Date())}`,
      ]),
    }));
  const nothing = muted ? 'No stream is muted.' : 'No stream is known whose alerts could be muted.';
  const advice = muted ? '' : 'Connect to a server with a logical replication slot or a subscription first.';
  return pickOne(
    muted ? 'Unmute the alerts of which stream?' : 'Mute the alerts of which stream?',
    mustHave(choices, nothing, advice),
  );
}
