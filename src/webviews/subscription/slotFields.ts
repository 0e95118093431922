import { html, nothing, type TemplateResult } from 'lit';

import type { SubscriptionDraft, SubscriptionModel } from '../../protocol/subscription.ts';
import type { Blocker } from '../../replication/model/plan.ts';
import { checkbox, dropdown, radioGroup, textField } from '../shared/fields.ts';
import { blockerList, notice } from '../shared/formParts.ts';
import { problemsOf, type ShownProblem } from '../shared/problems.ts';

export interface SlotFieldsOptions {
  readonly model: SubscriptionModel;
  readonly draft: SubscriptionDraft;
  readonly problems: readonly ShownProblem[];
  readonly blockers: readonly Blocker[];
  readonly onDraft: (draft: SubscriptionDraft, field: string) => void;
  readonly onLookForBlockers: () => void;
}

/** Whether the publisher is asked at all; its slot: created, there already, or none yet; and what starts at once. */
export function slotFields(options: SlotFieldsOptions): TemplateResult {
  const { draft, problems } = options;
  const connects = draft.connect !== false;
  const named = draft.slotMode !== 'none';
  return html`${checkbox({
    id: 'connect',
    label: 'Connect to the publisher now (connect)',
    checked: connects,
    hint: connects
      ? undefined
      : 'Nothing is created or looked up on the publisher, and no table is known yet. The subscription stays disabled: once its slot is there, enable it and refresh it, and it takes over the tables.',
    onChange: (connect) => options.onDraft({ ...draft, connect }, 'connect'),
  })}
  ${radioGroup({
    id: 'slot',
    label: 'Replication slot on the publisher',
    value: connects || !named ? draft.slotMode : 'existing',
    choices: connects ? slotChoices : laterSlotChoices,
    problems: named ? [] : problemsOf(problems, 'slot'),
    onChange: (slotMode) => options.onDraft({ ...draft, slotMode }, 'slot'),
  })}
  ${named ? html`<div class="indented">${slotName(options)} ${connects ? waitFields(options) : nothing}</div>` : nothing}
  ${startFields(options, connects && named)}`;
}

const slotChoices = [
  { value: 'create', label: 'Create it' },
  { value: 'existing', label: 'Use one that is there' },
  {
    value: 'none',
    label: 'None yet',
    hint: 'Nothing is replicated until a slot is set and the subscription enabled.',
  },
] as const;

/** Where the publisher isn't asked now. */
const laterSlotChoices = [
  {
    value: 'existing',
    label: 'This one, which I create there myself',
    hint: 'It has to be there before the subscription is enabled.',
  },
  { value: 'none', label: 'None yet', hint: 'A slot has to be set before the subscription is enabled.' },
] as const;

/** What CREATE SUBSCRIPTION does besides: enables, copies. */
function startFields(options: SlotFieldsOptions, canStart: boolean): TemplateResult {
  const { draft, model } = options;
  const connects = draft.connect !== false;
  return html`<div class="field" role="group" aria-labelledby="start-label">
    <span class="field-label" id="start-label">Start</span>
    ${checkbox({
      id: 'enabled',
      label: 'Enable it at once',
      checked: draft.enabled && canStart,
      disabled: !canStart,
      ...(draft.enabled || !canStart ? {} : { hint: 'Until it is enabled, the publisher keeps all WAL for its slot.' }),
      onChange: (enabled) => options.onDraft({ ...draft, enabled }, 'enabled'),
    })}
    ${checkbox({
      id: 'copy-data',
      label: 'Copy the rows that are there already',
      checked: draft.copyData && connects,
      disabled: !connects,
      hint: connects
        ? model.subscriber.phase === 'open'
          ? `The tables on ${model.subscriber.server.name} should be empty for that.`
          : undefined
        : 'That is chosen when it is refreshed.',
      onChange: (copyData) => options.onDraft({ ...draft, copyData }, 'copyData'),
    })}
  </div>`;
}

function slotName(options: SlotFieldsOptions): TemplateResult {
  const { draft, model } = options;
  const problems = problemsOf(options.problems, 'slot');
  const free = model.publisher.phase === 'open' ? model.publisher.freeSlots : [];
  const set = (name: string) => options.onDraft({ ...draft, slotName: name }, 'slot');
  if (draft.slotMode === 'existing' && draft.connect !== false && free.length > 0) {
    const known = draft.slotName === '' || free.includes(draft.slotName);
    return dropdown({
      id: 'slot-name',
      label: 'Slot',
      value: draft.slotName,
      choices: [
        { value: '', label: 'Choose a slot…' },
        ...free.map((name) => ({ value: name, label: name })),
        ...(known ? [] : [{ value: draft.slotName, label: draft.slotName }]),
      ],
      problems,
      onChange: set,
    });
  }
  return textField({
    id: 'slot-name',
    label: 'Slot name',
    value: draft.slotName,
    placeholder: draft.name === '' ? 'As the subscription' : draft.name,
    problems,
    onInput: set,
  });
}

/** Creating a slot waits for every transaction that is open then: who that is, and how long it may take. */
function waitFields(options: SlotFieldsOptions): TemplateResult | typeof nothing {
  const { blockers, draft } = options;
  if (draft.slotMode !== 'create') return nothing;
  const count = blockers.length === 1 ? 'An open transaction' : `${blockers.length} open transactions`;
  return html`${textField({
    id: 'wait',
    label: 'Wait at most (seconds)',
    value: draft.waitSeconds,
    hint: 'Creating the slot waits for the transactions that write on the publisher then; after this time it is given up.',
    problems: problemsOf(options.problems, 'wait'),
    onInput: (waitSeconds) => options.onDraft({ ...draft, waitSeconds }, 'wait'),
  })}
  ${
    blockers.length === 0
      ? nothing
      : notice(
          'warning',
          html`<p>${count} on the publisher would hold up the creation:</p>
            ${blockerList(blockers)}
            <button class="link" @click=${options.onLookForBlockers}>Look again</button>`,
        )
  }`;
}
