import { html, type TemplateResult } from 'lit';

import { textField } from '../shared/fields.ts';
import type { ShownProblem } from '../shared/problems.ts';

/** What the field for a connection string is drawn from. */
export interface PasteState {
  readonly text: string;
  readonly problems: readonly ShownProblem[];
  /** What of the last string couldn't be used. */
  readonly remarks: readonly string[];
  readonly onInput: (text: string) => void;
  /** Read this connection string. */
  readonly onRead: (text: string) => void;
}

/**
 * The field that takes a connection string. What is pasted never shows: it goes to the panel, whose parser takes the
 * password out, and comes back as fields.
 */
export function pasteField(state: PasteState): TemplateResult {
  const remarks = state.remarks.map((message): ShownProblem => ({ severity: 'info', message }));
  return html`<div
    class="with-button"
    @paste=${(event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text') ?? '';
      // Pasted over a part of what is typed it is a correction, not a connection string.
      if (text.trim() === '' || state.text !== '') return;
      event.preventDefault();
      state.onRead(text);
    }}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === 'Enter' && state.text.trim() !== '') state.onRead(state.text);
    }}
  >
    ${textField({
      id: 'paste',
      label: 'Connection string',
      value: state.text,
      placeholder: 'postgresql://user@host:5432/database?sslmode=require',
      hint: 'Paste a URI or host=… dbname=… here and the fields below fill themselves. A password in it is taken over and not shown.',
      problems: [...state.problems, ...remarks],
      onInput: state.onInput,
    })}
    <vscode-button
      appearance="secondary"
      class="beside"
      id="fill"
      ?disabled=${state.text.trim() === ''}
      @click=${() => state.onRead(state.text)}
      >Fill In</vscode-button
    >
  </div>`;
}
