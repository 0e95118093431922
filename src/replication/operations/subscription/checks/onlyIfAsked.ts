import type { SubscriptionChoice } from '../../../model/choices.ts';
import type { Problem } from '../../../model/plan.ts';

/** A choice as it comes out: where the publisher isn't asked (connect = false), nothing starts and nothing is made there. */
export function asAsked(choice: SubscriptionChoice): SubscriptionChoice {
  if (choice.connect !== false) return choice;
  const { slot } = choice;
  return {
    ...choice,
    enabled: false,
    copyData: false,
    slot: slot.mode === 'create' ? { mode: 'existing', name: slot.name } : slot,
  };
}

/** What shows only when the publisher is asked is no error where it isn't asked yet. */
export function onlyIfAsked({ connect }: Pick<SubscriptionChoice, 'connect'>, problem: Problem): Problem {
  return connect === false && problem.severity === 'error' ? { ...problem, severity: 'warning' } : problem;
}
