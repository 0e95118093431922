import type { Slot, WalSender } from '../model/slot.ts';
import type { TopologyEdge, TopologyNode, TopologySlot } from '../model/topology.ts';
import { strangeStandby } from './logicalEdges.ts';
import { newestMember } from './remarks.ts';
import type { ServerPlace } from './serverNodes.ts';

/** A WAL sender that feeds something physical. */
interface PhysicalSender {
  readonly place: ServerPlace;
  readonly connectionId: string;
  readonly sender: WalSender;
  readonly slot: Slot | null;
}

/**
 * The physical standbys: those among the connections, known by their primary's system identifier and by being in
 * recovery, each with the WAL sender that feeds it where that can be told; and those that only their senders show.
 */
export function physicalEdges(places: readonly ServerPlace[]): {
  readonly edges: readonly TopologyEdge[];
  readonly strangers: readonly TopologyNode[];
} {
  const senders = places.flatMap(sendersOf);
  const edges: TopologyEdge[] = [];
  const fed = new Set<PhysicalSender>();
  const waiting: ServerPlace[] = [];
  for (const standby of places.filter(inRecovery)) {
    const fitting = senders.filter((one) => mayFeed(one, standby) && !fed.has(one));
    const best = fitting.find((one) => isNamed(one, standby)) ?? onlyFor(fitting, standby, places);
    if (best) {
      fed.add(best);
      edges.push(edgeOf(best.place, standby.id, best, null));
    } else waiting.push(standby);
  }
  for (const standby of waiting) {
    const fitting = senders.filter((one) => mayFeed(one, standby) && !fed.has(one));
    const [next] = fitting;
    if (next) {
      fed.add(next);
      edges.push(
        edgeOf(
          next.place,
          standby.id,
          next,
          `${next.place.node.name} feeds several standbys: which is which isn’t told.`,
        ),
      );
      continue;
    }
    const primary = places.find((one) => !inRecovery(one) && identifierOf(one) === identifierOf(standby));
    if (primary && identifierOf(standby) !== null) {
      const doubt = 'No WAL sender feeds it now; it has the system identifier of this server.';
      edges.push({ ...edgeOf(primary, standby.id, null, doubt), slot: slotNamedBy(standby, primary) });
    }
  }
  const strangers = new Map<string, TopologyNode>();
  for (const one of senders.filter((sender) => !fed.has(sender))) {
    const node = strangeStandby(one.place.id, one.sender);
    const several = strangers.has(node.id);
    strangers.set(node.id, node);
    if (!several) edges.push(edgeOf(one.place, node.id, one, null));
  }
  return { edges, strangers: [...strangers.values()] };
}

/**
 * A sender that reads no logical slot and streams; one that reads a physical slot also where its state may not be seen.
 * Base backups and senders that only begin aren't standbys.
 */
function sendersOf(place: ServerPlace): readonly PhysicalSender[] {
  const members = place.cluster?.members ?? [];
  const server = members.find(({ snapshot }) => snapshot.inventory.server.role.readsAllStats) ?? members[0];
  if (!server) return [];
  const { senders, slots } = server.snapshot.pulse;
  return senders.flatMap((sender) => {
    const slot = slots.find(({ activePid }) => activePid === sender.pid) ?? null;
    const streams = sender.state === 'streaming' || sender.state === 'catchup';
    if (slot?.type === 'logical' || (!streams && !(slot && sender.state === null))) return [];
    // pg_receivewal and others may read physically too; without a slot a logical sender can't be.
    return [{ place, connectionId: server.facts.id, sender, slot }];
  });
}

function inRecovery({ node }: ServerPlace): boolean {
  return node.kind === 'server' && node.inRecovery;
}

function identifierOf({ cluster }: ServerPlace): string | null {
  return (
    cluster?.members.map(({ snapshot }) => snapshot.inventory.server.systemIdentifier).find((one) => one !== null) ??
    null
  );
}

function mayFeed({ place }: PhysicalSender, standby: ServerPlace): boolean {
  const identifier = identifierOf(standby);
  return place.id !== standby.id && identifier !== null && identifierOf(place) === identifier;
}

/** Whether a sender's slot, name or address is the standby's own. */
function isNamed({ sender, slot }: PhysicalSender, { cluster }: ServerPlace): boolean {
  const members = cluster?.members ?? [];
  const slotName = settingOf({ cluster }, 'primary_slot_name');
  if (slotName !== undefined && slot) return slot.name === slotName;
  // Since 12 the receiver goes by cluster_name where no other name is set.
  const clusterName = settingOf({ cluster }, 'cluster_name');
  if (clusterName !== undefined && sender.applicationName === clusterName) return true;
  return sender.clientAddress !== null && !isLocal(sender.clientAddress)
    ? members.some(({ facts }) => facts.target.host === sender.clientAddress)
    : false;
}

function settingOf({ cluster }: Pick<ServerPlace, 'cluster'>, name: string): string | undefined {
  return (cluster?.members ?? [])
    .map(({ snapshot }) => snapshot.inventory.server.settings[name]?.value ?? '')
    .find((value) => value !== '');
}

/** The slot that a standby reads by its own settings, though nothing feeds it now. */
function slotNamedBy(standby: ServerPlace, primary: ServerPlace): TopologySlot | null {
  const name = settingOf(standby, 'primary_slot_name');
  const at = newestMember(primary);
  const slot = at?.pulse.slots.find((one) => one.name === name && one.type === 'physical');
  return at && slot ? physicalSlot(at.connectionId, slot) : null;
}

function isLocal(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** The one sender there is, for the one standby there is. */
function onlyFor(
  fitting: readonly PhysicalSender[],
  standby: ServerPlace,
  places: readonly ServerPlace[],
): PhysicalSender | undefined {
  const twins = places.filter((one) => inRecovery(one) && identifierOf(one) === identifierOf(standby));
  return fitting.length === 1 && twins.length === 1 ? fitting[0] : undefined;
}

function edgeOf(from: ServerPlace, to: string, by: PhysicalSender | null, doubt: string | null): TopologyEdge {
  return {
    id: `physical:${from.id}:${to}`,
    kind: 'physical',
    from: from.id,
    to,
    streamId: null,
    slot: by?.slot ? physicalSlot(by.connectionId, by.slot) : null,
    sender: by && {
      pid: by.sender.pid,
      applicationName: by.sender.applicationName,
      user: by.sender.user,
      clientAddress: by.sender.clientAddress,
      state: by.sender.state,
    },
    subscription: null,
    syncSlots: [],
    bidirectional: false,
    doubt,
  };
}

/** The end of a physical line that keeps WAL for the other. */
export function physicalSlot(connectionId: string, { active, lost, name }: Slot): TopologySlot {
  return { connectionId, name, plugin: null, database: null, active, lost };
}
