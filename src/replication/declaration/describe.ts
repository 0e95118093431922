import type { SecretConninfo } from '../model/choices.ts';
import { shownPairs } from '../model/editConninfo.ts';
import type { Publication, PublishedOperations } from '../model/publication.ts';
import type { Slot } from '../model/slot.ts';
import type { Inventory, Snapshot } from '../model/snapshot.ts';
import type { PublisherAddress, Subscription } from '../model/subscription.ts';
import type { Table } from '../model/table.ts';
import { offers } from '../operations/offers.ts';
import { presentOptions } from '../operations/subscription/subscriptionOptions.ts';
import type { PlanTarget } from '../operations/target.ts';
import { publicationAsWritten } from '../script/publication.ts';
import type {
  Declaration,
  DeclaredIdentity,
  DeclaredOptions,
  DeclaredPublication,
  DeclaredSlot,
  DeclaredSubscription,
} from './shape.ts';
import { type Section, sections } from './shape.ts';

const operationNames = [
  'insert',
  'update',
  'delete',
  'truncate',
] as const satisfies readonly (keyof PublishedOperations)[];

/**
 * What a server has, as a declaration: everything its version knows about each object, in the order of the names, and
 * no secret. `conninfos` are the connection strings of its subscriptions, by name, as far as they may be read.
 */
export function declarationOf(
  { serverName, snapshot }: Pick<PlanTarget, 'serverName' | 'snapshot'>,
  conninfos: ReadonlyMap<string, SecretConninfo>,
): Declaration {
  const { inventory } = snapshot;
  return {
    format: 1,
    server: serverName,
    publications: byName(inventory.publications).map((publication) => publicationIn(inventory, publication)),
    subscriptions: byName(inventory.subscriptions).map((subscription) =>
      subscriptionIn(subscription, conninfos.get(subscription.name)),
    ),
    slots: byName(declarableSlots(snapshot)).map((slot) => slotIn(slot)),
    replicaIdentities: inventory.tables.flatMap((table) => identityIn(table)),
  };
}

/**
 * A declaration as it compares best with another: only the sections that one has, with its prune and server, and its
 * entries in the same order; what it doesn't name comes last. What an entry of the other leaves out, and so leaves as it
 * is, is left out here too.
 */
export function arrangedLike(declaration: Declaration, other: Declaration): Declaration {
  const arranged: Declaration = {
    format: 1,
    ...(other.server === undefined ? {} : { server: other.server }),
    ...(other.prune === undefined ? {} : { prune: other.prune }),
  };
  for (const section of sections) {
    if (other[section] === undefined) continue;
    const wanted = new Map(other[section].map((entry) => [entryKey(entry), entry]));
    const entries = inOrderOf(declaration[section] ?? [], other[section]);
    Object.assign(arranged, {
      [section]: entries.map((entry) => asFarAs(section, entry, wanted.get(entryKey(entry)))),
    });
  }
  return arranged;
}

/**
 * The slots a declaration is about: logical ones of the database that last. Not those that table synchronization makes
 * (14+), that a standby has from its primary, or that the server keeps itself.
 */
export function declarableSlots({ inventory, pulse }: Snapshot): readonly Slot[] {
  return pulse.slots.filter(
    (slot) =>
      slot.type === 'logical' &&
      slot.database === inventory.server.database &&
      !slot.temporary &&
      slot.synced !== true &&
      slot.name !== 'pg_conflict_detection' &&
      !/^pg_\d+_sync_\d+_\d+$/.test(slot.name),
  );
}

/** A connection string without its secrets. */
export function connectionIn(conninfo: SecretConninfo): Record<string, string | number> {
  return Object.fromEntries(
    // A port reads better without quotes; what isn't written as the number would be stays text.
    shownPairs(conninfo).map(([keyword, value]) => [
      keyword,
      keyword === 'port' && /^[1-9]\d{0,4}$/.test(value) ? Number(value) : value,
    ]),
  );
}

/** The options as they are, those that the version has. */
function optionsIn({ options }: Subscription): DeclaredOptions {
  const { synchronousCommit, ...others } = presentOptions(options);
  const commit = synchronousCommits.find((candidate) => candidate === synchronousCommit);
  return { ...(commit === undefined ? {} : { synchronousCommit: commit }), ...others };
}

const synchronousCommits = ['on', 'off', 'local', 'remote_write', 'remote_apply'] as const;

