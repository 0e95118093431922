import type { PublicationChoice } from '../../model/choices.ts';
import type { Plan, Problem } from '../../model/plan.ts';
import type { Publication } from '../../model/publication.ts';
import type { MemberVerdict } from '../../model/reads.ts';
import type { TableDetails } from '../../model/table.ts';
import { quoteIdentifier } from '../../postgres/quote.ts';
import { basisOf } from '../basis.ts';
import { publicationIs } from '../effects.ts';
import { checkObjectName } from '../names.ts';
import { obstacle } from '../offers.ts';
import { makePlan } from '../steps.ts';
import type { PlanTarget } from '../target.ts';
import { checkColumns } from './checks/checkColumns.ts';
import { checkIdentities } from './checks/checkIdentities.ts';
import { checkPublishedTables } from './checks/checkPublishedTables.ts';
import { checkVerdicts, verdictsByTable } from './checks/checkVerdicts.ts';
import { checkWholeScope } from './checks/checkWholeScope.ts';
import { namesMembers } from './publicationScope.ts';
import { createPublicationSql } from './publicationSql.ts';

/**
 * The plan that creates a publication, in the syntax of the target's version. Made of whatever was chosen, also
 * where `checkPublication` finds errors, so that the SQL can be shown while someone types.
 */
export function planCreatePublication(target: PlanTarget, choice: PublicationChoice): Plan {
  const title = `Create publication ${choice.name}`;
  const step = {
    on: target,
    title,
    statement: [createPublicationSql(target.snapshot.inventory, choice)],
    undo: {
      title: `Drop publication ${choice.name}`,
      statement: [`DROP PUBLICATION ${quoteIdentifier(choice.name)}`],
    },
    effect: publicationIs(choice.name),
  };
  return makePlan(title, [step], [], basisOf(target, [{ kind: 'publication', name: choice.name }]));
}

/**
 * What is wrong with a choice before it is run. Errors are what the server would refuse; warnings are what it
 * would accept and what breaks later: the publisher's own UPDATEs and DELETEs, or the stream. `details` are those
 * of the chosen tables, by oid; what isn't in it is checked only as far as the inventory goes. `verdicts` are the
 * server's own of the tables (OnDemandReads.tryMembers); null where it wasn't asked.
 */
export function checkPublication(
  target: PlanTarget,
  choice: PublicationChoice,
  details: ReadonlyMap<number, TableDetails>,
  verdicts: readonly MemberVerdict[] | null = null,
): readonly Problem[] {
  return [
    ...checkName(target, choice),
    ...checkServer(target),
    ...checkScope(target, choice),
    ...checkOptions(target, choice),
    ...checkMembers(target, choice, details, verdicts),
  ];
}

/** The part of the checks that is about single tables. `kept` as for `checkPublishedTables`. */
export function checkMembers(
  target: PlanTarget,
  choice: PublicationChoice,
  details: ReadonlyMap<number, TableDetails>,
  verdicts: readonly MemberVerdict[] | null,
  kept: ReadonlySet<string> = new Set(),
): readonly Problem[] {
  const byTable = verdictsByTable(verdicts);
  const own = [
    ...checkPublishedTables(target, choice, byTable, kept),
    ...checkColumns(target, choice, details, byTable),
  ];
  const refused = new Set(own.filter(({ severity }) => severity === 'error').map(({ object }) => object));
  return [
    ...own,
    // What is said in our words already isn't said in the server's too.
    ...checkVerdicts(choice, byTable).filter(({ object }) => !refused.has(object)),
    ...checkIdentities(target, choice, details, byTable),
  ];
}

function checkName(target: PlanTarget, choice: PublicationChoice): readonly Problem[] {
  const taken = target.snapshot.inventory.publications.map((publication) => publication.name);
  const message = checkObjectName('publication', choice.name, taken);
  return message === null ? [] : [{ severity: 'error', message, field: 'name' }];
}

/** Standby and missing privilege are errors; a low wal_level is accepted by the server and stops nothing but the stream. */
function checkServer(target: PlanTarget): readonly Problem[] {
  const { inventory } = target.snapshot;
  const creating = obstacle(inventory, 'publication.create');
  if (creating !== null) return [{ severity: 'error', message: creating }];
  const decoding = inventory.server.capabilities.decodeLogical;
  if (decoding.can || decoding.because === 'privilege') return [];
  return [
    {
      severity: 'warning',
      message: `The publication can be created, but nothing can subscribe to it yet: ${decoding.reason}`,
    },
  ];
}

/** All tables, schemas, or none: whether the server and the role can publish them. `before`: the publication as it is. */
export function checkScope(
  target: PlanTarget,
  choice: PublicationChoice,
  before: Publication | null = null,
): readonly Problem[] {
  const { inventory } = target.snapshot;
  const problems: Problem[] = [];
  const tables = (severity: Problem['severity'], message: string): void => {
    problems.push({ severity, message, field: 'tables' });
  };
  if (!namesMembers(choice)) return checkWholeScope(target, choice, before);
  if (choice.schemas.length > 0) {
    const reason = choice.schemas.every((schema) => before?.schemas.includes(schema))
      ? null
      : obstacle(inventory, 'publication.schemas');
    if (reason !== null) tables('error', reason);
    for (const schema of choice.schemas) {
      if (!inventory.server.schemas.includes(schema)) tables('error', `There is no schema ${schema} in this database.`);
    }
  }
  if (choice.schemas.length === 0 && choice.tables.length === 0) {
    tables('info', 'No table is chosen: the publication will be empty until tables are added.');
  }
  return problems;
}

/** Operations and options: what the server doesn't have, and what publishes nothing. */
export function checkOptions(target: PlanTarget, choice: PublicationChoice): readonly Problem[] {
  const { inventory } = target.snapshot;
  const problems: Problem[] = [];
  const { insert, update, delete: del, truncate } = choice.operations;
  const refused = (reason: string | null, field: string): void => {
    if (reason !== null) problems.push({ severity: 'error', message: reason, field });
  };
  if (truncate) refused(obstacle(inventory, 'publication.truncate'), 'operations');
  if (choice.viaRoot) refused(obstacle(inventory, 'publication.viaRoot'), 'options');
  if (choice.generatedColumns === 'stored') refused(obstacle(inventory, 'publication.generatedColumns'), 'options');
  if (!insert && !update && !del && !truncate) {
    problems.push({
      severity: 'warning',
      message: 'No operation is chosen: nothing will be published.',
      field: 'operations',
    });
  }
  return problems;
}
