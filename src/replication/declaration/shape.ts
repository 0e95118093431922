import * as z from 'zod/mini';

/** Publications, subscriptions, slots and replica identities of one database, as they are written in a file. */

function text(what: string) {
  return z.string().check(z.minLength(1), z.describe(what));
}

function flag(what: string) {
  return z.optional(z.boolean().check(z.describe(what)));
}

const owner = z.optional(text('The role that owns it. Left out: whoever owns it now, or makes it.'));
const comment = z.optional(
  z.nullable(z.string()).check(z.describe('Its comment; null takes it away. Left out: it stays as it is.')),
);

export const publishedTableShape = z
  .strictObject({
    schema: text('The schema of the table.'),
    name: text('The name of the table.'),
    only: flag('Without the tables that inherit from it (ONLY). Left out: with them.'),
    columns: z.optional(
      z
        .array(text('A column.'))
        .check(z.minLength(1), z.describe('The columns that are published (PostgreSQL 15). Left out: all.')),
    ),
    filter: z.optional(text('The row filter, an SQL condition (PostgreSQL 15). Left out: all rows are published.')),
  })
  .check(z.describe('A table that is published.'));

const exceptedTableShape = z
  .strictObject({
    schema: text('The schema of the table.'),
    name: text('The name of the table.'),
    only: flag('The tables that inherit from it are published (ONLY). Left out: they aren’t either.'),
  })
  .check(z.describe('A table that is not published.'));

export const publicationShape = z
  .strictObject({
    name: text('The name of the publication.'),
    owner,
    comment,
    allTables: flag(
      'Every table of the database, also those to come. Left out, and no tables or schemas listed: what is published stays as it is.',
    ),
    exceptTables: z.optional(
      z
        .array(exceptedTableShape)
        .check(z.describe('With allTables: the tables that are not published all the same (PostgreSQL 19, untried).')),
    ),
    allSequences: flag(
      'Every sequence of the database, also those to come; beside allTables, or alone (PostgreSQL 19, untried).',
    ),
    tables: z.optional(
      z
        .array(publishedTableShape)
        .check(z.describe('The tables that are published by name. Without schemas, these are all that it publishes.')),
    ),
    schemas: z.optional(
      z.array(text('A schema.')).check(z.describe('Schemas of which every table is published (PostgreSQL 15).')),
    ),
    publish: z.optional(
      z
        .array(z.enum(['insert', 'update', 'delete', 'truncate']))
        .check(
          z.describe('The operations that are sent. Left out: as they are; of a new one all that the server can send.'),
        ),
    ),
    viaPartitionRoot: flag(
      'Partitions are sent as their root table (PostgreSQL 13). Left out: as it is; of a new one no.',
    ),
    generatedColumns: z.optional(
      z
        .enum(['none', 'stored'])
        .check(
          z.describe('Whether stored generated columns are sent (PostgreSQL 18). Left out: as it is; of a new one no.'),
        ),
    ),
  })
  .check(z.describe('A publication.'));

export const subscriptionOptionsShape = z
  .strictObject({
    synchronousCommit: z.optional(
      z
        .enum(['on', 'off', 'local', 'remote_write', 'remote_apply'])
        .check(z.describe('synchronous_commit of the apply worker.')),
    ),
    binary: flag('Values are sent in binary form (PostgreSQL 14).'),
    streaming: z.optional(
      z
        .enum(['off', 'on', 'parallel'])
        .check(z.describe('Large transactions are sent while they run (PostgreSQL 14; parallel since 16).')),
    ),
    twoPhase: flag('Prepared transactions are sent when they are prepared (PostgreSQL 15).'),
    disableOnError: flag('An error disables the subscription (PostgreSQL 15).'),
    passwordRequired: flag('Whoever isn’t a superuser connects with a password (PostgreSQL 16).'),
    runAsOwner: flag('Changes are applied as the owner of the subscription (PostgreSQL 16).'),
    origin: z.optional(
      z.enum(['any', 'none']).check(z.describe('none: only changes that the publisher made itself (PostgreSQL 16).')),
    ),
    failover: flag('The slot is kept in step on the publisher’s standbys (PostgreSQL 17).'),
    retainDeadTuples: flag('Dead tuples are retained to detect conflicts (PostgreSQL 19, untried).'),
    maxRetentionDuration: z.optional(
      z
        .int()
        .check(
          z.minimum(0),
          z.maximum(2_147_483_647),
          z.describe(
            'How long they are retained at the most, in milliseconds; 0 for without limit (PostgreSQL 19, untried).',
          ),
        ),
    ),
    walReceiverTimeout: z.optional(
      text('wal_receiver_timeout of the apply worker, as 30s; "-1" for the server’s setting (PostgreSQL 19, untried).'),
    ),
  })
  .check(z.describe('Options of the subscription. What is left out stays as it is, or as the server has it.'));

