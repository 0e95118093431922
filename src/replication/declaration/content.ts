import { isSecretKeyword } from '../model/conninfo.ts';
import { checkObjectName, slotNameFault } from '../operations/names.ts';
import { tableLabel } from '../operations/words.ts';
import type { PathFault, ValuePath } from './faults.ts';
import type {
  Declaration,
  DeclaredIdentity,
  DeclaredPublication,
  DeclaredSlot,
  DeclaredSubscription,
} from './shape.ts';

/** What is wrong with a declaration, whatever server it is for: duplicates, names, contradictions, secrets. */
export function checkContent(declaration: Declaration): readonly PathFault[] {
  const { publications = [], subscriptions = [], slots = [], replicaIdentities = [] } = declaration;
  return [
    ...twice(publications, 'publication', ['publications']),
    ...publications.flatMap((publication, index) => inPublication(publication, ['publications', index])),
    ...twice(subscriptions, 'subscription', ['subscriptions']),
    ...subscriptions.flatMap((subscription, index) => inSubscription(subscription, ['subscriptions', index])),
    ...twice(slots, 'replication slot', ['slots']),
    ...slots.flatMap((slot, index) => inSlot(slot, ['slots', index])),
    ...twice(replicaIdentities, 'replica identity of', ['replicaIdentities']),
    ...replicaIdentities.flatMap((identity, index) => inIdentity(identity, ['replicaIdentities', index])),
  ];
}

function error(path: ValuePath, message: string): PathFault {
  return { severity: 'error', message, path };
}

/** The second of two entries that mean the same. */
function twice(
  entries: readonly { readonly name: string; readonly schema?: string }[],
  noun: string,
  path: ValuePath,
): readonly PathFault[] {
  const seen = new Set<string>();
  return entries.flatMap(({ schema, name }, index) => {
    const key = JSON.stringify([schema, name]);
    const label = schema === undefined ? name : tableLabel(schema, name);
    if (seen.has(key)) return [error([...path, index, 'name'], `The ${noun} ${label} is listed already.`)];
    seen.add(key);
    return [];
  });
}

function textTwice(entries: readonly string[] | undefined, noun: string, path: ValuePath): readonly PathFault[] {
  return (entries ?? []).flatMap((entry, index) =>
    entries?.indexOf(entry) === index ? [] : [error([...path, index], `The ${noun} ${entry} is listed already.`)],
  );
}

function inPublication(publication: DeclaredPublication, path: ValuePath): readonly PathFault[] {
  const { name, allTables, exceptTables, allSequences, tables, schemas, publish } = publication;
  const fault = checkObjectName('publication', name, []);
  const whole = allTables === true ? 'all tables' : allSequences === true ? 'all sequences' : null;
  const chosen = whole === null ? [] : ([tables && 'tables', schemas && 'schemas'] as const);
  return [
    ...(fault === null ? [] : [error([...path, 'name'], fault)]),
    ...chosen.flatMap((key) =>
      key ? [error([...path, key], `A publication of ${whole} can’t list tables or schemas as well.`)] : [],
    ),
    ...(exceptTables !== undefined && allTables !== true
      ? [error([...path, 'exceptTables'], 'Only a publication of all tables (“allTables: true”) can leave tables out.')]
      : []),
    ...twice(exceptTables ?? [], 'table', [...path, 'exceptTables']),
    ...twice(tables ?? [], 'table', [...path, 'tables']),
    ...(tables ?? []).flatMap(({ columns }, index) =>
      textTwice(columns, 'column', [...path, 'tables', index, 'columns']),
    ),
    ...textTwice(schemas, 'schema', [...path, 'schemas']),
    ...textTwice(publish, 'operation', [...path, 'publish']),
    // PostgreSQL refuses the two together (22023).
    ...((schemas ?? []).length === 0
      ? []
      : (tables ?? []).flatMap(({ columns }, index) =>
          columns === undefined
            ? []
            : [
                error(
                  [...path, 'tables', index, 'columns'],
                  'A publication that lists schemas can’t have a column list.',
                ),
              ],
        )),
  ];
}

function inSubscription(subscription: DeclaredSubscription, path: ValuePath): readonly PathFault[] {
  const { name, enabled, connection = {}, foreignServer, publications, slot } = subscription;
  const fault = checkObjectName('subscription', name, []);
  const slotFault = slot === undefined || slot === null ? null : slotNameFault(slot);
  return [
    ...(fault === null ? [] : [error([...path, 'name'], fault)]),
    ...Object.keys(connection)
      .filter(isSecretKeyword)
      .map((keyword) => ({
        ...error(
          [...path, 'connection', keyword],
          `Take “${keyword}” out of the file: a secret is asked for when it is needed, and never written down.`,
        ),
        onKey: true,
      })),
    ...(foreignServer !== undefined && subscription.connection !== undefined
      ? [
          error(
            [...path, 'foreignServer'],
            'A subscription connects by a foreign server or by a “connection”, not both.',
          ),
        ]
      : []),
    ...textTwice(publications, 'publication', [...path, 'publications']),
    ...(slotFault === null ? [] : [error([...path, 'slot'], slotFault)]),
    ...(slot === null && enabled === true
      ? [error([...path, 'enabled'], 'A subscription without a replication slot can’t be enabled.')]
      : []),
  ];
}

function inSlot({ name }: DeclaredSlot, path: ValuePath): readonly PathFault[] {
  const fault = slotNameFault(name);
  return fault === null ? [] : [error([...path, 'name'], fault)];
}

function inIdentity({ identity, index }: DeclaredIdentity, path: ValuePath): readonly PathFault[] {
  if (identity === 'index' && index === undefined) {
    return [error([...path, 'identity'], 'An index identity needs its “index”.')];
  }
  if (identity !== 'index' && index !== undefined) {
    return [error([...path, 'index'], 'An index belongs to an identity of the kind index only.')];
  }
  return [];
}
