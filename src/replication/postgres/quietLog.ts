import type { QueryOptions, Session } from './session.ts';

/**
 * Keeps what the session sends from then on out of the server's log, as far as a superuser may: by default already a
 * statement that fails is written there as it stands. For any other role nothing is done. The settings that a version
 * has (12 and 13 brought some) are taken from pg_settings. Rejects with ReplicationError.
 */
export async function keepOutOfLog(session: Session, options: QueryOptions): Promise<void> {
  await session.query<object>(
    `select pg_catalog.set_config(s.name, wanted.value, false)
       from (values ('log_statement', 'none'), ('log_min_error_statement', 'panic'), ('log_min_duration_statement', '-1'),
                    ('log_min_duration_sample', '-1'), ('log_transaction_sample_rate', '0')) wanted (name, value)
       join pg_catalog.pg_settings s on s.name = wanted.name
      where exists (select from pg_catalog.pg_roles r where r.rolname = current_user and r.rolsuper)`,
    [],
    options,
  );
}