export const subscriptionShape = z
  .strictObject({
    name: text('The name of the subscription.'),
    owner,
    comment,
    enabled: flag('Whether changes are applied. Left out: as it is; a new one is enabled.'),
    connection: z.optional(
      z
        .record(z.string(), z.union([z.string(), z.number()]))
        .check(
          z.describe(
            'The connection string to the publisher, keyword by keyword (host, port, dbname, user, sslmode …), without secrets: a password is asked for, or kept.',
          ),
        ),
    ),
    foreignServer: z.optional(
      text('The foreign server it connects by, in place of a connection string (PostgreSQL 19, untried).'),
    ),
    publications: z
      .array(text('A publication on the publisher.'))
      .check(z.minLength(1), z.describe('The publications it subscribes to.')),
    slot: z.optional(
      z
        .nullable(z.string())
        .check(
          z.describe('Its replication slot on the publisher; null for none. Left out: named as the subscription.'),
        ),
    ),
    copyData: flag('Whether the rows that are there are copied when it is made. Left out: yes.'),
    options: z.optional(subscriptionOptionsShape),
  })
  .check(z.describe('A subscription.'));

export const slotShape = z
  .strictObject({
    name: text('The name of the replication slot: lower-case letters, digits and underscores.'),
    plugin: text('The output plugin: pgoutput, test_decoding, wal2json …'),
    twoPhase: flag('Prepared transactions are decoded (PostgreSQL 14).'),
    failover: flag('It is kept in step on standbys (PostgreSQL 17).'),
  })
  .check(z.describe('A logical replication slot of this database.'));

export const identityShape = z
  .strictObject({
    schema: text('The schema of the table.'),
    name: text('The name of the table.'),
    identity: z
      .enum(['default', 'index', 'full', 'nothing'])
      .check(z.describe('What identifies a row to subscribers: default is the primary key.')),
    index: z.optional(text('The unique index, where the identity is index.')),
  })
  .check(z.describe('The replica identity of a table.'));

export const declarationShape = z
  .strictObject({
    format: z.literal(1).check(z.describe('The format of this file.')),
    server: z.optional(
      text('The name of the connection it is compared with and applied to. Left out: it is asked for.'),
    ),
    prune: z.optional(
      z
        .strictObject({
          publications: flag('Publications that are not listed here are dropped.'),
          subscriptions: flag('Subscriptions that are not listed here are dropped, with their slots.'),
          slots: flag('Replication slots that are not listed here are dropped.'),
          replicaIdentities: flag('Tables that are not listed here get the default replica identity.'),
        })
        .check(z.describe('What is on the server and not in this file stays, but for the kinds that are true here.')),
    ),
    publications: z.optional(z.array(publicationShape).check(z.describe('The publications.'))),
    subscriptions: z.optional(z.array(subscriptionShape).check(z.describe('The subscriptions.'))),
    slots: z.optional(z.array(slotShape).check(z.describe('The logical replication slots.'))),
    replicaIdentities: z.optional(
      z.array(identityShape).check(z.describe('Replica identities of tables. What is not listed is left alone.')),
    ),
  })
  .check(z.describe('Logical replication of one PostgreSQL database.'));

export type Declaration = z.output<typeof declarationShape>;
export type DeclaredPublication = z.output<typeof publicationShape>;
export type DeclaredSubscription = z.output<typeof subscriptionShape>;
export type DeclaredOptions = z.output<typeof subscriptionOptionsShape>;
export type DeclaredSlot = z.output<typeof slotShape>;
export type DeclaredIdentity = z.output<typeof identityShape>;

/** The sections of a file, in the order they are written and applied. */
export const sections = ['publications', 'subscriptions', 'slots', 'replicaIdentities'] as const;
export type Section = (typeof sections)[number];
