import type { Plan, Step } from '../../replication/model/plan.ts';

/**
 * What of a plan can't be taken back once it was run, and why; null where all of it can, and of what is a way back itself.
 * Said before it is run.
 */
export function planUndoWords({ steps, undoes }: Plan): string | null {
  if (undoes !== undefined) return null;
  const without = steps.filter(({ changesNothing, undo }) => undo === null && !changesNothing);
  if (without.length === 0) return null;
  const reasons = [...new Set(without.flatMap(({ noUndo }) => noUndo ?? []))];
  const what = steps.length === 1 ? 'This can’t be undone.' : 'As a whole this can’t be undone.';
  return [what, ...reasons].join(' ');
}

/** That a step can't be taken back, and why, for the end of a line. */
export function noUndoWords({ noUndo }: { readonly noUndo?: Step['noUndo'] | null }): string {
  return `can’t be taken back.${noUndo ? ` ${noUndo}` : ''}`;
}
