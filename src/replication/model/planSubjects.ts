import type { Plan, PlanSubject, Step } from './plan.ts';

/** The objects on its server that a step of a plan changes, as far as the plan was made from them. */
export function subjectsOf(
  { basis = [] }: Pick<Plan, 'basis'>,
  { connectionId, touches }: Step,
): readonly PlanSubject[] {
  if (touches) return touches;
  return basis
    .filter((object) => object.connectionId === connectionId)
    .map(({ kind, name, schema }) => ({ kind, name, ...(schema === undefined ? {} : { schema }) }));
}
