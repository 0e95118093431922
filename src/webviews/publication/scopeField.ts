import { html, nothing, type TemplateResult } from 'lit';

import type { PublicationDraft, PublicationModel, ServerUnavailable } from '../../protocol/publication.ts';
import { checkbox, radioGroup } from '../shared/fields.ts';
import { notice } from '../shared/formParts.ts';
import type { ShownProblem } from '../shared/problems.ts';
import { withSequences } from './draft.ts';

/** What a publication can be of, as one choice: 'allSequences' is of sequences alone. */
type Scope = PublicationDraft['scope'] | 'allSequences';

/** Chosen tables, or all of them; and where the server has that (19 as documented, untried) all sequences. */
export function scopeField(options: {
  readonly model: PublicationModel;
  readonly draft: PublicationDraft;
  readonly problems: readonly ShownProblem[];
  readonly onDraft: (draft: PublicationDraft) => void;
}): TemplateResult {
  const { draft, model } = options;
  const all = model.capabilities['publication.allTables'];
  const sequences = model.capabilities['publication.allSequences'];
  const offered = sequences.can || sequences.because !== 'version';
  const scope: Scope = draft.scope === 'chosen' && draft.allSequences ? 'allSequences' : draft.scope;
  const group = radioGroup<Scope>({
    id: 'scope',
    label: 'What is published',
    value: scope,
    choices: [
      { value: 'chosen', label: 'Chosen tables' },
      {
        value: 'allTables',
        label: 'All tables of the database',
        hint: all.can ? 'Also those that will be created later.' : all.reason,
        disabled: !all.can && draft.scope !== 'allTables',
      },
      ...(offered
        ? [
            {
              value: 'allSequences' as const,
              label: 'All sequences of the database, and no tables',
              hint: sequences.can ? sequencesHint : sequences.reason,
              disabled: !sequences.can && scope !== 'allSequences',
            },
          ]
        : []),
    ],
    ...(scope === 'chosen' ? {} : { problems: options.problems }),
    onChange: (to) =>
      options.onDraft(withSequences({ ...draft, scope: to === 'allTables' ? to : 'chosen' }, to === 'allSequences')),
  });
  if (scope !== 'allTables' || !offered) return group;
  return html`${group}
  ${checkbox({
    id: 'all-sequences',
    label: 'All sequences too',
    hint: sequences.can ? undefined : sequences.reason,
    checked: draft.allSequences === true,
    disabled: !sequences.can && draft.allSequences !== true,
    onChange: (checked) => options.onDraft(withSequences(draft, checked)),
  })}`;
}

const sequencesHint =
  'Also those that will be created later. Subscribers copy their values when they are refreshed; they aren’t streamed.';

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
