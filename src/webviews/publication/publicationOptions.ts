import { html, nothing, type TemplateResult } from 'lit';

import type { PublicationDraft, PublicationModel } from '../../protocol/publication.ts';
import type { Capability } from '../../replication/model/capability.ts';
import { checkbox } from '../shared/fields.ts';
import { fieldProblems, problemsOf, type ShownProblem } from '../shared/problems.ts';

export interface PublicationOptionsOptions {
  readonly model: PublicationModel;
  readonly draft: PublicationDraft;
  readonly problems: readonly ShownProblem[];
  readonly onDraft: (draft: PublicationDraft, field: 'operations' | 'options') => void;
}

/** The operations that are published: INSERT, UPDATE, DELETE, and TRUNCATE where the server has it. */
export function operationFields(options: PublicationOptionsOptions): TemplateResult {
  const { draft, model } = options;
  const truncate = model.capabilities['publication.truncate'];
  const names = (['insert', 'update', 'delete', 'truncate'] as const).filter(
    (name) => name !== 'truncate' || offered(truncate),
  );
  return html`<div class="field" role="group" aria-labelledby="operations-label">
    <span class="field-label" id="operations-label">Operations</span>
    <div class="row">
      ${names.map((name) =>
        checkbox({
          id: `operation-${name}`,
          label: name.toUpperCase(),
          checked: draft.operations[name],
          disabled: name === 'truncate' && !truncate.can,
          onChange: (checked) =>
            options.onDraft({ ...draft, operations: { ...draft.operations, [name]: checked } }, 'operations'),
        }),
      )}
    </div>
    ${fieldProblems('operations-problems', problemsOf(options.problems, 'operations'))}
  </div>`;
}

/** Via the partition root, and generated columns; each only where the server's version has it. */
export function otherOptions(options: PublicationOptionsOptions): TemplateResult | typeof nothing {
  const { draft, model } = options;
  const viaRoot = model.capabilities['publication.viaRoot'];
  const generated = model.capabilities['publication.generatedColumns'];
  if (!offered(viaRoot) && !offered(generated)) return nothing;
  return html`<div class="field" role="group" aria-labelledby="options-label">
    <span class="field-label" id="options-label">Options</span>
    ${
      offered(viaRoot)
        ? checkbox({
            id: 'via-root',
            label: 'Publish via partition root',
            hint: viaRoot.can
              ? 'Changes of partitions are sent as changes of the partitioned table, so the subscriber may be partitioned otherwise.'
              : viaRoot.reason,
            checked: draft.viaRoot,
            disabled: !viaRoot.can,
            onChange: (checked) => options.onDraft({ ...draft, viaRoot: checked }, 'options'),
          })
        : nothing
    }
    ${
      offered(generated)
        ? checkbox({
            id: 'generated-columns',
            label: 'Publish stored generated columns',
            hint: generated.can
              ? 'Otherwise the subscriber computes them itself. Tables with a column list publish what the list says.'
              : generated.reason,
            checked: draft.generatedColumns === 'stored',
            disabled: !generated.can,
            onChange: (checked) =>
              options.onDraft({ ...draft, generatedColumns: checked ? 'stored' : 'none' }, 'options'),
          })
        : nothing
    }
    ${fieldProblems('options-problems', problemsOf(options.problems, 'options'))}
  </div>`;
}

/** What the server's version lacks isn't offered; what stands in its way otherwise is shown, with the reason. */
function offered(capability: Capability): capability is Capability & ({ can: true } | { can: false }) {
  return capability.can || capability.because !== 'version';
}
