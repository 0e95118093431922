import type { Slot } from '../model/slot.ts';
import type { Pulse } from '../model/snapshot.ts';
import type { Topology, TopologyNode, TopologyRemark } from '../model/topology.ts';
import { slotEnds, subscriptionEnds } from './ends.ts';
import { mayBePair } from './evidence.ts';
import type { JoinedStream } from './logicalEdges.ts';
import type { ServerPlace } from './serverNodes.ts';
import { parseSyncSlotName } from './syncSlot.ts';

/** What stands out about single streams: an end that is missing, or that nobody comes back for. */
export function streamRemarks(
  joined: readonly JoinedStream[],
  places: readonly ServerPlace[],
  nodes: readonly TopologyNode[],
): readonly TopologyRemark[] {
  const unread = places.filter(({ node }) => node.reading !== 'open').map(({ node }) => node.name);
  const nodeOf = (id: string) => nodes.find((node) => node.id === id);
  return joined.flatMap((one): readonly TopologyRemark[] => {
    const { edge, slot, stream } = one;
    const on = one.from?.node.name ?? '';
    if (slot?.lost) {
      return [
        remark(
          one,
          'lostSlot',
          'error',
          `Slot ${slot.name} on ${on} is lost${reasonText(slot)}: nobody can read it any more.`,
        ),
      ];
    }
    if (!edge.subscription) {
      if (!slot || slot.active) return [];
      const guess = nodeOf(edge.to)?.guess;
      const looks = guess ? ` It looks like one of ${guess.product}, ${guess.because}.` : '';
      const not = unread.length === 0 ? '' : ` Not read: ${listed(unread)}.`;
      return [
        remark(
          one,
          'orphanSlot',
          'warning',
          `Nobody reads slot ${slot.name} on ${on}${sinceText(slot)}, and no subscription of the known connections would. It keeps WAL until it is read or dropped.${looks}${not}`,
        ),
      ];
    }
    const { name, slotName } = edge.subscription;
    const at = one.to?.node.name ?? '';
    if (slotName === null) {
      return [
        remark(one, 'noSlot', 'warning', `Subscription ${name} on ${at} has no replication slot (slot_name = NONE).`),
      ];
    }
    if (!slot && stream.publisher) {
      return [
        remark(
          one,
          'slotGone',
          'error',
          `The slot ${slotName} of subscription ${name} on ${at} is not on ${on} any more.`,
        ),
      ];
    }
    return stream.publisher || !isAmbiguous(one, places)
      ? []
      : [
          remark(
            one,
            'ambiguous',
            'info',
            `Several servers have a slot ${slotName}: which of them subscription ${name} on ${at} reads from can’t be told yet.`,
          ),
        ];
  });
}

function isAmbiguous({ stream, to }: JoinedStream, places: readonly ServerPlace[]): boolean {
  const { subscriber } = stream;
  const ends = to?.cluster ? subscriptionEnds(to.cluster) : [];
  const end = ends.find(
    ({ name, server }) => name === subscriber?.subscriptionName && server.facts.id === subscriber.connectionId,
  );
  if (!end) return false;
  const slots = places.flatMap(({ cluster }) => (cluster ? slotEnds(cluster) : []));
  return slots.filter((slot) => mayBePair(end, slot)).length > 1;
}

/**
 * Slots of table synchronizations that belong to no subscription any more, which only their own cluster can tell, and
 * those of subscribers that aren't among the connections. Their names tell both since subscribers of 14.
 */
