import { randomBytes } from 'node:crypto';

import { asFlag, asList, asObject, asText, asTexts, type Json } from '../catalog/json.ts';
import type { PublicationChoice, PublishedTableChoice } from '../model/choices.ts';
import { ReplicationError } from '../model/errors.ts';
import type { MemberVerdict } from '../model/reads.ts';
import { namesMembers } from '../operations/publication/publicationScope.ts';
import { memberSql, type MemberSyntax } from '../operations/publication/publicationSql.ts';
import { tableKey } from '../operations/publication/publishedTables.ts';
import { tableLabel } from '../operations/words.ts';
import { quoteIdentifier } from '../postgres/quote.ts';
import type { Session } from '../postgres/session.ts';
import { identityProblem, type RowHolder } from './identityProblem.ts';
import { explainMemberRefusal } from './memberRefusal.ts';

/** Nobody's work may wait for a trial, and no trial long for anybody. Milliseconds. */
const lockLimitMs = 1_000;
const statementLimitMs = 5_000;
const silenceMs = 20_000;

/**
 * See OnDemandReads.tryMembers. The session is the trial's own; whoever calls closes it. The tables are put into
 * publications of a random name, all of them at once and by halves where that is refused, in a transaction that is
 * rolled back. Each statement goes by the extended protocol, which takes one only: what is typed as a filter can't end
 * the transaction. Rejects with ReplicationError where the server refuses any publication ('privilege' without CREATE
 * on the database, 'readOnlyServer'). All versions.
 */
export async function tryMembers(session: Session, choice: PublicationChoice): Promise<readonly MemberVerdict[]> {
  if (!namesMembers(choice) || choice.tables.length === 0) return [];
  const tables = [...new Map(choice.tables.toReversed().map((table) => [tableKey(table), table])).values()];
  const trial = new Trial(session, choice);
  const verdicts = await trial.run(tables.toReversed());
  return verdicts.toSorted((a, b) => placeOf(choice, a) - placeOf(choice, b));
}

function placeOf({ tables }: PublicationChoice, verdict: MemberVerdict): number {
  return tables.findIndex((table) => tableKey(table) === tableKey(verdict));
}

/** What the server's version has, by the columns of its catalogs. */
interface TrialSyntax extends MemberSyntax {
  readonly viaRoot: boolean;
  readonly generatedColumns: boolean;
}

class Trial {
  readonly #session: Session;
  readonly #choice: PublicationChoice;
  readonly #name = `pg_replication_trial_${randomBytes(6).toString('hex')}`;
  #syntax: TrialSyntax = { columnLists: false, rowFilters: false, viaRoot: false, generatedColumns: false };
  #statements = 0;

  constructor(session: Session, choice: PublicationChoice) {
    this.#session = session;
    this.#choice = choice;
  }

  async run(tables: readonly PublishedTableChoice[]): Promise<readonly MemberVerdict[]> {
    this.#syntax = await this.#readSyntax();
    await this.#control('BEGIN');
    try {
      await this.#control(`SET LOCAL lock_timeout = ${lockLimitMs}`);
      await this.#control(`SET LOCAL statement_timeout = ${statementLimitMs}`);
      return await this.#judge(tables);
    } finally {
      // A session that is lost has taken its transaction with it.
      await this.#control('ROLLBACK').catch(() => {});
    }
  }

