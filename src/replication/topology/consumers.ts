import type { Slot, WalSender } from '../model/slot.ts';
import type { ConsumerGuess } from '../model/topology.ts';

interface Signs {
  readonly product: string;
  /** Names its replication connection goes by. */
  readonly application?: RegExp;
  /** Names its slots have when nobody chooses another. */
  readonly slot?: RegExp;
  /** An output plugin that hardly anybody else uses. */
  readonly plugin?: RegExp;
}

/** By the defaults their documentation names; the first that fits counts. */
const consumers: readonly Signs[] = [
  { product: 'Debezium', application: /^debezium/i, slot: /^(debezium|dbz)(_|$)/, plugin: /^decoderbufs$/ },
  { product: 'Materialize', application: /^materialize/i, slot: /^(materialize|mz)_/ },
  { product: 'Airbyte', application: /^airbyte/i, slot: /^airbyte(_|$)/ },
  { product: 'PeerDB', application: /^peerdb/i, slot: /^(peerflow_slot|peerdb)(_|$)/ },
  { product: 'ClickPipes', application: /^clickpipes/i, slot: /^clickpipes(_|$)/ },
  { product: 'Fivetran', application: /^fivetran/i, slot: /^fivetran(_|$)/ },
  { product: 'Estuary Flow', application: /^(estuary|flow-capture)/i, slot: /^(flow_slot|estuary)(_|$)/ },
  { product: 'Sequin', application: /^sequin/i, slot: /^sequin(_|$)/ },
  { product: 'Inngest', application: /^inngest/i, slot: /^inngest_cdc$/ },
  { product: 'Databricks Lakeflow Connect', slot: /^databricks(_|$)/ },
  { product: 'ElectricSQL', application: /^electric/i, slot: /^electric_slot/ },
  { product: 'PowerSync', application: /^powersync/i, slot: /^powersync_/ },
  { product: 'RisingWave', application: /^risingwave/i, slot: /^(rw_cdc|risingwave)(_|$)/ },
  { product: 'Supabase ETL', slot: /^supabase_etl_/ },
  { product: 'Supabase Realtime', application: /^realtime_/i, slot: /^supabase_realtime/ },
  { product: 'Snowflake', slot: /^(snowflake_connector|sf_db_conn_rs)_/ },
  { product: 'Decodable', slot: /^decodable_/ },
  { product: 'Bemi', slot: /^bemi(_|$)/ },
  { product: 'Zero', slot: /^zero_\d+_[a-z]+$/ },
  { product: 'Google Datastream', application: /^datastream/i, slot: /^datastream(_|$)/ },
  { product: 'AWS DMS', application: /^aws[-_ ]?dms/i, slot: /^[a-z0-9_]*awsdms/ },
  { product: 'pg_recvlogical', application: /^pg_recvlogical$/ },
  { product: 'postgres.js', application: /^postgres\.js$/ },
  { product: 'pglogical', slot: /^pgl_/, plugin: /^pglogical_output$/ },
];

/**
 * Who may be reading a slot, by names that anybody can choose: the application name of its sender first, then the name
 * of the slot, then a rare output plugin. Where pgoutput is read under the slot's own name, it may be a subscription of
 * PostgreSQL. Null where nothing is recognised.
 */
export function guessConsumer(slot: Slot, sender: WalSender | null): ConsumerGuess | null {
  const application = sender?.applicationName ?? '';
  const by = (name: string | null, sign: keyof Omit<Signs, 'product'>) =>
    name === null || name === '' ? undefined : consumers.find((one) => one[sign]?.test(name) === true)?.product;
  const byApplication = by(application, 'application');
  if (byApplication !== undefined) return { product: byApplication, because: 'by its application name' };
  const bySlot = by(slot.name, 'slot');
  if (bySlot !== undefined) return { product: bySlot, because: 'by the name of its slot' };
  const byPlugin = by(slot.plugin, 'plugin');
  if (byPlugin !== undefined) return { product: byPlugin, because: 'by its output plugin' };
  if (slot.plugin === 'pgoutput' && application === slot.name) {
    return { product: 'PostgreSQL subscription', because: 'by its application name, which is the slot’s' };
  }
  return null;
}
