import type { Inventory } from '../model/snapshot.ts';

/** Roles that only a hosting provider's servers have, by which it is recognised. */
export const signRoles = [
  'rds_superuser',
  'rds_replication',
  'cloudsqlsuperuser',
  'alloydbsuperuser',
  'azure_pg_admin',
  'neon_superuser',
  'supabase_admin',
] as const;

/** Those of them whose membership says what a role may do. */
export const privilegeRoles = [
  'rds_replication',
  'rds_superuser',
  'cloudsqlsuperuser',
  'alloydbsuperuser',
  'azure_pg_admin',
  'neon_superuser',
] as const;

/** What a provider is recognised by. A dump can carry roles to another server, so the host's name counts most. */
export interface ProviderSigns {
  /** Lower case; empty where it isn't known. */
  readonly host: string;
  readonly settings: ReadonlySet<string>;
  /** Roles and functions (`signRoles`, aurora_version). */
  readonly objects: ReadonlySet<string>;
}

export function signsOf({ server }: Pick<Inventory, 'server'>, host: string): ProviderSigns {
  return {
    host: host.toLowerCase(),
    settings: new Set(Object.keys(server.settings)),
    objects: new Set(server.providerSigns ?? []),
  };
}

/** Whether the host is below one of these domains. */
export function hostIn({ host }: ProviderSigns, ...domains: readonly string[]): boolean {
  return domains.some((domain) => host.endsWith(`.${domain}`));
}
