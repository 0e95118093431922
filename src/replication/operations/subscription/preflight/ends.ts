import { blockersInWords } from '../../../execution/failure.ts';
import type { SubscriptionChoice } from '../../../model/choices.ts';
import { publisherInventoryOf, type SubscriptionParties } from '../../target.ts';
import { checkChosenSlot, checkRoom } from '../checks/checkPublisherSlot.ts';
import {
  checkAddress,
  checkDecoding,
  checkPublisherRole,
  checkSameCluster,
} from '../checks/checkSubscriptionConnection.ts';
import { checkSubscriberRole, checkWorkers } from '../checks/checkSubscriptionServer.ts';
import { numberSetting } from '../checks/limits.ts';
import { onlyIfAsked } from '../checks/onlyIfAsked.ts';
import type { PreflightCheck, PreflightFacts } from '../preflight.ts';
import { checkFrom, unknownCheck, warning } from './check.ts';

/** Both servers: address, roles, wal_level, slots, senders, workers, one cluster or two, transactions in the way. */
export function preflightEnds(
  parties: SubscriptionParties,
  choice: SubscriptionChoice,
  facts: PreflightFacts,
): readonly PreflightCheck[] {
  const { subscriber } = parties;
  const there = parties.publisher?.serverName ?? 'the publisher';
  return [
    checkFrom(
      { id: 'connection', title: 'Connection string', fine: 'It names a host and a database.' },
      checkAddress(parties, choice),
    ),
    checkFrom(
      {
        id: 'subscriber.role',
        title: `Role and privileges on ${subscriber.serverName}`,
        fine: `${subscriber.snapshot.inventory.server.role.name} may create subscriptions.`,
      },
      checkSubscriberRole(parties, choice),
    ),
    publisherRole(parties, choice, there),
    walLevel(parties, choice, there),
    checkFrom(
      { id: 'publisher.slot', title: `Replication slot on ${there}`, fine: slotFine(choice) },
      checkChosenSlot(parties, choice),
    ),
    room(parties, choice, there),
    workers(parties, choice),
    cluster(parties, choice),
    blockers(parties, choice, facts, there),
  ];
}

function publisherRole(parties: SubscriptionParties, choice: SubscriptionChoice, there: string): PreflightCheck {
  const looked = { id: 'publisher.role', title: `Role and privileges on ${there}`, fine: 'The role may replicate.' };
  const user = choice.conninfo.find(([keyword]) => keyword === 'user')?.[1];
  const known = publisherInventoryOf(parties)?.server.role.name;
  if (known === undefined || known !== user) {
    const message = `${there} is known only as ${known ?? 'another role'}, so what ${user ?? 'the role'} may do there shows when it connects. It needs the REPLICATION attribute, and SELECT on the tables.`;
    return unknownCheck(looked, message);
  }
  const problems = checkPublisherRole(parties, choice).map((problem) => onlyIfAsked(choice, problem));
  return checkFrom(looked, problems, { remedy: 'createRole' });
}

function walLevel(parties: SubscriptionParties, choice: SubscriptionChoice, there: string): PreflightCheck {
  const looked = { id: 'publisher.walLevel', title: `wal_level on ${there}`, fine: 'Logical decoding is on.' };
  if (!publisherInventoryOf(parties)) return unknownCheck(looked, unseen(there));
  const problems = checkDecoding(parties).map((problem) => onlyIfAsked(choice, problem));
  return checkFrom(looked, problems, { remedy: 'settings' });
}

function unseen(there: string): string {
  return `Nobody has looked at ${there}: load its publications, or choose it among the connections.`;
}

function slotFine({ connect, slot }: SubscriptionChoice): string {
  if (connect === false && slot.mode !== 'none') return `${slot.name} is there, for when the subscription is enabled.`;
  if (slot.mode === 'none') return 'None is wanted yet.';
  return slot.mode === 'create' ? `${slot.name} can be created.` : `${slot.name} is there and free.`;
}