  async #judge(tables: readonly PublishedTableChoice[]): Promise<readonly MemberVerdict[]> {
    await this.#control('SAVEPOINT member');
    try {
      return await this.#tryTogether(tables);
    } catch (error) {
      if (!ReplicationError.is(error) || isOfNoTable(error)) throw error;
      await this.#control('ROLLBACK TO SAVEPOINT member');
      return await this.#explain(tables, error);
    } finally {
      await this.#control('ROLLBACK TO SAVEPOINT member').catch(() => {});
    }
  }

  /** Who of them is refused: by halves, so that few refusals among thousands are found in few trials. */
  async #explain(tables: readonly PublishedTableChoice[], error: ReplicationError): Promise<readonly MemberVerdict[]> {
    const [first, ...rest] = tables;
    if (!first) return [];
    if (rest.length === 0) {
      const { name, schema } = first;
      const refusal = explainMemberRefusal(error, tableLabel(schema, name));
      return [{ schema, name, error: refusal, filterColumns: [], identityProblem: null }];
    }
    const middle = Math.ceil(tables.length / 2);
    return [...(await this.#judge(tables.slice(0, middle))), ...(await this.#judge(tables.slice(middle)))];
  }

  /** Column lists come apart from the filters: then what the catalogs say a member depends on is its filter alone. */
  async #tryTogether(tables: readonly PublishedTableChoice[]): Promise<readonly MemberVerdict[]> {
    const name = quoteIdentifier(this.#name);
    const options = this.#choice.viaRoot && this.#syntax.viaRoot ? ' WITH (publish_via_partition_root = true)' : '';
    const filters = tables.map((table) => memberSql({ ...table, columns: null }, this.#syntax));
    await this.#send(`CREATE PUBLICATION ${name} FOR TABLE ${filters.join(', ')}${options}`);
    const found = await this.#readMembers();
    if (this.#syntax.columnLists && tables.some(({ columns }) => columns !== null)) {
      const members = tables.map((table) => memberSql(table, this.#syntax));
      const second = quoteIdentifier(`${this.#name}_lists`);
      await this.#send(`CREATE PUBLICATION ${second} FOR TABLE ${members.join(', ')}${options}`);
    }
    return tables.map((table) => this.#verdict(table, found.get(tableKey(table))));
  }

  #verdict(table: PublishedTableChoice, member: ParsedMember | undefined): MemberVerdict {
    const { filterColumns = [], holders = [] } = member ?? {};
    const { schema, name } = table;
    const judged = this.#syntax.columnLists ? table : { ...table, columns: null };
    const problem = identityProblem(this.#choice, judged, filterColumns, holders, this.#syntax.generatedColumns);
    return { schema, name, error: null, filterColumns, identityProblem: problem };
  }

  async #readMembers(): Promise<ReadonlyMap<string, ParsedMember>> {
    const rows = await this.#session.query<{ answer: string }>(membersText, [this.#name], {
      doing: 'read what the server made of the tables',
      deadlineMs: silenceMs,
    });
    const members = asList(JSON.parse(rows[0]?.answer ?? '[]') as Json).map(parseMember);
    return new Map(members.map((member) => [tableKey(member), member]));
  }

  async #readSyntax(): Promise<TrialSyntax> {
    const rows = await this.#session.query<{ answer: string }>(syntaxText, [], {
      doing: 'find out what the server can publish',
      deadlineMs: silenceMs,
    });
    const answer = asObject(JSON.parse(rows[0]?.answer ?? '{}') as Json);
    return {
      columnLists: asFlag(answer['columnLists']),
      rowFilters: asFlag(answer['rowFilters']),
      viaRoot: asFlag(answer['viaRoot']),
      generatedColumns: asFlag(answer['generatedColumns']),
    };
  }

  /** A statement with something typed in it: named, because only a prepared one goes by the extended protocol. */
  async #send(text: string): Promise<void> {
    this.#statements += 1;
    const name = `${this.#name}_${this.#statements}`;
    await this.#session.query(text, [], { doing: 'try the tables', deadlineMs: silenceMs, name });
  }

  async #control(text: string): Promise<void> {
    await this.#session.execute(text, { doing: 'try the tables', deadlineMs: silenceMs });
  }
}

/** Whether a refusal would meet any table: then it is the trial that can't be made. */
function isOfNoTable(error: ReplicationError): boolean {
  return (
    error.kind === 'connectionLost' ||
    error.kind === 'readOnlyServer' ||
    error.kind === 'cancelled' ||
    (error.server?.code === '42501' && /database/.test(error.server.message))
  );
}

