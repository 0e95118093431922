import type { TestServer } from '../support/servers/testServer.ts';

/** How many tables are made in one transaction; each takes locks until its end. */
const batch = 500;

/**
 * Fills a database with `tables` tables of five columns with a primary key, each in one of `publications`
 * publications, and half of those with a column list and a row filter where the server has them.
 */
export async function publishTables(
  server: TestServer,
  database: string,
  tables: number,
  publications: number,
): Promise<void> {
  await server.createDatabase(database);
  for (let from = 0; from < tables; from += batch) {
    const to = Math.min(from + batch, tables) - 1;
    await server.script(
      `do $$ begin for i in ${from}..${to} loop
         execute format('create table t_%s (id int primary key, a text, b int, c timestamptz, d numeric)', i);
       end loop; end $$`,
      database,
    );
  }
  const perPublication = Math.ceil(tables / publications);
  const rich = server.major >= 15;
  await server.script(
    `do $$ begin for p in 0..${publications - 1} loop
       execute format('create publication pub_%s for table %s', p, (
         select string_agg(format('t_%s', i) || case when ${rich} and i % 2 = 0 then ' (id, a, b) where (b > 0 or id > 0)' else '' end, ', ')
           from generate_series(p * ${perPublication}, least((p + 1) * ${perPublication}, ${tables}) - 1) i)) ;
     end loop; end $$`,
    database,
  );
  await server.script('vacuum analyze pg_class', database);
}
