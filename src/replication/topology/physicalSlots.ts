import type { Slot } from '../model/slot.ts';
import type { TopologyEdge, TopologyNode, TopologyRemark } from '../model/topology.ts';
import { nobody } from './logicalEdges.ts';
import { physicalSlot } from './physicalEdges.ts';
import { newestMember, reasonText, sinceText } from './remarks.ts';
import type { ServerPlace } from './serverNodes.ts';

/**
 * Physical slots that nobody reads and that keep WAL, or kept it until they were lost: each with a line to nobody, and what is
 * remarkable about it. Those that lines of `drawn` have already, because a standby names them, get no other line.
 */
export function unreadPhysicalSlots(
  places: readonly ServerPlace[],
  drawn: readonly TopologyEdge[],
): {
  readonly edges: readonly TopologyEdge[];
  readonly nobodies: readonly TopologyNode[];
  readonly remarks: readonly TopologyRemark[];
} {
  const unread = places.flatMap((place): readonly UnreadSlot[] => {
    const at = newestMember(place);
    if (!at) return [];
    return at.pulse.slots.filter(keepsForNobody).map((slot) => {
      const edge = drawn.find((one) => one.from === place.id && one.slot?.name === slot.name);
      return { edge: edge ?? edgeOf(place, at.connectionId, slot), isNew: !edge, place, slot };
    });
  });
  const added = unread.filter(({ isNew }) => isNew);
  return {
    edges: added.map(({ edge }) => edge),
    nobodies: [...new Set(added.map(({ place }) => place.id))].map(nobody),
    // That a standby which is known isn't connected is said on its line.
    remarks: unread.filter(({ isNew, slot }) => isNew || slot.lost).map(remarkOf),
  };
}

interface UnreadSlot {
  readonly edge: TopologyEdge;
  /** No standby that is known has a line with it. */
  readonly isNew: boolean;
  readonly place: ServerPlace;
  readonly slot: Slot;
}

/** One that was made without reserving WAL keeps none until it is read for the first time. */
function keepsForNobody({ active, lost, restartLsn, type }: Slot): boolean {
  return type === 'physical' && !active && (lost || restartLsn !== null);
}

function edgeOf(place: ServerPlace, connectionId: string, slot: Slot): TopologyEdge {
  return {
    id: `physical:${place.id}:slot:${slot.name}`,
    kind: 'physical',
    from: place.id,
    to: nobody(place.id).id,
    streamId: null,
    slot: physicalSlot(connectionId, slot),
    sender: null,
    subscription: null,
    syncSlots: [],
    bidirectional: false,
    doubt: null,
  };
}

function remarkOf({ edge, place, slot }: UnreadSlot): TopologyRemark {
  const what = `physical slot ${slot.name} on ${place.node.name}`;
  const about = { about: edge.id, slot: null };
  if (slot.lost) {
    return {
      ...about,
      kind: 'lostSlot',
      severity: 'error',
      text: `The ${what} is lost${reasonText(slot)}: a standby that read it can’t go on from ${place.node.name}, unless it finds that WAL in an archive or is built anew.`,
    };
  }
  return {
    ...about,
    kind: 'orphanSlot',
    severity: 'warning',
    text: `No standby reads ${what}${sinceText(slot)}. It keeps WAL until it is read or dropped.`,
  };
}
