import type { Inventory } from '../model/snapshot.ts';
import { alloyDb } from './alloyDb.ts';
import { aurora } from './aurora.ts';
import { azure } from './azure.ts';
import { cloudSql } from './cloudSql.ts';
import { neon } from './neon.ts';
import { ownServer } from './ownServer.ts';
import type { Provider } from './provider.ts';
import { rds } from './rds.ts';
import { hostIn, type ProviderSigns, signRoles, signsOf } from './signs.ts';
import { supabase } from './supabase.ts';

/** Those that share signs come in the order in which the more particular one is found first. */
const hosted: readonly Provider[] = [neon, alloyDb, cloudSql, aurora, rds, azure, supabase];

/**
 * Where a server runs. The host's name decides where it says so; otherwise settings, roles and functions that only one
 * provider has. Behind localhost or a socket (one's own machine, or a tunnel) roles don't
 * count: a dump brings them along.
 */
export function providerOf(inventory: Pick<Inventory, 'server'>, host = ''): Provider {
  const signs = signsOf(inventory, host);
  const byHost = providerOfHost(host);
  if (byHost !== ownServer && byHost.id !== 'rds') return byHost;
  const counted: ProviderSigns = isOwnMachine(signs.host) ? withoutRoles(signs) : signs;
  const found = hosted.find((provider) => provider.recognises(counted)) ?? ownServer;
  // An Aurora instance has a host like one of RDS; nothing else can be behind such a name.
  return byHost.id === 'rds' && found.id !== 'aurora' ? byHost : found;
}

/** As far as the host's name alone tells. */
export function providerOfHost(host: string): Provider {
  const signs: ProviderSigns = { host: host.toLowerCase(), settings: new Set(), objects: new Set() };
  if (!hostIn(signs, 'neon.tech', 'amazonaws.com', 'amazonaws.com.cn', 'azure.com', 'supabase.co', 'supabase.com')) {
    return ownServer;
  }
  return hosted.find((provider) => provider.recognises(signs)) ?? ownServer;
}

function withoutRoles(signs: ProviderSigns): ProviderSigns {
  const roles = new Set<string>(signRoles);
  return { ...signs, objects: new Set([...signs.objects].filter((name) => !roles.has(name))) };
}

function isOwnMachine(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || host.startsWith('127.');
}
