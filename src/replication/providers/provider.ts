import type { RoleGiver } from '../model/reads.ts';
import type { ProviderSigns } from './signs.ts';

export type ProviderId = 'own' | 'rds' | 'aurora' | 'cloudSql' | 'alloyDb' | 'azure' | 'neon' | 'supabase';

/** How a setting is changed: by ALTER SYSTEM, or in the provider's own way, in words. */
export type SettingWay = { readonly kind: 'alterSystem' } | { readonly kind: 'provider'; readonly text: string };

/** A setting with the value that it is to have. */
export interface WantedSetting {
  readonly name: string;
  readonly value: string;
  readonly takes: 'restart' | 'reload' | 'nothing';
}

/** How a role gets to replicate. */
export type ReplicationRight =
  /** The REPLICATION attribute, at once or by an ALTER ROLE of its own; with membership of `inRole` where one is named. */
  | { readonly kind: 'attribute'; readonly separately: boolean; readonly inRole: string | null }
  /** Membership of a role; the attribute stays off. */
  | { readonly kind: 'membership'; readonly role: string };

/** What a provider's servers keep WAL on. None tells the size of that to SQL, as far as their documentation says. */
export interface WalStorage {
  /** It grows by itself, so that slots fill a purse before they fill a volume. */
  readonly grows: boolean;
  /** What to say in place of a forecast: where the size is looked up, or that there is no such size. A sentence's end. */
  readonly words: string;
}

/** Where a PostgreSQL server runs, and what is different there. One file each. */
export interface Provider {
  readonly id: ProviderId;
  /** "Amazon RDS"; null for a server of one's own. */
  readonly name: string | null;
  recognises(signs: ProviderSigns): boolean;
  readonly right: ReplicationRight;
  /** Why the role that is logged in can't make one that replicates, and what does; null where nothing is known against it. */
  obstacle(giver: RoleGiver): string | null;
  settingWay(wanted: WantedSetting): SettingWay;
  /** What lets a client's address in: null where that is pg_hba.conf. */
  readonly access: string | null;
  readonly walStorage: WalStorage;
  /** Why this host can't serve replication, and which one does; null where nothing is known against it. */
  hostObstacle(host: string): string | null;
}

/** The part that most have in common: no obstacle, and hosts that serve replication. */
export const usual = {
  obstacle: (giver: RoleGiver): string | null => (giver.createsRoles ? null : needsCreateRole(giver)),
  hostObstacle: (): string | null => null,
} as const;

export function needsCreateRole(giver: RoleGiver): string {
  return `The role ${giver.name} may not create roles (CREATEROLE).`;
}
