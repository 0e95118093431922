import { html, type TemplateResult } from 'lit';

import type { FileField } from '../../protocol/connection.ts';
import { type SslMode, sslModes } from '../../replication/model/connect.ts';
import { dropdown, textField } from '../shared/fields.ts';
import type { FormState } from './formState.ts';

/** What each mode means (PostgreSQL, "SSL Mode Descriptions"). */
const meanings: Readonly<Record<SslMode, string>> = {
  disable: 'No encryption.',
  allow: 'Encrypted only if the server insists. Does not protect from someone in between.',
  prefer: 'Encrypted if the server can. Does not protect from someone in between.',
  require: 'Always encrypted. The certificate is only checked where a root certificate is given.',
  'verify-ca': 'Always encrypted, and the certificate must come from a trusted authority.',
  'verify-full': 'Always encrypted, and the certificate must be trusted and made for this host.',
};

/** Encryption, and the files it takes. */
export function tlsFields(state: FormState, onBrowse: (field: FileField) => void): TemplateResult {
  const { sslMode } = state.fields;
  const file = (id: FileField, label: string, hint?: string) =>
    html`<div class="with-button">
      ${textField({
        id,
        label,
        value: state.fields[id],
        hint,
        problems: state.problems(id),
        onInput: (value) => state.change({ [id]: value }),
      })}
      <vscode-button
        appearance="secondary"
        class="beside"
        aria-label=${`Browse for the ${label.toLowerCase()}`}
        @click=${() => onBrowse(id)}
        >Browse…</vscode-button
      >
    </div>`;
  return html`<fieldset>
    <legend>Encryption (TLS)</legend>
    ${dropdown({
      id: 'sslMode',
      label: 'Mode (sslmode)',
      value: sslMode,
      choices: sslModes.map((mode) => ({ value: mode, label: mode })),
      hint: meanings[sslMode],
      problems: state.problems('sslMode'),
      onChange: (mode) => state.change({ sslMode: mode }),
    })}
    ${file('sslRootCert', 'Root certificate', 'Without it the authorities that VS Code knows are trusted.')}
    ${file('sslCert', 'Client certificate')} ${file('sslKey', 'Client key')}
  </fieldset>`;
}
