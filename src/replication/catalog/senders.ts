import type { WalSender } from '../model/slot.ts';
import { asList, asNumber, asNumberOrNull, asText, asTextOrNull, type Json } from './json.ts';
import type { Probe } from './probe.ts';

/** pg_stat_replication. Without pg_monitor all but pid, user and application name are null. reply_time since 12. */
export function sendersQuery(probe: Probe): string {
  const replyTime = probe.has('pg_stat_replication', 'reply_time')
    ? '(extract(epoch from r.reply_time)::float8 * 1000::float8)::int8'
    : 'null::int8';
  return `select pg_catalog.json_agg(pg_catalog.json_build_array(r.pid, r.usename, coalesce(r.application_name, ''), pg_catalog.host(r.client_addr), r.state,
            r.sent_lsn::text, r.write_lsn::text, r.flush_lsn::text, r.replay_lsn::text, ${replyTime}))
       from pg_catalog.pg_stat_replication r`;
}

export function parseSenders(rows: Json | undefined): readonly WalSender[] {
  return asList(rows).map((row) => {
    const [pid, user, applicationName, address, state, sent, write, flush, replay, replyTime] = asList(row);
    return {
      pid: asNumber(pid),
      user: asTextOrNull(user),
      applicationName: asText(applicationName),
      clientAddress: asTextOrNull(address),
      state: asTextOrNull(state),
      sentLsn: asTextOrNull(sent),
      writeLsn: asTextOrNull(write),
      flushLsn: asTextOrNull(flush),
      replayLsn: asTextOrNull(replay),
      replyTime: asNumberOrNull(replyTime),
    };
  });
}
