import type { SubscriptionChoice } from '../../../model/choices.ts';
import { publisherInventoryOf, type SubscriptionParties } from '../../target.ts';
import { checkUnderstood, chosenPublications } from '../checks/checkSubscribedTables.ts';
import { checkSubscriptionOptions } from '../checks/checkSubscriptionOptions.ts';
import type { PreflightCheck } from '../preflight.ts';
import { checkFrom, unknownCheck } from './check.ts';

/** What one version sends and the other doesn't know, or takes differently, and options without effect. */
export function preflightVersions(parties: SubscriptionParties, choice: SubscriptionChoice): readonly PreflightCheck[] {
  const { subscriber } = parties;
  const publisher = publisherInventoryOf(parties);
  const here = subscriber.snapshot.inventory.server.version;
  const options = checkFrom(
    { id: 'options', title: 'Options of the subscription', fine: 'Both versions know them.' },
    checkSubscriptionOptions(parties, choice),
  );
  const looked = { id: 'versions', title: 'Versions of both ends' };
  if (!publisher) return [options, unknownCheck(looked, 'The publisher’s version isn’t known.')];
  const fine = `${here} understands what ${publisher.server.version} sends.`;
  const traps = checkUnderstood(subscriber, chosenPublications(parties, choice), choice);
  return [options, checkFrom({ ...looked, fine }, traps)];
}
