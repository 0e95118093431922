import { html, nothing, type TemplateResult } from 'lit';

import type { SubscriptionEditDraft, SubscriptionEditModel } from '../../protocol/subscriptionEdit.ts';
import { checkbox, radioGroup, textField } from '../shared/fields.ts';
import { notice, serverWords } from '../shared/formParts.ts';
import { problemsOf, type ShownProblem } from '../shared/problems.ts';
import { addressFields } from './addressFields.ts';
import { foreignServerField } from './foreignServerField.ts';

/** What the fields of a subscription that is there are drawn from. */
export interface EditFieldsOptions {
  readonly model: SubscriptionEditModel;
  readonly draft: SubscriptionEditDraft;
  readonly problems: readonly ShownProblem[];
  /** The password as typed since the page was loaded; the panel has it. */
  readonly password: string;
  readonly onDraft: (draft: SubscriptionEditDraft, field: string) => void;
  readonly onPassword: (value: string) => void;
}

/** The connection string in fields; its secrets stay where they are, and out of sight. */
export function connectionFields(options: EditFieldsOptions): TemplateResult {
  const { draft, model, problems } = options;
  const server = draft.foreignServer ?? null;
  return html`${foreignServerField({
    servers: model.foreignServers,
    value: server,
    problems,
    onChange: (foreignServer) => options.onDraft({ ...draft, foreignServer }, 'connection'),
  })}
  ${server === null ? stringFields(options) : nothing}`;
}

function stringFields(options: EditFieldsOptions): TemplateResult {
  const { draft, model, problems } = options;
  // One that leaves its foreign server gets a connection string that it never had.
  const leaves = (model.present.foreignServer ?? null) !== null;
  const connection = leaves ? ({ readable: true, hasPassword: false, otherSecrets: [] } as const) : model.connection;
  if (!connection.readable) {
    return notice(
      'info',
      html`<p>The connection string can’t be shown, so it stays as it is. ${connection.error.message}</p>
        ${connection.error.advice ? html`<p>${connection.error.advice}</p>` : nothing} ${serverWords(connection.error)}`,
    );
  }
  const others: readonly string[] = connection.otherSecrets;
  return addressFields({
    legend: 'The publisher, as the subscriber reaches it',
    address: draft.address,
    problems,
    password: textField({
      id: 'password',
      label: 'New password',
      value: options.password,
      password: true,
      placeholder:
        model.passwordTyped && options.password === ''
          ? '•••••••• (as typed before)'
          : connection.hasPassword
            ? '•••••••• (stored)'
            : '',
      hint: connection.hasPassword
        ? 'The stored password stays unless a new one is typed.'
        : 'None is stored. One that is typed goes into the connection string.',
      problems: problemsOf(problems, 'password'),
      onInput: options.onPassword,
    }),
    notes:
      others.length === 0 ? undefined : html`<p class="hint">Kept as it is and not shown: ${others.join(', ')}.</p>`,
    onAddress: (address, field) => options.onDraft({ ...draft, address }, field),
  });
}

/** What goes with changed publications; nothing while they are as they were. */
export function refreshFields(options: EditFieldsOptions): TemplateResult | typeof nothing {
  const { draft, model } = options;
  const names = draft.publications.filter((name) => name !== '');
  const { present } = model;
  const added = names.filter((name) => !present.publications.includes(name));
  const dropped = present.publications.filter((name) => !names.includes(name));
  if (added.length === 0 && dropped.length === 0) return nothing;
  return html`<div class="indented field" role="group" aria-label="With the changed publications">
    ${checkbox({
      id: 'refresh',
      label: 'Take over their tables at once (refresh)',
      checked: draft.refresh && draft.enabled,
      disabled: !draft.enabled,
      hint: draft.enabled
        ? dropped.length > 0
          ? 'Tables that no publication has any more are followed no longer; their rows stay.'
          : undefined
        : 'Only an enabled subscription can be refreshed. Refresh it once it is enabled.',
      onChange: (refresh) => options.onDraft({ ...draft, refresh }, 'publications'),
    })}
    ${checkbox({
      id: 'copy-data',
      label: 'Copy the rows of tables that are new (copy_data)',
      checked: draft.copyData && draft.refresh && draft.enabled,
      disabled: !draft.enabled || !draft.refresh,
      hint: 'For tables that are empty on the subscriber: rows that are there already would be copied a second time.',
      onChange: (copyData) => options.onDraft({ ...draft, copyData }, 'publications'),
    })}
  </div>`;
}

/** The slot it reads, and whether it runs. */
export function slotAndState(options: EditFieldsOptions): TemplateResult {
  const { draft, problems } = options;
  const named = draft.hasSlot;
  return html`${radioGroup({
      id: 'slot',
      label: 'Replication slot on the publisher (slot_name)',
      value: named ? 'named' : 'none',
      choices: [
        { value: 'named', label: 'This one' },
        { value: 'none', label: 'None', hint: 'It is disabled then, and the slot stays on the publisher.' },
      ],
      problems: named ? [] : problemsOf(problems, 'slot'),
      onChange: (value) =>
        options.onDraft({ ...draft, hasSlot: value === 'named', enabled: draft.enabled && value === 'named' }, 'slot'),
    })}
    ${
      named
        ? html`<div class="indented">
            ${textField({
              id: 'slot-name',
              label: 'Slot name',
              value: draft.slotName,
              hint: 'It must be there already: the slot itself is neither created nor renamed.',
              problems: problemsOf(problems, 'slot'),
              onInput: (slotName) => options.onDraft({ ...draft, slotName }, 'slot'),
            })}
          </div>`
        : nothing
    }
    <div class="field" role="group" aria-labelledby="state-label">
      <span class="field-label" id="state-label">State</span>
      ${checkbox({
        id: 'enabled',
        label: 'Enabled',
        checked: draft.enabled,
        disabled: !named,
        problems: problemsOf(problems, 'enabled'),
        ...(draft.enabled || !named ? {} : { hint: 'While it is disabled, the publisher keeps all WAL for its slot.' }),
        onChange: (enabled) => options.onDraft({ ...draft, enabled }, 'enabled'),
      })}
    </div>`;
}
