import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Plan, Step } from '../../../src/replication/model/plan.ts';
import { renderRedacted } from '../../../src/replication/postgres/statement.ts';
import { planUndoWords } from '../../../src/ui/plans/undoWords.ts';

const folder = join(import.meta.dirname, '../../golden');
const rewrite = process.env['UPDATE_GOLDEN'] === '1';

/** A plan as it reads, everything in it that a person sees; secrets as dots. */
export function renderPlan(plan: Plan): string {
  const steps = plan.steps.map(renderStep);
  const notes = [...plan.remarks, planUndoWords(plan) ?? []].flat();
  return [`-- ${line(plan.title)}`, '', ...steps, ...notes.map((note) => `-- ${line(note)}`)]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function renderStep(step: Step): string {
  return [
    `-- ${step.id}. ${line(step.title)}, on ${line(step.serverName)}${step.transactional ? '' : ', not in a transaction'}`,
    ...(step.risk === 'none' ? [] : [`-- risk: ${step.risk}`]),
    ...(step.consequence === null ? [] : [`-- ${line(step.consequence)}`]),
    ...(step.wait === null
      ? []
      : [
          `-- waits ${step.wait.limitMs / 1000} s at most${step.wait.blockersOn.length > 0 ? ` for transactions on ${step.wait.blockersOn.join(', ')}` : ''}`,
        ]),
    `${renderRedacted(step.statement)};`,
    ...(step.undo === null ? [] : [`-- undo: ${line(renderRedacted(step.undo.statement))};`]),
    '',
  ].join('\n');
}

function line(text: string): string {
  return text.replaceAll('\n', '\\n');
}

/** Compares with the golden file of that name, or writes it where UPDATE_GOLDEN=1. */
export function assertGolden(name: string, plan: Plan): void {
  const file = join(folder, `${name}.sql`);
  const text = renderPlan(plan);
  if (rewrite) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    return;
  }
  let wanted: string;
  try {
    wanted = readFileSync(file, 'utf8');
  } catch {
    assert.fail(`test/golden/${name}.sql isn't there: run the tests once with UPDATE_GOLDEN=1 and read what it wrote`);
  }
  assert.equal(text, wanted);
}

/** Fails on golden files that no test makes any more; removes them where UPDATE_GOLDEN=1. */
export function assertNoStrayGolden(names: readonly string[]): void {
  const known = new Set(names.map((name) => `${name}.sql`));
  const stray = readdirSync(folder).filter((file) => file.endsWith('.sql') && !known.has(file));
  if (rewrite) for (const file of stray) rmSync(join(folder, file));
  else assert.deepEqual(stray, []);
}
