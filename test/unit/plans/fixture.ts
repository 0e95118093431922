import type { Plan, PlanOutcome, Step } from '../../../src/replication/model/plan.ts';

/** A step that can be taken back and loses nothing. */
export function step(id: string, more: Partial<Step> = {}): Step {
  return {
    id,
    connectionId: 'shop',
    serverName: 'shop',
    title: `Do ${id}`,
    statement: [`SELECT ${id}`],
    transactional: true,
    risk: 'none',
    consequence: null,
    undo: { title: `Take back ${id}`, statement: [`SELECT -${id}`] },
    wait: null,
    ...more,
  };
}

/** A plan of these steps. */
export function plan(steps: readonly Step[], more: Partial<Plan> = {}): Plan {
  return { id: 'plan', title: 'Do everything', steps, remarks: [], ...more };
}

/** How a plan of so many steps ended, its steps in their order. */
export function outcome(
  statuses: readonly PlanOutcome['steps'][number]['status'][],
  status: PlanOutcome['status'],
): PlanOutcome {
  return {
    planId: 'plan',
    status,
    startedAt: 1000,
    endedAt: 1500,
    steps: statuses.map((one, index) => ({
      stepId: String(index + 1),
      status: one,
      tookMs: one === 'done' ? 12.3 : null,
      notices: one === 'done' ? [`NOTICE: from ${index + 1}`] : [],
      error: one === 'failed' ? { kind: 'server', message: 'It was refused.', server: { message: 'no' } } : null,
    })),
  };
}
