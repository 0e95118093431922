import type { PublicationChoice } from '../../model/choices.ts';
import type { Plan, Problem } from '../../model/plan.ts';
import type { Publication } from '../../model/publication.ts';
import type { MemberVerdict } from '../../model/reads.ts';
import type { TableDetails } from '../../model/table.ts';
import { quoteIdentifier } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import { publicationIs } from '../effects.ts';
import { renameConsequence } from '../nameAndOwner.ts';
import { checkObjectName } from '../names.ts';
import { offers } from '../offers.ts';
import { makePlan, type StepDraft } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { checkMembers, checkOptions, checkScope } from './createPublication.ts';
import { publicationOf } from './dropPublication.ts';
import { memberSteps } from './memberSteps.ts';
import { compareMembers, wantedMembers, wantedSchemas } from './publicationDiff.ts';
import { optionsEffect } from './publicationEffects.ts';
import {
  reachOf,
  readerPart,
  slotsInWords,
  slotsThatMayRead,
  type KnownReaders,
  type KnownSlots,
} from './publicationReaders.ts';
import { scopeOf, takesAll, wantedScope } from './publicationScope.ts';
import { offeredOptions, optionChanges } from './publicationSql.ts';
import { tableKey } from './publishedTables.ts';
import { changeScopeStep } from './recreatePublication.ts';
import { setScopeSteps, setsScope } from './setScope.ts';

/**
 * The plan that leads from the publication `name` as it is to `choice`, by the fewest statements; another name in the
 * choice renames it last. No steps where nothing differs. To or from all tables before 19 there is only dropping and
 * creating again (and from there in 19 too, as documented): then it says what that does to each live slot. `refresh` are subscriptions to refresh afterwards, on
 * their own servers, where the tables changed. Throws ReplicationError 'missing'.
 */
export function planAlterPublication(
  target: PlanTarget,
  name: string,
  choice: PublicationChoice,
  more: KnownReaders = {},
): Plan {
  const publication = publicationOf(target, name);
  const { inventory } = target.snapshot;
  const [now, wanted] = [scopeOf(publication), wantedScope(inventory, choice)];
  const recreates = takesAll(now) !== takesAll(wanted) && !setsScope(inventory, publication, choice);
  const onPublisher = recreates
    ? [changeScopeStep(target, publication, choice, more)]
    : [...changes(target, publication, choice, more), ...renameStep(target, publication, choice.name, more)];
  const after = {
    ...wanted,
    schemas: wantedSchemas(inventory, choice),
    tables: wantedMembers(inventory, choice),
    viaRoot: offeredOptions(inventory, choice).viaRoot,
  };
  const renamedTo = choice.name === name ? null : choice.name;
  const reach = {
    ...reachOf(inventory, { ...publication, ...now }, after),
    sequences: now.allSequences !== wanted.allSequences,
  };
  const others = readerPart(name, renamedTo, reach, more);
  const basis = basisOf(target, [
    { kind: 'publication', name },
    ...(renamedTo === null ? [] : [{ kind: 'publication' as const, name: renamedTo }]),
  ]);
  const steps = onPublisher.length === 0 ? [] : [...onPublisher, ...others.steps];
  return makePlan(`Change publication ${name}`, steps, onPublisher.length === 0 ? [] : others.remarks, [
    ...basis,
    ...others.basis,
  ]);
}

/** Members and options, in the order in which neither stands against the other. */
function changes(
  target: PlanTarget,
  publication: Publication,
  choice: PublicationChoice,
  more: KnownReaders,
): readonly StepDraft[] {
  const { inventory } = target.snapshot;
  const difference = compareMembers(inventory, publication, choice);
  const whole = setsScope(inventory, publication, choice) || takesAll(scopeOf(publication));
  const members = whole
    ? setScopeSteps(target, publication, choice, more)
    : memberSteps(target, publication, choice, difference, more);
  const options = optionSteps(target, publication, choice);
  return optionsFirst(target, publication, choice) ? [...options, ...members] : [...members, ...options];
}

/**
 * Columns and filters of partitioned tables exist only with publish_via_partition_root: it goes on before them and
 * off after them. Otherwise what isn't published any more goes first, so that no UPDATE fails in between.
 */
function optionsFirst(target: PlanTarget, publication: Publication, choice: PublicationChoice): boolean {
  const { inventory } = target.snapshot;
  const [before, after] = [offeredOptions(inventory, publication), offeredOptions(inventory, choice)];
  if (before.viaRoot !== after.viaRoot) return after.viaRoot;
  const { operations } = before;
  return !(['insert', 'update', 'delete', 'truncate'] as const).some(
    (operation) => after.operations[operation] && !operations[operation],
  );
}

