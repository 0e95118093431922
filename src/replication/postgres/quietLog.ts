import type { QueryOptions, Session } from './session.ts';

/**
 * Keeps what the session sends from then on out of the server's log, as far as the role may: by default already a
 * statement that fails is written there as it stands. A superuser may set all that it takes; since 15 another role those
 * settings of which it was granted SET (GRANT SET ON PARAMETER). For any other nothing is done, which a plan says before
 * (operations/steps.ts). The settings that a version has (12 and 13 brought some) are taken from pg_settings. Rejects
 * with ReplicationError.
 */
export async function keepOutOfLog(session: Session, options: QueryOptions): Promise<void> {
  const mayBeSet =
    Number.parseInt(session.serverVersion, 10) >= 15
      ? `pg_catalog.has_parameter_privilege(s.name, 'SET')`
      : 'exists (select from pg_catalog.pg_roles r where r.rolname = current_user and r.rolsuper)';
  await session.query<object>(
    `select pg_catalog.set_config(s.name, wanted.value, false)
       from (values ('log_statement', 'none'), ('log_min_error_statement', 'panic'), ('log_min_duration_statement', '-1'),
                    ('log_min_duration_sample', '-1'), ('log_transaction_sample_rate', '0')) wanted (name, value)
       join pg_catalog.pg_settings s on s.name = wanted.name
      where ${mayBeSet}`,
    [],
    options,
  );
}