export function syncSlotRemarks(places: readonly ServerPlace[], before: Topology | null): readonly TopologyRemark[] {
  const known = new Set(before?.remarks.filter(({ kind }) => kind === 'leftSyncSlot').map(keyOf));
  return places.flatMap((place) => {
    const newest = newestMember(place);
    if (!newest || newest.pulse.inRecovery) return [];
    return newest.pulse.slots.flatMap((slot): readonly TopologyRemark[] => {
      const parts = parseSyncSlotName(slot.name);
      if (!parts || slot.active) return [];
      const about = {
        about: place.id,
        slot: { connectionId: newest.connectionId, name: slot.name },
      };
      const subscriber = places
        .filter(({ cluster, node }) => cluster !== null && !node.inRecovery)
        .map((one) => ({ name: one.node.name, at: newestMember(one), open: one.node.reading === 'open' }))
        .find(({ at }) => at?.identifier === parts.systemIdentifier);
      const foreign: TopologyRemark = {
        ...about,
        kind: 'foreignSyncSlot',
        severity: 'info',
        text: `Slot ${slot.name} on ${place.node.name} belongs to a table synchronization of a subscriber that isn’t among the connections (system identifier ${parts.systemIdentifier}).`,
      };
      const at = subscriber?.at;
      if (!at) return [foreign];
      const oids = at.pulse.subscriptionOids;
      if (oids === undefined || oids.includes(parts.subscriptionOid)) return [];
      const left: TopologyRemark = {
        ...about,
        kind: 'leftSyncSlot',
        severity: 'warning',
        text: `Slot ${slot.name} on ${place.node.name} was left behind by a table synchronization: ${subscriber.name} has no subscription ${parts.subscriptionOid} any more. It keeps WAL until it is dropped.`,
      };
      // A subscription that was made after its server was read may have made the slot.
      const seenAfter = at.pulse.sampledAt - at.pulse.tookMs / 2 >= newest.pulse.sampledAt + newest.pulse.tookMs / 2;
      return seenAfter || known.has(keyOf(left)) ? [left] : [];
    });
  });
}

/** Servers that aren't standbys and have the same system identifier: one is a copy of the other's files. */
export function sameFilesRemarks(places: readonly ServerPlace[]): readonly TopologyRemark[] {
  const primaries = places.filter(({ cluster, node }) => cluster !== null && !node.inRecovery);
  return primaries.flatMap((place, index) => {
    const identifier = newestMember(place)?.identifier ?? null;
    const twin = primaries.slice(0, index).find((one) => newestMember(one)?.identifier === identifier);
    if (identifier === null || !twin) return [];
    return [
      {
        kind: 'sameFiles' as const,
        severity: 'info' as const,
        text: `${place.node.name} and ${twin.node.name} have the same system identifier and neither is a standby: one was made from a copy of the other’s files.`,
        about: place.id,
        slot: null,
      },
    ];
  });
}

/** Since when nobody reads a slot, to go on a sentence with: " since 2026-11-21 12:49:33 UTC"; empty where it isn't known. */
export function sinceText({ inactiveSince }: Pick<Slot, 'inactiveSince'>): string {
  return inactiveSince === null ? '' : ` since ${inactiveSince.replace('T', ' ').replace('Z', ' UTC')}`;
}

/** Why a slot is lost, to go on a sentence with: " (wal_removed)"; empty where it isn't known. */
export function reasonText({ lostReason }: Pick<Slot, 'lostReason'>): string {
  return lostReason === null ? '' : ` (${lostReason})`;
}

/** Of the connections to a server, the one that was sampled last. */
interface NewestMember {
  readonly connectionId: string;
  readonly pulse: Pulse;
  readonly identifier: string | null;
}

/** See NewestMember; null where nothing was read. */
export function newestMember({ cluster }: ServerPlace): NewestMember | null {
  const [newest] = (cluster?.members ?? []).toSorted((a, b) => b.snapshot.pulse.sampledAt - a.snapshot.pulse.sampledAt);
  if (!newest) return null;
  const identifiers = (cluster?.members ?? []).map(({ snapshot }) => snapshot.inventory.server.systemIdentifier);
  return {
    connectionId: newest.facts.id,
    pulse: newest.snapshot.pulse,
    identifier: identifiers.find((one) => one !== null) ?? null,
  };
}

function remark(
  { edge }: JoinedStream,
  kind: TopologyRemark['kind'],
  severity: TopologyRemark['severity'],
  text: string,
): TopologyRemark {
  return { kind, severity, text, about: edge.id, slot: null };
}

function keyOf({ about, slot }: TopologyRemark): string {
  return JSON.stringify([about, slot?.name]);
}

function listed(names: readonly string[]): string {
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}
