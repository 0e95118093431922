import type { SubscriptionChoice } from '../../../model/choices.ts';
import { conninfoValue } from '../../../model/conninfo.ts';
import type { Problem } from '../../../model/plan.ts';
import { obstacle } from '../../offers.ts';
import { publisherInventoryOf, type SubscriptionParties } from '../../target.ts';
import { isSameCluster, slotFirstTarget } from '../sameCluster.ts';
import { onlyIfAsked } from './onlyIfAsked.ts';

/** The connection string, as the subscriber's server will use it, and whether the publisher there can publish. */
export function checkSubscriptionConnection(
  parties: SubscriptionParties,
  choice: SubscriptionChoice,
): readonly Problem[] {
  return [
    ...checkAddress(parties, choice),
    ...checkDecoding(parties).map((problem) => onlyIfAsked(choice, problem)),
    ...checkPublisherRole(parties, choice).map((problem) => onlyIfAsked(choice, problem)),
    ...checkSameCluster(parties, choice),
  ];
}

/** Where the connection string leads, as far as that can be told without trying it. */
export function checkAddress(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (severity: Problem['severity'], message: string): void => {
    problems.push({ severity, message, field: 'connection' });
  };
  const database = conninfoValue(choice.conninfo, 'dbname');
  const { foreignServer } = choice;
  if (foreignServer !== undefined) problems.push(...checkForeignServer(parties, foreignServer));
  else if (
    conninfoValue(choice.conninfo, 'host') === undefined &&
    conninfoValue(choice.conninfo, 'hostaddr') === undefined
  ) {
    add(
      'error',
      'The connection string names no host: the subscriber would look for the publisher on its own machine.',
    );
  }
  if (database === undefined && foreignServer === undefined) {
    add('error', 'The connection string names no database (dbname).');
  }
  const hostWarning = checkLoopback(parties, choice);
  if (hostWarning) problems.push(hostWarning);

  const publisher = publisherInventoryOf(parties);
  if (!publisher) return problems;
  const { server } = publisher;
  const place = placeOf(parties);
  if (database !== undefined && server.database !== database) {
    add(
      'warning',
      `The connection string names the database ${database}, but what is shown of ${place} is its database ${server.database}.`,
    );
  }
  return problems;
}

/** A foreign server to connect by: 19 as documented, untried. Whether a user mapping fits only the server can tell. */
function checkForeignServer({ subscriber }: SubscriptionParties, name: string): readonly Problem[] {
  const { inventory } = subscriber.snapshot;
  const unavailable = obstacle(inventory, 'subscription.foreignServer');
  const known = (inventory.server.foreignServers ?? []).some((server) => server.name === name);
  const message =
    unavailable ??
    (known
      ? null
      : `${subscriber.serverName} has no foreign server ${name} by which this role can connect a subscription.`);
  if (message !== null) return [{ severity: 'error', field: 'connection', message }];
  const mapping = `The subscription’s owner needs a user mapping on the foreign server ${name}, with the role and the password for the publisher.`;
  return [{ severity: 'info', field: 'connection', message: mapping }];
}

/** Whether the publisher can publish at all: wal_level, and a standby's version. */
export function checkDecoding(parties: SubscriptionParties): readonly Problem[] {
  const decoding = publisherInventoryOf(parties)?.server.capabilities.decodeLogical;
  if (!decoding || decoding.can || decoding.because === 'privilege') return [];
  const message = `${capital(placeOf(parties))} can’t publish: ${decoding.reason}`;
  return [{ severity: 'error', field: 'connection', message }];
}

/** Whether the role of the connection string may replicate, where it is the one that is known. */
export function checkPublisherRole(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  const role = publisherInventoryOf(parties)?.server.role;
  if (!role || role.name !== conninfoValue(choice.conninfo, 'user') || role.superuser || role.replication) return [];
  const message = `The role ${role.name} may not replicate from ${placeOf(parties)}: it needs the REPLICATION attribute, and SELECT on the tables.`;
  return [{ severity: 'error', field: 'connection', message }];
}

function placeOf(parties: SubscriptionParties): string {
  return parties.publisher?.serverName ?? 'the publisher';
}

/** What it means that both ends are one cluster, or even one database. */
export function checkSameCluster(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  const { database } = parties.subscriber.snapshot.inventory.server;
  const sameName = conninfoValue(choice.conninfo, 'dbname') === database;
  const message =
    'Publisher and subscriber are the same database: every published row would be written to the table it comes from.';
  if (sameName && isOneServer(parties)) {
    return [
      { severity: 'error', field: 'connection', message: `${message} Choose another database at one of the ends.` },
    ];
  }
  if (!isSameCluster(parties)) return [];
  const problems: Problem[] = [];
  // A promoted copy of the publisher looks the same, and may well subscribe to it.
  if (sameName) problems.push({ severity: 'warning', field: 'connection', message });
  if (choice.slot.mode !== 'create') return problems;
  const target = slotFirstTarget(parties, choice.conninfo);
  if (target === null) {
    const wanted = conninfoValue(choice.conninfo, 'dbname') ?? 'the publisher';
    problems.push({
      severity: 'error',
      field: 'connection',
      message: `Publisher and subscriber are databases of one server, where the slot has to be created first. Add a connection to the database ${wanted} of this server, and choose it as the publisher.`,
    });
    return problems;
  }
  const noSlot = obstacle(target.snapshot.inventory, 'slot.create');
  problems.push(
    noSlot === null
      ? {
          severity: 'info',
          field: 'slot',
          message: 'Publisher and subscriber are one server: the slot is created first, in a step of its own.',
        }
      : { severity: 'error', field: 'slot', message: noSlot },
  );
  return problems;
}

/** Surely one running server: a copy of a cluster shares its system identifier, but not when it was started. */
function isOneServer(parties: SubscriptionParties): boolean {
  const { publisher, subscriber } = parties;
  if (!publisher) return false;
  if (publisher.connectionId === subscriber.connectionId) return true;
  return isSameCluster(parties) && publisher.snapshot.pulse.startedAt === subscriber.snapshot.pulse.startedAt;
}

/** "localhost" is the subscriber's own machine, whatever it is on this one. */
function checkLoopback(parties: SubscriptionParties, choice: SubscriptionChoice): Problem | null {
  const host = conninfoValue(choice.conninfo, 'hostaddr') ?? conninfoValue(choice.conninfo, 'host');
  if (host === undefined || !isLoopback(host) || isSameCluster(parties)) return null;
  const { subscriberHost } = parties;
  if (subscriberHost !== undefined && isLoopback(subscriberHost)) return null;
  const message = `The subscriber connects by itself: ${host} is the machine that ${parties.subscriber.serverName} runs on.`;
  return subscriberHost === undefined
    ? { severity: 'info', field: 'connection', message }
    : { severity: 'warning', field: 'connection', message: `${message} Give the publisher’s host as seen from there.` };
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1|\[::1\]|\/.*)$/i.test(host);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
