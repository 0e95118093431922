import type { ConnectionTarget } from '../model/connect.ts';
import type { PublisherAddress } from '../model/subscription.ts';

const defaultPort = 5432;

/** A host in a form that can be compared; every name of one's own machine becomes `local`. */
function comparableHost(host: string): string {
  const plain = host
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  const local =
    plain === '' || plain === 'localhost' || plain === '::1' || plain.startsWith('/') || plain.startsWith('127.');
  return local ? 'local' : plain;
}

/** Whether two connections go to the same host and port. */
export function sameTarget(one: ConnectionTarget, other: ConnectionTarget): boolean {
  return one.port === other.port && comparableHost(one.host) === comparableHost(other.host);
}

/**
 * Whether a subscription's connection string leads to the host and port of `candidate`. Hosts are the
 * subscriber's view: a local one there means the subscriber's own machine, as we reach it. Several hosts
 * (`a,b`) may each be meant.
 */
export function leadsTo(address: PublisherAddress, subscriber: ConnectionTarget, candidate: ConnectionTarget): boolean {
  if ((address.port ?? defaultPort) !== candidate.port) return false;
  const wanted = comparableHost(candidate.host);
  return (address.host ?? '').split(',').some((part) => {
    const host = comparableHost(part);
    return (host === 'local' ? comparableHost(subscriber.host) : host) === wanted;
  });
}
