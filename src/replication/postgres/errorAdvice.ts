import type { ErrorKind } from '../model/errors.ts';

/** What a server said, as far as an advice depends on it. */
interface Said {
  readonly code: string;
  readonly message: string;
  /** Up to 13 a publisher's words stand here. */
  readonly detail: string;
}

interface Rule {
  /** SQLSTATEs it can come with; absent for any: those of the publisher's side changed at 14. */
  readonly codes?: readonly string[];
  readonly text: RegExp;
  readonly advice: string;
}

/** What can be done about a refusal that says exactly what is wrong. PostgreSQL 10 to 18; the first that fits counts. */
const rules: readonly Rule[] = [
  {
    text: /max_replication_slots"? (>|=) 0/,
    advice: 'Set max_replication_slots to 10 or more on that server and restart it.',
  },
  {
    text: /all replication slots are in use/,
    advice:
      'Drop a replication slot that nobody needs, or raise max_replication_slots on the publisher; that needs a restart.',
  },
  {
    text: /max_wal_senders/,
    advice: 'End a WAL sender that nobody needs, or raise max_wal_senders on the publisher; that needs a restart.',
  },
  {
    text: /replication slot "[^]*" is active/,
    advice:
      'Whoever reads it holds it: stop that reader (for a subscription: disable it), or end its WAL sender, then try again.',
  },
  {
    text: /could not drop (the )?replication slot [^]*does not exist/,
    advice:
      'Its slot is gone already. Drop the subscription and leave the slot: disable it, SET (slot_name = NONE), then drop it.',
  },
  {
    text: /could not connect to (the )?publisher when attempting to drop/,
    advice:
      'Start the publisher and try again, or drop the subscription and leave its slot: disable it, SET (slot_name = NONE), then drop it. The slot must then be dropped on the publisher, or it keeps WAL there.',
  },
  {
    text: /could not connect to (the )?publisher[^]*password authentication failed/,
    advice: 'The publisher refuses the password of the connection string: change it in the subscription.',
  },
  {
    text: /could not connect to (the )?publisher[^]*database "[^]*" does not exist/,
    advice: 'Give the right database (dbname) in the connection string of the subscription.',
  },
  {
    text: /could not connect to (the )?publisher[^]*pg_hba\.conf/,
    advice:
      'Add a line to pg_hba.conf of the publisher for this role, database and the subscriber’s address, and reload its configuration.',
  },
  {
    text: /must be superuser or replication role to start walsender|permission denied to start WAL sender/,
    advice: 'Give the role of the connection string the REPLICATION attribute on the publisher.',
  },
  {
    codes: ['42P01'],
    text: /^relation "[^]*" does not exist/,
    advice: 'Create the table there first, with the columns that are published, or take it out of the publication.',
  },
  {
    codes: ['42809'],
    text: /logical replication target/,
    advice:
      'Rows can only be replicated into tables: rename what has that name on the subscriber, and create the table.',
  },
  {
    codes: ['42601'],
    text: /invalid connection string syntax/,
    advice:
      'Write it as keyword=value pairs, with values that hold blanks in single quotes, or as a postgresql:// URI.',
  },
  {
    codes: ['58P01'],
    text: /could not (access|load) (file|library)/,
    advice: 'That output plugin isn’t installed on the server: install it there, or choose another one.',
  },
  {
    text: /could not drop relation mapping/,
    advice: 'The table is being copied: wait until it is ready, or take it out of the subscription first.',
  },
  {
    codes: ['0A000'],
    text: /while in recovery|on a standby|standby/,
    advice: 'This server is a standby: connect to the primary.',
  },
  {
    codes: ['0A000'],
    text: /invalid publication WHERE expression/,
    advice:
      'A row filter may use columns, constants, built-in operators and functions that always give the same result. Write it without the others.',
  },
  {
    codes: ['42710'],
    text: /conflicting or redundant/,
    advice: 'Name each table once, with one column list and one row filter.',
  },
  {
    codes: ['42704'],
    text: /^(unrecognized|role)/,
    advice: 'Check how it is written: this server doesn’t know it.',
  },
  {
    codes: ['42601', '22023'],
    text: /unrecognized (publication|subscription) parameter|unrecognized (")?publish/,
    advice: 'This version of PostgreSQL doesn’t have that option: leave it out.',
  },
];

/** By kind, where nothing more exact is known. Every kind that a server's answer can have is here. */
const byKind: Partial<Readonly<Record<ErrorKind, string>>> = {
  privilege: 'Connect as a role that has the privilege, or have it granted.',
  duplicate: 'Choose another name, or use what exists.',
  missing: 'Refresh: it may have been renamed or dropped meanwhile.',
  inUse: 'Stop what uses it first, then try again.',
  invalidInput: 'Change what the server names, and try again.',
  limit: 'Free one, or raise the setting that the server names; it needs a restart.',
  walLevel: 'Set wal_level = logical on the publisher and restart it.',
  slotLost: 'The slot can’t be used any more: drop it, create it again and copy the data again.',
  readOnlyServer: 'This server is a standby or in read-only mode: connect to the primary.',
  transactionBlock: 'It has to be run by itself, outside a transaction block and as the only statement of its message.',
  publisherUnreachable:
    'Check host, port, role and password as the subscriber’s server sees them: it connects itself, not this computer.',
  publisherRefused: 'The publisher’s own words are in the details.',
  unsupported: 'This server can’t do it: leave it out, or use a newer version.',
  timeout:
    'The statement took longer than its limit and was ended; nothing of it remains. Try again, or allow more time.',
  cancelled: 'Run it again when nothing stands against it.',
  connectionLost: 'Look at the server again before repeating: the statement may have been carried out.',
  server: 'The server’s own words are in the details; its log may say more.',
};

/** What can be done next about what a server refused. Undefined only for kinds that no server's answer has. */
export function adviceFor(kind: ErrorKind, said: Said, hint: string | undefined): string | undefined {
  const rule = rules.find(
    ({ codes, text }) => (codes?.includes(said.code) ?? true) && text.test(`${said.message}\n${said.detail}`),
  );
  return rule?.advice ?? hint ?? byKind[kind];
}
