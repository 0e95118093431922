import { html, type TemplateResult } from 'lit';

import type { PublisherAddressDraft } from '../../protocol/subscription.ts';
import { textField } from '../shared/fields.ts';
import { problemsOf, type ShownProblem } from '../shared/problems.ts';

export interface AddressFieldsOptions {
  readonly legend: string;
  readonly address: PublisherAddressDraft;
  readonly problems: readonly ShownProblem[];
  /** The password's field, which each form has in its own way. */
  readonly password: TemplateResult;
  /** Further lines at the end. */
  readonly notes?: TemplateResult | undefined;
  readonly onAddress: (address: PublisherAddressDraft, field: string) => void;
}

/** The address as the subscriber's server will use it, which may differ from ours. */
export function addressFields(options: AddressFieldsOptions): TemplateResult {
  const { address, problems } = options;
  const field = (
    name: keyof PublisherAddressDraft,
    label: string,
    more: { hint?: string; placeholder?: string } = {},
  ) =>
    textField({
      id: name,
      label,
      value: address[name],
      ...more,
      problems: name === 'host' ? problemsOf(problems, 'connection') : problemsOf(problems, name),
      onInput: (value) => options.onAddress({ ...address, [name]: value }, name === 'more' ? 'more' : 'connection'),
    });
  return html`<fieldset class="address">
    <legend class="field-label">${options.legend}</legend>
    <p class="hint">The subscriber connects by itself, from its own machine: “localhost” is that machine there.</p>
    <div class="host-port">${field('host', 'Host')} ${field('port', 'Port', { placeholder: '5432' })}</div>
    <div class="columns-2">${field('database', 'Database')} ${field('user', 'User')}</div>
    ${options.password}
    ${field('more', 'Further parameters', {
      placeholder: 'sslmode=verify-full sslrootcert=/etc/ssl/ca.pem',
      hint: 'Files named here are read on the subscriber’s machine.',
    })}
    ${options.notes}
  </fieldset>`;
}
