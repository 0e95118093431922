import { html, nothing, type TemplateResult } from 'lit';

import { checkbox, textField } from '../shared/fields.ts';
import type { FormState, TextKey } from './formState.ts';

/** What the password field is drawn from. */
export interface PasswordState {
  /** What is typed in it now. */
  readonly value: string;
  /** One came with a connection string, or was typed before the page was hidden: the panel has it. */
  readonly kept: boolean;
  /** One is stored with the connection. */
  readonly stored: boolean;
  readonly onInput: (value: string) => void;
}

/** Where the server is and who logs in. */
export function serverFields(state: FormState, password: PasswordState): TemplateResult {
  const text = (id: TextKey, label: string, more: { hint?: string; placeholder?: string; required?: boolean } = {}) =>
    textField({
      id,
      label,
      value: state.fields[id],
      problems: state.problems(id),
      onInput: (value) => state.change({ [id]: value }),
      ...more,
    });
  return html`<fieldset>
    <legend>Server</legend>
    <div class="columns host">
      ${text('host', 'Host', { required: true, hint: 'A name, an address, or the folder of a Unix socket.' })}
      ${text('port', 'Port')}
    </div>
    <div class="columns">
      ${text('user', 'User', { required: true })}
      ${text('database', 'Database', { placeholder: state.fields.user || 'named as the user' })}
    </div>
    ${passwordField(state, password)}
  </fieldset>`;
}

function passwordField(state: FormState, { value, kept, stored, onInput }: PasswordState): TemplateResult {
  const { forgetPassword } = state.fields;
  const keeps = stored && !kept && value === '' && !forgetPassword;
  return html`${textField({
    id: 'password',
    label: 'Password',
    value,
    password: true,
    placeholder: kept ? 'entered, not shown' : keeps ? 'stored, not shown' : '',
    hint: keeps
      ? 'Leave it empty to keep the stored password.'
      : kept
        ? html`It is used as it was entered. <button class="link" @click=${() => onInput('')}>Forget it</button>`
        : 'It is kept in VS Code’s secret storage and nowhere else.',
    onInput,
  })}
  ${
    stored && !kept && value === ''
      ? checkbox({
          id: 'forgetPassword',
          label: 'Forget the stored password',
          checked: forgetPassword,
          onChange: (checked) => state.change({ forgetPassword: checked }),
        })
      : nothing
  }`;
}