/** As many tables as max_sync_workers_per_subscription are copied at a time, each by a slot and a sender of its own. */
function room(parties: SubscriptionParties, choice: SubscriptionChoice, there: string): PreflightCheck {
  const looked = {
    id: 'publisher.room',
    title: `Free replication slots and WAL senders on ${there}`,
    fine: 'There are enough, for the copy too.',
  };
  if (!parties.publisher) return unknownCheck(looked, unseen(there));
  const { inventory, pulse } = parties.publisher.snapshot;
  const problems = [...checkRoom(parties, choice)];
  const copiers = numberSetting(parties.subscriber.snapshot.inventory, 'max_sync_workers_per_subscription') ?? 2;
  const wanted = 1 + (choice.enabled && choice.copyData ? copiers : 0);
  const freeSlots = (numberSetting(inventory, 'max_replication_slots') ?? Infinity) - pulse.slots.length;
  const freeSenders = (numberSetting(inventory, 'max_wal_senders') ?? Infinity) - pulse.senders.length;
  const free = Math.min(freeSlots, freeSenders);
  if (problems.length === 0 && choice.slot.mode !== 'none' && choice.connect !== false && free < wanted) {
    problems.push(
      warning(
        `${free} of ${wanted} are free that the subscription takes while tables are copied (${copiers} at a time): the copy takes longer, and tries again every few seconds. max_replication_slots and max_wal_senders need a restart to raise.`,
      ),
    );
  }
  return checkFrom(looked, problems, { remedy: 'settings' });
}

function workers(parties: SubscriptionParties, choice: SubscriptionChoice): PreflightCheck {
  const { serverName, snapshot } = parties.subscriber;
  const looked = {
    id: 'subscriber.workers',
    title: `Free workers on ${serverName}`,
    fine: 'There are enough, for the copy too.',
  };
  const problems = [...checkWorkers(parties, choice)];
  const limit = numberSetting(snapshot.inventory, 'max_logical_replication_workers');
  const processes = numberSetting(snapshot.inventory, 'max_worker_processes');
  const running = snapshot.pulse.workers.filter(({ pid }) => pid !== null).length;
  if (choice.enabled && problems.length === 0 && limit !== null && choice.copyData && limit - running < 2) {
    problems.push(
      warning(
        `Only one logical replication worker is free on ${serverName} (${running} of ${limit} run): the tables can’t be copied while it follows the publisher. max_logical_replication_workers needs a restart to raise.`,
      ),
    );
  }
  // One more is the launcher's, which is a worker process too.
  if (choice.enabled && problems.length === 0 && limit !== null && processes !== null && processes < limit + 1) {
    problems.push({
      severity: 'info',
      message: `There are enough as long as nothing else takes worker processes: max_worker_processes is ${processes}, and logical replication may use ${limit + 1} of them.`,
    });
  }
  return checkFrom(looked, problems, { remedy: 'settings' });
}

function cluster(parties: SubscriptionParties, choice: SubscriptionChoice): PreflightCheck {
  const looked = { id: 'cluster', title: 'One cluster or two', fine: 'Publisher and subscriber are two clusters.' };
  const ours = parties.subscriber.snapshot.inventory.server.systemIdentifier;
  const theirs = publisherInventoryOf(parties)?.server.systemIdentifier ?? null;
  if (ours === null || theirs === null) {
    return unknownCheck(
      looked,
      'The system identifier of one end isn’t known. Within one cluster CREATE SUBSCRIPTION would wait for itself, until its limit of time.',
    );
  }
  return checkFrom(looked, checkSameCluster(parties, choice));
}

function blockers(
  _parties: SubscriptionParties,
  choice: SubscriptionChoice,
  facts: PreflightFacts,
  there: string,
): PreflightCheck {
  const looked = { id: 'publisher.blockers', title: `Open transactions on ${there}`, fine: 'None is in the way.' };
  if (choice.slot.mode !== 'create')
    return checkFrom({ ...looked, fine: 'No slot is created, so none is waited for.' }, []);
  if (facts.blockers === null) {
    return unknownCheck(
      looked,
      `Nobody could look on ${there}. The creation of the slot waits for transactions that have written.`,
    );
  }
  if (facts.blockers.length === 0) return checkFrom(looked, []);
  const message = `The slot can be created only when these have ended: ${blockersInWords(facts.blockers)}.`;
  return checkFrom(looked, [warning(message)]);
}
