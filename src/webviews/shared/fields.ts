import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';

import { described } from './described.ts';
import { fieldProblems, type ShownProblem } from './problems.ts';
import { selected } from './selected.ts';

/** What every control of a form has. `id` is also the stem of the ids of its hint and its problems. */
interface FieldBase {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | TemplateResult | undefined;
  readonly problems?: readonly ShownProblem[];
  readonly disabled?: boolean;
}

export interface TextFieldOptions extends FieldBase {
  readonly value: string;
  readonly placeholder?: string;
  readonly password?: boolean;
  readonly required?: boolean;
  readonly onInput: (value: string) => void;
}

export interface CheckboxOptions extends FieldBase {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export interface DropdownOptions<Value extends string> extends FieldBase {
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}

/** A line of text with its label, hint and problems. */
export function textField(options: TextFieldOptions): TemplateResult {
  return field(
    options,
    html`<vscode-text-field
      id=${options.id}
      class=${hasError(options) ? 'invalid' : ''}
      type=${options.password ? 'password' : 'text'}
      placeholder=${options.placeholder ?? ''}
      spellcheck="false"
      autocomplete="off"
      ?disabled=${options.disabled ?? false}
      .value=${live(options.value)}
      @input=${(event: Event) => options.onInput((event.target as HTMLInputElement).value)}
      ${described(description(options))}
      >${labelText(options)}</vscode-text-field
    >`,
  );
}

/** Where one types words to look for in a list. */
export function searchField(options: {
  readonly id?: string;
  /** How wide it is beside others. */
  readonly class: 'grow' | 'wide';
  readonly placeholder: string;
  /** Read aloud, where it says more than the placeholder. */
  readonly label?: string;
  readonly query: string;
  /** Ids of what describes it. */
  readonly describedBy?: readonly string[];
  readonly invalid?: boolean;
  readonly onQuery: (query: string) => void;
}): TemplateResult {
  const { describedBy: ids = [], id, invalid = false, onQuery, placeholder, query } = options;
  return html`<vscode-text-field
    id=${id ?? nothing}
    class=${options.class}
    type="text"
    placeholder=${placeholder}
    spellcheck="false"
    .value=${live(query)}
    @input=${(event: Event) => onQuery((event.target as HTMLInputElement).value)}
    ${described({ ids, invalid })}
    ><strong class="sr-only">${options.label ?? placeholder}</strong
    ><span slot="start" class="codicon codicon-search" aria-hidden="true"></span
  ></vscode-text-field>`;
}

/** Text over several lines. */
export function textArea(
  options: TextFieldOptions & { readonly rows?: number; readonly mono?: boolean },
): TemplateResult {
  return field(
    options,
    html`<vscode-text-area
      id=${options.id}
      class="${hasError(options) ? 'invalid' : ''} ${options.mono ? 'mono-area' : ''}"
      rows=${options.rows ?? 2}
      resize="vertical"
      placeholder=${options.placeholder ?? ''}
      spellcheck="false"
      ?disabled=${options.disabled ?? false}
      .value=${live(options.value)}
      @input=${(event: Event) => options.onInput((event.target as HTMLTextAreaElement).value)}
      ${described(description(options))}
      >${labelText(options)}</vscode-text-area
    >`,
  );
}

/** A tick box; its hint stands under it. */
export function checkbox(options: CheckboxOptions): TemplateResult {
  return field(
    options,
    html`<vscode-checkbox
      id=${options.id}
      ?disabled=${options.disabled ?? false}
      @change=${(event: Event) => {
        // The toolkit also says so when the page itself sets the value: that comes after this, with the new options.
        const { checked } = event.target as HTMLInputElement;
        if (checked !== options.checked) options.onChange(checked);
      }}
      .checked=${live(options.checked)}
      ${described(description(options))}
      >${options.label}</vscode-checkbox
    >`,
  );
}

/** One of a few values, in a drop-down list. */
export function dropdown<Value extends string>(options: DropdownOptions<Value>): TemplateResult {
  return field(
    options,
    html`<label class="field-label" id="${options.id}-label" for=${options.id}>${options.label}</label>
      <vscode-dropdown
        id=${options.id}
        aria-label=${options.label}
        ?disabled=${options.disabled ?? false}
        @change=${(event: Event) => {
          const value = (event.target as HTMLInputElement).value as Value;
          if (value !== options.value) options.onChange(value);
        }}
        ${described(description(options))}
        ${selected(options.value)}
        >${repeat(
          options.choices,
          (choice) => choice.value,
          (choice) => html`<vscode-option value=${choice.value}>${choice.label}</vscode-option>`,
        )}</vscode-dropdown
      >`,
  );
}

/** One of a few values that should all be seen, each with what it means. */
export function radioGroup<Value extends string>(
  options: FieldBase & {
    readonly value: Value;
    readonly choices: readonly {
      readonly value: Value;
      readonly label: string;
      readonly hint?: string | undefined;
      readonly disabled?: boolean;
    }[];
    readonly onChange: (value: Value) => void;
  },
): TemplateResult {
  return field(
    options,
    html`<vscode-radio-group
      id=${options.id}
      orientation="vertical"
      aria-label=${options.label}
      ?disabled=${options.disabled ?? false}
      @change=${(event: Event) => {
        const value = (event.target as HTMLInputElement).value as Value;
        if (value !== options.value && options.choices.some((choice) => choice.value === value))
          options.onChange(value);
      }}
      .value=${live(options.value)}
      ${described(description(options))}
    >
      <span slot="label" class="field-label">${options.label}</span>
      ${options.choices.map(
        (choice) =>
          html`<vscode-radio
              value=${choice.value}
              ?disabled=${choice.disabled ?? false}
              ${described({ ids: [choice.hint ? `${options.id}-${choice.value}-hint` : null], invalid: false })}
              >${choice.label}</vscode-radio
            >${choice.hint ? html`<p class="hint" id="${options.id}-${choice.value}-hint">${choice.hint}</p>` : nothing}`,
      )}
    </vscode-radio-group>`,
  );
}

/** The frame of a field: the control, then its hint, then its problems. */
function field(options: FieldBase, control: TemplateResult): TemplateResult {
  return html`<div class="field">
    ${control}${options.hint ? html`<p class="hint" id="${options.id}-hint">${options.hint}</p>` : nothing}
    ${fieldProblems(`${options.id}-problems`, options.problems ?? [])}
  </div>`;
}

function labelText(options: TextFieldOptions): TemplateResult {
  // Not a span: the toolkit gives spans the size of an icon.
  return html`<strong class="field-label">${options.label}</strong>${
      options.required ? html`<small class="quiet"> (required)</small>` : nothing
    }`;
}

function hasError(options: FieldBase): boolean {
  return (options.problems ?? []).some((problem) => problem.severity === 'error');
}

function description(options: FieldBase): { ids: readonly (string | null)[]; invalid: boolean } {
  const problems = options.problems ?? [];
  return {
    ids: [problems.length > 0 ? `${options.id}-problems` : null, options.hint ? `${options.id}-hint` : null],
    invalid: hasError(options),
  };
}
