import { html, nothing, type TemplateResult } from 'lit';

import type { PublicationDraft, PublicationModel, ServerUnavailable } from '../../protocol/publication.ts';
import { radioGroup } from '../shared/fields.ts';
import { notice } from '../shared/formParts.ts';
import type { ShownProblem } from '../shared/problems.ts';

/** Chosen tables, or all of them. */
export function scopeField(options: {
  readonly model: PublicationModel;
  readonly draft: PublicationDraft;
  readonly problems: readonly ShownProblem[];
  readonly onDraft: (draft: PublicationDraft) => void;
}): TemplateResult {
  const { draft, model } = options;
  const all = model.capabilities['publication.allTables'];
  return radioGroup({
    id: 'scope',
    label: 'What is published',
    value: draft.scope,
    choices: [
      { value: 'chosen', label: 'Chosen tables' },
      {
        value: 'allTables',
        label: 'All tables of the database',
        hint: all.can ? 'Also those that will be created later.' : all.reason,
        disabled: !all.can && draft.scope !== 'allTables',
      },
    ],
    ...(draft.scope === 'allTables' ? { problems: options.problems } : {}),
    onChange: (scope) => options.onDraft({ ...draft, scope }),
  });
}

/** What the whole form is up against: a connection marked read-only, a missing privilege, a server that is gone. */
export function obstacleNotice(
  model: PublicationModel,
  unavailable: ServerUnavailable | null,
): TemplateResult | typeof nothing {
  const { edit, server } = model;
  const create = model.capabilities['publication.create'];
  if (server.readOnly) {
    const done = edit ? 'changed' : 'created';
    return notice('warning', `${server.name} is marked read-only, so nothing is ${done} on it. The SQL can be copied.`);
  }
  if (!edit && !create.can) return notice('warning', create.reason);
  if (unavailable?.error)
    return notice('warning', html`${unavailable.error.message} What is shown may be out of date.`);
  return nothing;
}
