import type { Statement } from '../model/statement.ts';
import { quoteLiteral } from '../postgres/quote.ts';

/**
 * Queries for `Step.effect`: each gives a row once something is so. They name only what every version from 10 has and
 * an ordinary role may read, unless said.
 */
const ofThisDatabase =
  'subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())';

/** There is (or, with `there` false, isn't) a publication of that name. */
export function publicationIs(name: string, there = true): Statement {
  return existence(`SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = ${quoteLiteral(name)}`, there);
}

/** There is (or isn't) a subscription of that name in this database. */
export function subscriptionIs(name: string, there = true): Statement {
  const query = `SELECT 1 FROM pg_catalog.pg_subscription WHERE subname = ${quoteLiteral(name)} AND ${ofThisDatabase}`;
  return existence(query, there);
}

/** A subscription of that name has `condition`, an SQL condition on the columns of pg_subscription. */
export function subscriptionHas(name: string, condition: string): Statement {
  const named = `subname = ${quoteLiteral(name)} AND ${ofThisDatabase}`;
  return [`SELECT 1 FROM pg_catalog.pg_subscription WHERE ${named} AND (${condition})`];
}

/** A subscription of that name reads these publications, and no others. */
export function subscriptionReads(name: string, publications: readonly string[]): Statement {
  const array = `ARRAY[${publications.map(quoteLiteral).join(', ')}]::text[]`;
  return subscriptionHas(name, `subpublications @> ${array} AND subpublications <@ ${array}`);
}

/** There is (or isn't) a replication slot of that name. */
export function slotIs(name: string, there = true): Statement {
  return existence(`SELECT 1 FROM pg_catalog.pg_replication_slots WHERE slot_name = ${quoteLiteral(name)}`, there);
}

function existence(query: string, there: boolean): Statement {
  return [there ? query : `SELECT 1 WHERE NOT EXISTS (${query})`];
}