function optionSteps(target: PlanTarget, publication: Publication, choice: PublicationChoice): readonly StepDraft[] {
  const { inventory } = target.snapshot;
  const forward = optionChanges(inventory, publication, choice);
  if (forward.length === 0) return [];
  const { name } = publication;
  const alter = (assignments: readonly string[]): string =>
    `ALTER PUBLICATION ${quoteIdentifier(name)} SET (${assignments.join(', ')})`;
  const names = forward.map((assignment) => assignment.split(' = ')[0] ?? '').join(', ');
  return [
    {
      on: target,
      title: `Set ${names} of publication ${name}`,
      statement: [alter(forward)],
      undo: {
        title: `Set ${names} of publication ${name} back`,
        statement: [alter(optionChanges(inventory, choice, publication))],
      },
      effect: optionsEffect(name, inventory, choice),
    },
  ];
}

function renameStep(
  target: PlanTarget,
  publication: Publication,
  to: string,
  more: KnownReaders,
): readonly StepDraft[] {
  const { name } = publication;
  if (to === name) return [];
  const alter = (from: string, into: string): string =>
    `ALTER PUBLICATION ${quoteIdentifier(from)} RENAME TO ${quoteIdentifier(into)}`;
  const consequence = renameConsequence(target, name, more);
  return [
    {
      on: target,
      title: `Rename publication ${name} to ${to}`,
      statement: [alter(name, to)],
      ...(consequence === null ? {} : { consequence, risk: 'lossy' }),
      undo: { title: `Rename publication ${to} back to ${name}`, statement: [alter(to, name)] },
      effect: publicationIs(to),
    },
  ];
}

/**
 * What is wrong with an edit before it is run, as `checkPublication` for a new one. `verdicts` are the server's own of
 * the tables (OnDemandReads.tryMembers); null where it wasn't asked. `slots`: what is known of the publisher's. Throws
 * ReplicationError 'missing'.
 */
export function checkAlterPublication(
  target: PlanTarget,
  name: string,
  choice: PublicationChoice,
  details: ReadonlyMap<number, TableDetails>,
  verdicts: readonly MemberVerdict[] | null,
  slots?: KnownSlots,
): readonly Problem[] {
  const publication = publicationOf(target, name);
  const { inventory } = target.snapshot;
  const { added, changed } = compareMembers(inventory, publication, choice);
  const touched = new Set([...added, ...changed.map(({ after }) => after)].map(tableKey));
  const kept = new Set(publication.tables.map(tableKey).filter((key) => !touched.has(key)));
  return [
    ...checkRights(target, publication, choice),
    ...checkScope(target, choice, publication),
    ...checkNewScope(target, publication, choice, slots),
    ...checkOptions(target, choice),
    ...checkMembers(target, choice, details, verdicts, kept),
  ];
}

/** Only its owner alters a publication; a new name must be free, and takes CREATE on the database. */
function checkRights(target: PlanTarget, publication: Publication, choice: PublicationChoice): readonly Problem[] {
  const { inventory } = target.snapshot;
  const { role } = inventory.server;
  const problems: Problem[] = [];
  const refuse = (message: string, field?: string): void => {
    problems.push({ severity: 'error', message, ...(field === undefined ? {} : { field }) });
  };
  const creating = inventory.server.capabilities['publication.create'];
  if (!creating.can && creating.because === 'standby') refuse(creating.reason);
  if (!publication.ownedByMe && !role.superuser) {
    refuse(
      `Only its owner may change ${publication.name}: it belongs to ${publication.owner}, and you are ${role.name}.`,
    );
  }
  if (choice.name === publication.name) return problems;
  if (!creating.can && creating.because !== 'standby') refuse(creating.reason, 'name');
  const fault = checkObjectName(
    'publication',
    choice.name,
    inventory.publications.map((each) => each.name),
  );
  if (fault !== null) refuse(fault, 'name');
  return problems;
}

function checkNewScope(
  target: PlanTarget,
  publication: Publication,
  choice: PublicationChoice,
  known: KnownSlots | undefined,
): readonly Problem[] {
  const { inventory } = target.snapshot;
  const toAll = takesAll(wantedScope(inventory, choice));
  if (takesAll(scopeOf(publication)) === toAll) return [];
  if (toAll && offers(inventory, 'publication.setAllTables')) return [];
  const slots = slotsThatMayRead(target, known);
  const live = slots.length > 0 ? ` What reads it goes on (${slotsInWords(slots)}).` : '';
  return [
    {
      severity: 'warning',
      message: `PostgreSQL ${inventory.server.version} can’t turn a publication of ${toAll ? 'chosen tables into one of all' : 'all into one of chosen tables'}: it is dropped and created again in one transaction.${live}`,
      field: 'tables',
    },
  ];
}
