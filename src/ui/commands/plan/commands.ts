import type { CommandParts, HandlersOf } from '../typed.ts';
import { copyPreviewedPlan, runPreviewedPlan } from './document.ts';
import { saveRunbook } from './runbook.ts';

/** The handlers of plan documents. */
export function planCommands({ services, previews }: CommandParts): HandlersOf<'plan'> {
  return {
    'pgReplication.plan.run': (uri) => runPreviewedPlan(services, previews, uri),
    'pgReplication.plan.copy': (uri) => copyPreviewedPlan(services, previews, uri),
    'pgReplication.plan.saveRunbook': (uri) => saveRunbook(services, previews, uri),
  };
}