function publicationIn(inventory: Inventory, publication: Publication): DeclaredPublication {
  const { name, owner, comment, allTables, schemas, operations, viaRoot, generatedColumns } = publication;
  const { allSequences = false, exceptTables = [], tables } = publicationAsWritten(inventory, publication);
  return {
    name,
    owner,
    ...(comment === null ? {} : { comment }),
    ...(allTables ? { allTables } : {}),
    ...(exceptTables.length === 0 ? {} : { exceptTables: [...exceptTables] }),
    ...(allSequences ? { allSequences } : {}),
    // Of one that publishes nothing the file says so: what it left out would stay as it is.
    ...(tables.length === 0 && (allTables || allSequences || schemas.length > 0)
      ? {}
      : {
          tables: tables.map((table) => ({
            schema: table.schema,
            name: table.name,
            ...(table.only === true ? { only: true } : {}),
            ...(table.columns === null ? {} : { columns: [...table.columns] }),
            ...(table.filter === null ? {} : { filter: table.filter }),
          })),
        }),
    ...(schemas.length === 0 ? {} : { schemas: [...schemas] }),
    publish: operationNames.filter((operation) => operations[operation]),
    ...(offers(inventory, 'publication.viaRoot') ? { viaPartitionRoot: viaRoot } : {}),
    ...(offers(inventory, 'publication.generatedColumns') ? { generatedColumns } : {}),
  };
}

function subscriptionIn(subscription: Subscription, conninfo: SecretConninfo | undefined): DeclaredSubscription {
  const { name, owner, comment, enabled, publications, slotName, publisher, foreignServer } = subscription;
  const connection = conninfo ? connectionIn(conninfo) : publisher ? connectionIn(addressPairs(publisher)) : null;
  return {
    name,
    owner,
    ...(comment === null ? {} : { comment }),
    enabled,
    ...(foreignServer === undefined ? (connection === null ? {} : { connection }) : { foreignServer }),
    publications: [...publications],
    slot: slotName,
    options: optionsIn(subscription),
  };
}

/** What the snapshot knows of a connection string. */
function addressPairs(publisher: PublisherAddress): SecretConninfo {
  const { host, port, database, user, applicationName } = publisher;
  const known: readonly (readonly [string, string | null])[] = [
    ['host', host],
    ['port', port === null ? null : String(port)],
    ['dbname', database],
    ['user', user],
    ['application_name', applicationName],
  ];
  return known.flatMap(([keyword, value]) => (value === null ? [] : [[keyword, value] as const]));
}

function slotIn({ name, plugin, twoPhase, failover }: Slot): DeclaredSlot {
  return { name, plugin: plugin ?? '', ...present({ twoPhase, failover }) };
}

/** The default is what every table has by itself, and goes without saying. */
function identityIn({ schema, name, replicaIdentity, identityIndex }: Table): readonly DeclaredIdentity[] {
  if (replicaIdentity === 'default') return [];
  if (replicaIdentity !== 'index') return [{ schema, name, identity: replicaIdentity }];
  // An identity whose index was dropped can't be set again.
  return identityIndex === undefined ? [] : [{ schema, name, identity: 'index', index: identityIndex }];
}

type Present<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], null> };

/** Without what is null. */
function present<Fields extends Record<string, unknown>>(fields: Fields): Present<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Present<Fields>;
}

function byName<Named extends { readonly name: string }>(list: readonly Named[]): readonly Named[] {
  return list.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** What entries have in common. */
interface Entry {
  readonly schema?: string;
  readonly name: string;
  readonly tables?: readonly Entry[] | undefined;
  readonly exceptTables?: readonly Entry[] | undefined;
}

/** Entries, and within them their tables, in the order in which `others` has them. */
function inOrderOf(list: readonly Entry[], others: readonly Entry[]): readonly Entry[] {
  const places = new Map(others.map((entry, place) => [entryKey(entry), { entry, place }]));
  const place = (entry: Entry): number => places.get(entryKey(entry))?.place ?? others.length;
  return list
    .toSorted((one, other) => place(one) - place(other))
    .map((entry) => {
      const { exceptTables, tables } = places.get(entryKey(entry))?.entry ?? {};
      return {
        ...entry,
        ...(entry.tables && tables ? { tables: inOrderOf(entry.tables, tables) } : {}),
        ...(entry.exceptTables && exceptTables ? { exceptTables: inOrderOf(entry.exceptTables, exceptTables) } : {}),
      };
    });
}

function entryKey({ schema, name }: Entry): string {
  return JSON.stringify([schema, name]);
}

/** Any of them says what is published as a whole. */
const memberKeys = ['allTables', 'exceptTables', 'allSequences', 'tables', 'schemas'];

/** What of an entry `wanted` says anything of; all of it where there is none, or where what is left out has a meaning. */
function asFarAs(section: Section, entry: object, wanted: object | undefined): object {
  if (wanted === undefined || section === 'replicaIdentities') return entry;
  const given = new Map(Object.entries(wanted));
  const says = (key: string): boolean =>
    key === 'name' || given.has(key) || (memberKeys.includes(key) && memberKeys.some((each) => given.has(each)));
  return Object.fromEntries(
    Object.entries(entry)
      .filter(([key]) => says(key))
      .map(([key, value]: readonly [string, unknown]) => {
        const options: unknown = key === 'options' ? given.get(key) : undefined;
        return [key, isMap(options) && isMap(value) ? onlyKeysOf(value, options) : value];
      }),
  );
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function onlyKeysOf(value: object, keys: object): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key in keys));
}
