import type { Problem } from '../../../model/plan.ts';
import type { Inventory } from '../../../model/snapshot.ts';
import { tablesByName, tablesSentTo } from '../../publication/publishedTables.ts';
import { listInWords, tableLabel } from '../../words.ts';
import { checkSubscribedTables } from './checkSubscribedTables.ts';
import { asChoice, partiesOf, type CheckedEdit } from './checkSubscriptionEdit.ts';

/** Another list of publications: what would be copied, what is no longer followed, what the server would refuse. */
export function checkEditedPublications(edit: CheckedEdit): readonly Problem[] {
  const { has, change } = edit;
  const { publications } = change;
  if (!publications) return [];
  const added = publications.names.filter((name) => !has.publications.includes(name));
  const dropped = has.publications.filter((name) => !publications.names.includes(name));
  if (added.length === 0 && dropped.length === 0) return [];
  const problems: Problem[] = [];
  const add = (severity: Problem['severity'], message: string): void => {
    problems.push({ severity, message, field: 'publications' });
  };
  if (!publications.refresh) {
    add('info', 'Which tables are followed changes only when the subscription is refreshed.');
    if (publications.names.length === 0) add('error', 'Choose at least one publication.');
    return problems;
  }
  if (!has.enabled && change.enabled !== true) {
    add(
      'warning',
      `The subscription ${has.name} is disabled, so it isn’t refreshed: enable and refresh it, then it takes over the tables.`,
    );
  }
  const staysTwoPhase = has.options.twoPhase === 'enabled' && change.options?.twoPhase !== false;
  if (publications.copyData && staysTwoPhase) {
    add(
      'error',
      'While two-phase commit is in force, a refresh can’t copy the data of new tables: take the tables over without copying.',
    );
  }
  const wantsTwoPhase = change.options?.twoPhase ?? has.options.twoPhase === 'pending';
  if (publications.copyData && wantsTwoPhase && !staysTwoPhase && !has.enabled && change.enabled === true) {
    add(
      'error',
      'Once it is enabled, two-phase commit comes into force, and then a refresh can’t copy the data of new tables: enable it with its publications first, and turn two_phase on afterwards.',
    );
  }
  return [...problems, ...checkSubscribedTables(partiesOf(edit), asChoice(edit)), ...movedTables(edit, dropped)];
}

/** Which tables come and go, as far as the publisher is known. */
function movedTables(edit: CheckedEdit, dropped: readonly string[]): readonly Problem[] {
  const { target, publisher, has, change } = edit;
  if (!publisher || !change.publications) return [];
  const { names, copyData } = change.publications;
  const { inventory } = publisher.snapshot;
  const sent = sentBy(inventory, names);
  const followed = new Set(has.tables.map(({ schema, name }) => tableLabel(schema, name)));
  const find = tablesByName(target.snapshot.inventory.tables);
  const coming = [...sent.entries()].filter(([label]) => !followed.has(label));
  const going = [...followed].filter((label) => !sent.has(label));
  const problems: Problem[] = [];
  const add = (severity: Problem['severity'], message: string): void => {
    problems.push({ severity, message, field: 'publications' });
  };
  if (coming.length > 0) {
    const labels = listInWords(coming.map(([label]) => label));
    add(
      'info',
      copyData
        ? `These tables are copied: ${labels}.`
        : `These tables are followed from now on, without what they hold already: ${labels}.`,
    );
  }
  const filled = coming.filter(([, { schema, name }]) => (find(schema, name)?.rowEstimate ?? 0) > 0);
  if (copyData && filled.length > 0) {
    add(
      'warning',
      `${listInWords(filled.map(([label]) => label))} already holds rows on ${target.serverName}: copying into it fails where keys are the same. Take it over without copying, or empty it first.`,
    );
  }
  if (going.length > 0 && dropped.length > 0) {
    add(
      'warning',
      `No longer followed: ${listInWords(going)}. The rows stay; if the publication is added again, everything is copied again.`,
    );
  }
  return problems;
}

function sentBy(
  publisher: Inventory,
  names: readonly string[],
): ReadonlyMap<string, { readonly schema: string; readonly name: string }> {
  const publications = publisher.publications.filter(({ name }) => names.includes(name));
  return new Map(
    publications.flatMap((publication) =>
      tablesSentTo(publisher, publication).map(
        ({ schema, name }) => [tableLabel(schema, name), { schema, name }] as const,
      ),
    ),
  );
}
