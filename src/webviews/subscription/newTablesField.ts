import { html, nothing, type TemplateResult } from 'lit';

import { checkbox } from '../shared/fields.ts';

/** How many names stand in a line before only their number does. */
const most = 6;

export interface NewTablesFieldOptions {
  /** As a person reads them. */
  readonly missing: readonly string[];
  /** The subscriber's name. */
  readonly serverName: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** Offers to create the tables that the subscriber lacks, as part of the plan; nothing where it lacks none. */
export function newTablesField(options: NewTablesFieldOptions): TemplateResult | typeof nothing {
  const { checked, missing, serverName } = options;
  if (missing.length === 0) return nothing;
  const number = missing.length.toLocaleString('en');
  const rest = missing.length - most;
  const names = missing.slice(0, most).join(', ') + (rest > 0 ? ` and ${rest.toLocaleString('en')} more` : '');
  return html`<div class="indented">
    ${checkbox({
      id: 'create-tables',
      label: `Create ${number} missing ${missing.length === 1 ? 'table' : 'tables'} on ${serverName}`,
      checked,
      hint: `${names}. Made as the publisher defines ${missing.length === 1 ? 'it' : 'them'}, before the rest, with keys and replica identity; without foreign keys, other indexes, triggers, privileges and comments.`,
      onChange: options.onChange,
    })}
  </div>`;
}
