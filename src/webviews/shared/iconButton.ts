import { html, type TemplateResult } from 'lit';

/** A small button that shows a codicon (its name without the prefix); `label` is its tooltip and what is read aloud. */
export function iconButton(
  icon: string,
  label: string,
  onClick: () => void,
  state: { readonly disabled?: boolean } = {},
): TemplateResult {
  return html`<button
    class="icon-button"
    title=${label}
    aria-label=${label}
    ?disabled=${state.disabled === true}
    @click=${onClick}
  >
    <span class="codicon codicon-${icon}" aria-hidden="true"></span>
  </button>`;
}
