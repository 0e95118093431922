import type { ForeignServer } from '../model/server.ts';
import { asList, asText, asTexts, type Json } from './json.ts';
import type { Probe } from './probe.ts';

/**
 * Foreign servers by which a subscription can connect: the role may use them, and their wrapper gives a connection string
 * (pg_foreign_data_wrapper.fdwconnection). As documented for 19, untried; null before.
 */
export function foreignServersQuery(probe: Probe): string {
  if (!probe.has('pg_subscription', 'subserver') || !probe.has('pg_foreign_data_wrapper', 'fdwconnection')) {
    return 'select null::json';
  }
  return `select pg_catalog.json_agg(pg_catalog.json_build_array(f.srvname, pg_catalog.to_json(f.srvoptions)) order by f.srvname)
       from pg_catalog.pg_foreign_server f join pg_catalog.pg_foreign_data_wrapper w on w.oid = f.srvfdw
      where w.fdwconnection::int8 <> 0 and pg_catalog.has_server_privilege(f.oid, 'USAGE')`;
}

/** The rows as a part of ServerInfo: nothing where there are none. */
export function parseForeignServers(rows: Json | undefined): { readonly foreignServers?: readonly ForeignServer[] } {
  const foreignServers = asList(rows).map((row): ForeignServer => {
    const [name, options] = asList(row);
    return { name: asText(name), ...placeIn(options) };
  });
  return foreignServers.length > 0 ? { foreignServers } : {};
}

/** Where a foreign server is, as far as its options (`host=…`, one text each) say. */
export function placeIn(options: Json | undefined): Omit<ForeignServer, 'name'> {
  const values = new Map(
    asTexts(options).map((option) => {
      const at = option.indexOf('=');
      return [option.slice(0, at), option.slice(at + 1)];
    }),
  );
  return {
    host: values.get('host') ?? values.get('hostaddr') ?? null,
    port: portOf(values.get('port') ?? null),
    database: values.get('dbname') ?? null,
  };
}

/** The port of a connection string, which may name one for each of several hosts: null unless it is the same for all. */
export function portOf(text: string | null): number | null {
  const [port = 0, ...others] = new Set((text ?? '').split(',').map(Number));
  return others.length === 0 && Number.isInteger(port) && port > 0 ? port : null;
}
