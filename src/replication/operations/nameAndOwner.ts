import { ReplicationError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import type { Statement } from '../model/statement.ts';
import { quoteIdentifier, quoteLiteral } from '../postgres/quote.ts';
import { basisOf } from './basis.ts';
import { publicationIs, subscriptionHas, subscriptionIs } from './effects.ts';
import { checkObjectName } from './names.ts';
import { publicationOf } from './publication/dropPublication.ts';
import { readersInWords, unknownReadersInWords, type KnownReaders } from './publication/publicationReaders.ts';
import { makePlan, type StepDraft } from './steps.ts';
import { subscriptionOf, type PlanTarget } from './target.ts';
import { listInWords } from './words.ts';

/** What can be renamed, handed over and commented on. */
export type NamedKind = 'publication' | 'subscription';

/**
 * Renames. A publication's readers must be told its new name (ALTER SUBSCRIPTION … SET PUBLICATION): a consequence
 * says which are known. A subscription's slot keeps its name. Throws ReplicationError 'missing',
 * 'invalidInput', 'duplicate'.
 */
export function planRename(
  target: PlanTarget,
  kind: NamedKind,
  name: string,
  to: string,
  known: KnownReaders = {},
): Plan {
  objectOf(target, kind, name);
  const { publications, subscriptions } = target.snapshot.inventory;
  const taken = (kind === 'publication' ? publications : subscriptions).map((object) => object.name);
  const fault = checkObjectName(kind, to, taken);
  if (fault !== null) {
    const error = taken.includes(to) ? 'duplicate' : 'invalidInput';
    throw new ReplicationError(error, fault, { advice: 'Choose another name.' });
  }
  const alter = (from: string, into: string): Statement => [
    `ALTER ${objectSql(kind, from)} RENAME TO ${quoteIdentifier(into)}`,
  ];
  const consequence = kind === 'publication' ? renameConsequence(target, name, known) : null;
  const step: StepDraft = {
    on: target,
    title: `Rename ${kind} ${name} to ${to}`,
    statement: alter(name, to),
    ...(consequence === null ? {} : { consequence, risk: 'lossy' as const }),
    undo: { title: `Rename ${kind} ${to} back to ${name}`, statement: alter(to, name) },
    effect: kind === 'publication' ? publicationIs(to) : subscriptionIs(to),
  };
  const slot = kind === 'subscription' ? subscriptionOf(target, name).slotName : null;
  const remarks =
    slot === null
      ? []
      : [
          `Its replication slot keeps the name ${slot}. The publisher shows the new name, as application_name of its WAL sender, once the apply worker has started again.`,
        ];
  return makePlan(
    step.title,
    [step],
    remarks,
    basisOf(target, [
      { kind, name },
      { kind, name: to },
    ]),
  );
}

/** Hands over to another role. Nothing to do where it is the owner. Throws ReplicationError 'missing', 'invalidInput'. */
export function planChangeOwner(target: PlanTarget, kind: NamedKind, name: string, owner: string): Plan {
  const before = objectOf(target, kind, name).owner;
  if (owner === '') {
    throw new ReplicationError('invalidInput', `No role was chosen to own the ${kind} ${name}.`, {
      advice: 'Choose the role that is to own it.',
    });
  }
  const alter = (to: string): Statement => [`ALTER ${objectSql(kind, name)} OWNER TO ${quoteIdentifier(to)}`];
  const step: StepDraft = {
    on: target,
    title: `Give ${kind} ${name} to the role ${owner}`,
    statement: alter(owner),
    undo: { title: `Give ${kind} ${name} back to the role ${before}`, statement: alter(before) },
    effect: ownerIs(kind, name, owner),
  };
  const { superuser } = target.snapshot.inventory.server.role;
  const remarks = [
    ...(superuser ? [] : [`Afterwards only ${owner}, its members and superusers may change or drop it.`]),
    ...(kind === 'subscription'
      ? [`From then on its changes are applied with the rights of ${owner}: the role needs them on every table.`]
      : []),
  ];
  const steps = owner === before ? [] : [step];
  return makePlan(step.title, steps, steps.length > 0 ? remarks : [], basisOf(target, [{ kind, name }]));
}

/** Sets the comment; null takes it away. Nothing to do where it is so already. Throws ReplicationError 'missing'. */
export function planSetComment(target: PlanTarget, kind: NamedKind, name: string, comment: string | null): Plan {
  const before = objectOf(target, kind, name).comment;
  // PostgreSQL takes an empty comment for none.
  const wanted = comment === '' ? null : comment;
  const write = (text: string | null): Statement => [
    `COMMENT ON ${objectSql(kind, name)} IS ${text === null ? 'NULL' : quoteLiteral(text)}`,
  ];
  const step: StepDraft = {
    on: target,
    title: wanted === null ? `Remove the comment of ${kind} ${name}` : `Comment on ${kind} ${name}`,
    statement: write(wanted),
    undo: { title: `Put the comment of ${kind} ${name} back`, statement: write(before) },
    effect: commentIs(kind, name, wanted),
  };
  return makePlan(step.title, wanted === before ? [] : [step], [], basisOf(target, [{ kind, name }]));
}

/**
 * What a rename means for those that read a publication; null where nothing seems to. A change is decoded by the
 * catalogs as they were when it was written, so the old name is needed for WAL from before, the new one for what comes
 * after. Up to 17 a name that isn't there stops the stream; 18 leaves the publication out with a warning.
 */
export function renameConsequence(
  target: PlanTarget,
  name: string,
  { readers = [], slots }: KnownReaders,
): string | null {
  const known = readersInWords(name, readers);
  const unknown = unknownReadersInWords(target, known.length > 0, slots);
  if (known.length === 0 && unknown === '') return null;
  const reads = `${listInWords(known)} ${known.length === 1 ? 'reads' : 'read'} it under the name ${name}.`;
  const who = [known.length > 0 ? reads : '', unknown].filter((text) => text !== '').join(' ');
  const stops =
    target.snapshot.inventory.server.versionNumber < 180000
      ? 'the subscription stops with an error'
      : 'its tables are left out of the stream';
  return `${who} After the rename ${stops} until it is told the new name (ALTER SUBSCRIPTION … SET PUBLICATION). Let it catch up first: what was written before the rename can be read only under the old name.`;
}

function objectOf(
  target: PlanTarget,
  kind: NamedKind,
  name: string,
): { readonly owner: string; readonly comment: string | null } {
  return kind === 'publication' ? publicationOf(target, name) : subscriptionOf(target, name);
}

function objectSql(kind: NamedKind, name: string): string {
  return `${kind.toUpperCase()} ${quoteIdentifier(name)}`;
}

function ownerIs(kind: NamedKind, name: string, owner: string): Statement {
  const is = (column: string): string =>
    `${column} = (SELECT o.oid FROM pg_catalog.pg_roles o WHERE o.rolname = ${quoteLiteral(owner)})`;
  if (kind === 'subscription') return subscriptionHas(name, is('subowner'));
  return [`SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = ${quoteLiteral(name)} AND ${is('pubowner')}`];
}

/** Not for an ordinary role on a subscription up to 13, which may not read its oid; then nothing tells. */
function commentIs(kind: NamedKind, name: string, comment: string | null): Statement {
  const catalog = `pg_${kind}`;
  const is = `pg_catalog.obj_description(oid, '${catalog}') IS NOT DISTINCT FROM ${comment === null ? 'NULL' : quoteLiteral(comment)}`;
  if (kind === 'subscription') return subscriptionHas(name, is);
  return [`SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = ${quoteLiteral(name)} AND ${is}`];
}
