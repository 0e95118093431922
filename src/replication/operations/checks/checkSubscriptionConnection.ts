import type { SubscriptionChoice } from '../../model/choices.ts';
import { conninfoValue } from '../../model/conninfo.ts';
import type { Problem } from '../../model/plan.ts';
import { obstacle } from '../offers.ts';
import { isSameCluster, slotFirstTarget } from '../sameCluster.ts';
import { publisherInventoryOf, type SubscriptionParties } from '../target.ts';

/** The connection string, as the subscriber's server will use it, and whether the publisher there can publish. */
export function checkSubscriptionConnection(
  parties: SubscriptionParties,
  choice: SubscriptionChoice,
): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (severity: Problem['severity'], message: string): void => {
    problems.push({ severity, message, field: 'connection' });
  };
  const database = conninfoValue(choice.conninfo, 'dbname');
  if (
    conninfoValue(choice.conninfo, 'host') === undefined &&
    conninfoValue(choice.conninfo, 'hostaddr') === undefined
  ) {
    add(
      'error',
      'The connection string names no host: the subscriber would look for the publisher on its own machine.',
    );
  }
  if (database === undefined) add('error', 'The connection string names no database (dbname).');
  const hostWarning = checkLoopback(parties, choice);
  if (hostWarning) problems.push(hostWarning);

  const publisher = publisherInventoryOf(parties);
  if (!publisher) return problems;
  const { server } = publisher;
  const place = parties.publisher?.serverName ?? 'the publisher';
  if (database !== undefined && server.database !== database) {
    add(
      'warning',
      `The connection string names the database ${database}, but what is shown of ${place} is its database ${server.database}.`,
    );
  }
  const decoding = server.capabilities.decodeLogical;
  if (!decoding.can && decoding.because !== 'privilege')
    add('error', `${capital(place)} can’t publish: ${decoding.reason}`);
  if (
    server.role.name === conninfoValue(choice.conninfo, 'user') &&
    !server.role.superuser &&
    !server.role.replication
  ) {
    add(
      'error',
      `The role ${server.role.name} may not replicate from ${place}: it needs the REPLICATION attribute, and SELECT on the tables.`,
    );
  }
  return [...problems, ...checkSameCluster(parties, choice)];
}

function checkSameCluster(parties: SubscriptionParties, choice: SubscriptionChoice): readonly Problem[] {
  if (!isSameCluster(parties)) return [];
  const problems: Problem[] = [];
  const { database } = parties.subscriber.snapshot.inventory.server;
  if (conninfoValue(choice.conninfo, 'dbname') === database) {
    problems.push({
      severity: 'warning',
      field: 'connection',
      message:
        'Publisher and subscriber are the same database: every published row would be written to the table it comes from.',
    });
  }
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
