import type { Plan, PlanBasis } from '../model/plan.ts';
import { subjectsOf } from '../model/planSubjects.ts';

/**
 * Several plans as one, in their order: steps are numbered anew, what is said of each stays with it, and what they were
 * made from is compared once. `remarks` come before theirs.
 */
export function joinPlans(
  title: string,
  plans: readonly Plan[],
  remarks: readonly string[] = [],
  basis: readonly PlanBasis[] = [],
): Plan {
  // What a step changes was of its own plan's basis, not of the others'.
  const all = plans.flatMap((plan) => plan.steps.map((step) => ({ ...step, touches: subjectsOf(plan, step) })));
  const steps = all.map((step, index) => ({ ...step, id: String(index + 1) }));
  const subjects = new Map(
    [...basis, ...plans.flatMap((plan) => plan.basis ?? [])].map((subject) => [
      JSON.stringify([subject.connectionId, subject.kind, subject.schema, subject.name]),
      subject,
    ]),
  );
  return {
    id: globalThis.crypto.randomUUID(),
    title,
    steps,
    remarks: [...new Set([...remarks, ...plans.flatMap((plan) => plan.remarks)])],
    ...(subjects.size > 0 ? { basis: [...subjects.values()] } : {}),
  };
}