interface ParsedMember {
  readonly schema: string;
  readonly name: string;
  readonly filterColumns: readonly string[];
  readonly holders: readonly RowHolder[];
}

function parseMember(row: Json): ParsedMember {
  const [schema, name, filterColumns, holders] = asList(row);
  return {
    schema: asText(schema),
    name: asText(name),
    filterColumns: asTexts(filterColumns),
    holders: asList(holders).map((holder) => {
      const [holderSchema, holderName, identity, keys, stored, virtual] = asList(holder);
      return {
        schema: asText(holderSchema),
        name: asText(holderName),
        identity: asText(identity),
        keys: asTexts(keys),
        stored: asTexts(stored),
        virtual: asTexts(virtual),
      };
    }),
  };
}

/** Which columns the catalogs have. */
const syntaxText = `
  select pg_catalog.json_build_object(
    'columnLists', coalesce(pg_catalog.bool_or(attname = 'prattrs'), false),
    'rowFilters', coalesce(pg_catalog.bool_or(attname = 'prqual'), false),
    'viaRoot', coalesce(pg_catalog.bool_or(attname = 'pubviaroot'), false),
    'generatedColumns', coalesce(pg_catalog.bool_or(attname = 'pubgencols'), false))::text as answer
  from pg_catalog.pg_attribute
  where attrelid in ('pg_catalog.pg_publication'::regclass, 'pg_catalog.pg_publication_rel'::regclass)`;

/**
 * The members of a publication: the columns that each depends on (without a column list, those of its filter),
 * and what holds its rows with the identity of that. attgenerated (12) and indnkeyatts (11) are read through to_jsonb,
 * which has them where they exist.
 */
const membersText = `
  with recursive member as (
    select r.oid, r.prrelid from pg_catalog.pg_publication_rel r
      join pg_catalog.pg_publication p on p.oid = r.prpubid where p.pubname = $1),
  below (root, oid) as (
    select prrelid, prrelid from member
    union all
    select b.root, h.inhrelid from below b join pg_catalog.pg_inherits h on h.inhparent = b.oid
      join pg_catalog.pg_class k on k.oid = h.inhrelid where k.relispartition),
  holder as (
    select b.root, pg_catalog.json_build_array(n.nspname, c.relname, c.relreplident::text,
      (select pg_catalog.json_agg(a.attname order by k.place)
         from pg_catalog.pg_index i
         cross join lateral pg_catalog.unnest(i.indkey::int2[]) with ordinality k (attnum, place)
         join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
        where i.indrelid = c.oid and i.indisvalid and i.indimmediate and i.indpred is null
          and case c.relreplident when 'd' then i.indisprimary when 'i' then i.indisreplident else false end
          and k.place <= coalesce((pg_catalog.to_jsonb(i) ->> 'indnkeyatts'::text)::int, i.indnatts)),
      (select pg_catalog.json_agg(a.attname order by a.attnum) from pg_catalog.pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and pg_catalog.to_jsonb(a) ->> 'attgenerated'::text = 's'),
      (select pg_catalog.json_agg(a.attname order by a.attnum) from pg_catalog.pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and pg_catalog.to_jsonb(a) ->> 'attgenerated'::text = 'v')) as answer
      from below b join pg_catalog.pg_class c on c.oid = b.oid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r')
  select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(n.nspname, c.relname,
    (select pg_catalog.json_agg(distinct a.attname) from pg_catalog.pg_depend d
       join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.classid = 'pg_catalog.pg_publication_rel'::regclass and d.objid = m.oid
        and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = m.prrelid and d.refobjsubid > 0),
    (select pg_catalog.json_agg(h.answer) from holder h where h.root = m.prrelid))), '[]')::text as answer
    from member m join pg_catalog.pg_class c on c.oid = m.prrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace`;
