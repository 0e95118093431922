import { nothing, type TemplateResult } from 'lit';

import { dropdown } from '../shared/fields.ts';
import { problemsOf, type ShownProblem } from '../shared/problems.ts';

/**
 * Whether the subscriber connects by a connection string or by one of its foreign servers, whose user mapping has role and
 * password; only where there are such (19 as documented, untried).
 */
export function foreignServerField(options: {
  readonly servers: readonly string[] | undefined;
  /** Null for a connection string. */
  readonly value: string | null;
  readonly problems: readonly ShownProblem[];
  readonly onChange: (server: string | null) => void;
}): TemplateResult | typeof nothing {
  const { servers = [], value } = options;
  const names = value === null || servers.includes(value) ? servers : [...servers, value];
  if (names.length === 0) return nothing;
  return dropdown({
    id: 'foreign-server',
    label: 'The subscriber connects by',
    value: value ?? '',
    choices: [
      { value: '', label: 'A connection string' },
      ...names.map((name) => ({ value: name, label: `The foreign server ${name}` })),
    ],
    hint: value === null ? undefined : 'Its user mapping for the subscription’s owner has the role and the password.',
    problems: value === null ? [] : problemsOf(options.problems, 'connection'),
    onChange: (name) => options.onChange(name === '' ? null : name),
  });
}
