import type { Capabilities, Capability, CapabilityName } from '../model/capability.ts';
import type { ServerSetting } from '../model/server.ts';
import type { Probe } from './probe.ts';

const yes: Capability = { can: true };

function no(because: 'version' | 'privilege' | 'setting' | 'standby', reason: string): Capability {
  return { can: false, because, reason };
}

function since(supported: boolean, version: number): Capability {
  return supported ? yes : no('version', `Needs PostgreSQL ${version} or newer.`);
}

/** The first obstacle of several conditions; what the version lacks hides what a privilege or setting forbids. */
function first(...conditions: readonly Capability[]): Capability {
  return conditions.find((condition) => !condition.can) ?? yes;
}

/**
 * What this server can do for this role, from columns that exist, settings and privileges. What has no
 * column to go by is told by the version: TRUNCATE of partitioned members (13), and the functions that advance (11)
 * and copy (12) a slot. The two-phase argument of slot creation came with the slots' column. 19 is as documented: there was
 * no such server to try it on.
 */
export function deriveCapabilities(
  probe: Probe,
  settings: Readonly<Record<string, ServerSetting>>,
  inRecovery: boolean,
): Capabilities {
  const { role } = probe;
  const primary = inRecovery ? no('standby', 'This server is a standby: it takes no changes.') : yes;
  const create = role.createsInDatabase
    ? yes
    : no('privilege', `Needs CREATE on the database for the role ${role.name}.`);
  const superuser = role.superuser ? yes : no('privilege', 'Needs a superuser.');
  const column = (relation: Parameters<Probe['has']>[0], name: string, version: number): Capability =>
    since(probe.has(relation, name), version);

  const publish = first(primary, create);
  const subscribe = first(primary, subscribePrivilege(probe, create));
  const option = (name: string, version: number): Capability => column('pg_subscription', name, version);
  const slot = first(slotPrivilege(probe), walLevel(settings), standbySlots(probe, inRecovery));
  const answers: Record<CapabilityName, Capability> = {
    decodeLogical: first(walLevel(settings), standbySlots(probe, inRecovery)),
    'publication.create': publish,
    'publication.allTables': first(publish, superuser),
    'publication.schemas': first(column('pg_publication_namespace', 'pnnspid', 15), publish, superuser),
    'publication.columnLists': column('pg_publication_rel', 'prattrs', 15),
    'publication.rowFilters': column('pg_publication_rel', 'prqual', 15),
    'publication.truncate': column('pg_publication', 'pubtruncate', 11),
    'publication.viaRoot': column('pg_publication', 'pubviaroot', 13),
    'publication.partitionedTables': since(probe.versionNumber >= 130000, 13),
    'publication.generatedColumns': column('pg_publication', 'pubgencols', 18),
    // ALTER PUBLICATION … SET ALL TABLES, as documented for 19; it came together with this column.
    'publication.setAllTables': first(column('pg_publication', 'puballsequences', 19), primary, superuser),
    'publication.allSequences': first(column('pg_publication', 'puballsequences', 19), publish, superuser),
    'publication.exceptTables': first(column('pg_publication_rel', 'prexcept', 19), publish, superuser),
    'subscription.create': subscribe,
    'subscription.binary': option('subbinary', 14),
    'subscription.streaming': option('substream', 14),
    'subscription.parallelStreaming': option('suborigin', 16),
    'subscription.twoPhase': option('subtwophasestate', 15),
    // Both came with 18, and the option itself has no column that says so.
    'subscription.alterTwoPhase': column('pg_replication_slots', 'two_phase_at', 18),
    'subscription.disableOnError': option('subdisableonerr', 15),
    'subscription.passwordRequired': first(
      option('subpasswordrequired', 16),
      role.superuser ? yes : no('privilege', 'Only a superuser may let a subscription connect without a password.'),
    ),
    'subscription.runAsOwner': option('subrunasowner', 16),
    'subscription.origin': option('suborigin', 16),
    'subscription.failover': option('subfailover', 17),
    'subscription.retainDeadTuples': option('subretaindeadtuples', 19),
    'subscription.maxRetentionDuration': option('submaxretention', 19),
    'subscription.walReceiverTimeout': option('subwalrcvtimeout', 19),
    'subscription.foreignServer': first(option('subserver', 19), subscribe),
    // It has no column of its own; sequences came with this one.
    'subscription.refreshSequences': first(column('pg_publication', 'puballsequences', 19), primary),
    'slot.create': slot,
    'slot.twoPhase': column('pg_replication_slots', 'two_phase', 14),
    'slot.failover': first(
      column('pg_replication_slots', 'failover', 17),
      inRecovery ? no('standby', 'A failover slot can’t be created on a standby.') : yes,
    ),
    'slot.advance': first(since(probe.versionNumber >= 110000, 11), slotPrivilege(probe)),
    'slot.copy': first(since(probe.versionNumber >= 120000, 12), slot),
  };
  return answers;
}

/** Up to 15 only a superuser; since 16 a member of pg_create_subscription who has CREATE on the database. */
function subscribePrivilege(probe: Probe, create: Capability): Capability {
  if (probe.role.superuser) return yes;
  if (!probe.has('pg_subscription', 'subpasswordrequired')) {
    return no('privilege', 'Needs a superuser on this version.');
  }
  if (!probe.createsSubscriptions) {
    return no('privilege', `Needs membership of pg_create_subscription for the role ${probe.role.name}.`);
  }
  return create;
}

function slotPrivilege(probe: Probe): Capability {
  return probe.role.superuser || probe.role.replication
    ? yes
    : no('privilege', `Needs the REPLICATION attribute for the role ${probe.role.name}.`);
}

/** 19 turns logical decoding on by itself once a logical slot exists; it says so in effective_wal_level. */
function walLevel(settings: Readonly<Record<string, ServerSetting>>): Capability {
  const level = settings['wal_level']?.value;
  if (level === 'logical' || (settings['effective_wal_level'] !== undefined && level === 'replica')) return yes;
  return no('setting', `wal_level is ${level ?? 'unknown'}; logical decoding needs wal_level = logical (restart).`);
}

function standbySlots(probe: Probe, inRecovery: boolean): Capability {
  if (!inRecovery || probe.has('pg_replication_slots', 'conflicting')) return yes;
  return no('standby', 'Logical decoding on a standby needs PostgreSQL 16 or newer.');
}
