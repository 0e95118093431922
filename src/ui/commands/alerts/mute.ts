import type { AlertRef } from '../../../contributions.ts';
import { type AlertSubject, streamSubject } from '../../../replication/alerts/subject.ts';
import { ReplicationError } from '../../../replication/model/errors.ts';
import { untilWords } from '../../alerts/alertWords.ts';
import { muteChoices } from '../../alerts/mutes.ts';
import { mustHave, pickOne } from '../../pickers/pick.ts';
import type { Services } from '../../services.ts';
import type { SlotNode, SubscriptionNode } from '../../tree/node.ts';
import { joined } from '../../tree/words.ts';

type Clicked = SlotNode | SubscriptionNode | AlertRef;

/** Shows and tells no alert of a stream, a physical slot or a standby for a while: the row's, or one that the person picks. */
export async function muteAlerts(services: Services, clicked?: Clicked): Promise<void> {
  const subject = await subjectOf(services, clicked, false);
  const now = new Date();
  const until = await pickOne(
    `Mute the alerts of ${subject.name}`,
    muteChoices(now).map((choice) => ({
      value: choice.until,
      label: choice.label,
      ...(choice.until === 'always' ? {} : { description: untilWords(choice.until, now) }),
    })),
  );
  await services.alerts.mute(subject, until);
  services.notifier.done(
    `Alerts of ${subject.name} are muted${until === 'always' ? '' : ` ${untilWords(until, now)}`}`,
  );
}

/** Shows and tells the alerts again. */
export async function unmuteAlerts(services: Services, clicked?: Clicked): Promise<void> {
  const subject = await subjectOf(services, clicked, true);
  await services.alerts.unmute(subject);
  services.notifier.done(`Alerts of ${subject.name} are shown again`);
}

/** What was clicked; one that is (or isn't) muted and that the person picks where it is called on none. */
async function subjectOf(services: Services, clicked: Clicked | undefined, muted: boolean): Promise<AlertSubject> {
  const { alerts, connections } = services;
  if (clicked) {
    const subject = 'subjectId' in clicked ? alerts.subject(clicked.subjectId) : subjectOfRow(services, clicked);
    if (subject) return subject;
    const of = 'name' in clicked ? ` of ${clicked.name}` : '';
    throw new ReplicationError('missing', `There are no alerts${of} at present: it can’t be seen.`, {
      advice: 'Alerts are about replication slots, subscriptions and standbys whose server is connected.',
    });
  }
  const found = alerts.subjects().flatMap((subject) => {
    const { alerts: held, mutedUntil } = alerts.of(subject);
    return (mutedUntil !== null) === muted ? [{ subject, held, mutedUntil }] : [];
  });
  const choices = found
    .toSorted((a, b) => b.held.length - a.held.length)
    .map(({ held, mutedUntil, subject }) => ({
      value: subject,
      label: subject.name,
      description: joined([
        (subject.kind === 'stream' ? subject.connectionIds : subject.connectionIds.slice(0, 1))
          .flatMap((id) => connections.facts(id)?.name ?? [])
          .join(' → '),
        { stream: null, physicalSlot: 'physical slot', standby: 'standby without a slot' }[subject.kind],
        ...held.map(({ short }) => short),
        mutedUntil !== null && `muted ${untilWords(mutedUntil, new Date())}`,
      ]),
    }));
  const nothing = muted ? 'Nothing is muted.' : 'Nothing is known whose alerts could be muted.';
  const advice = muted ? '' : 'Connect to a server with a replication slot, a subscription or a standby first.';
  return pickOne(muted ? 'Unmute the alerts of what?' : 'Mute the alerts of what?', mustHave(choices, nothing, advice));
}

function subjectOfRow({ alerts, monitor }: Services, node: SlotNode | SubscriptionNode): AlertSubject | undefined {
  const { connectionId, name } = node;
  const lag =
    node.kind === 'slot'
      ? monitor.lags({ kind: 'slot', connectionId, slotName: name })[0]
      : monitor.lagOfSubscription(connectionId, name);
  return lag ? streamSubject(lag.stream) : alerts.physicalSlot(connectionId, name);
}
