import { html, nothing, type TemplateResult } from 'lit';

import { checkbox, textField } from '../shared/fields.ts';
import type { FormState } from './formState.ts';

/** VS Code's chart colours; the empty one is none. */
const colors = [
  ['', 'None'],
  ['charts.red', 'Red'],
  ['charts.orange', 'Orange'],
  ['charts.yellow', 'Yellow'],
  ['charts.green', 'Green'],
  ['charts.blue', 'Blue'],
  ['charts.purple', 'Purple'],
] as const;

/** How the connection is called and shown, and how careful one has to be with it. */
export function lookFields(state: FormState, suggestedName: string, folders: readonly string[]): TemplateResult {
  const { fields } = state;
  return html`<fieldset>
    <legend>In the Servers view</legend>
    <div class="columns">
      ${textField({
        id: 'name',
        label: 'Name',
        value: fields.name,
        placeholder: suggestedName,
        problems: state.problems('name'),
        onInput: (name) => state.change({ name }),
      })}
      ${textField({
        id: 'folder',
        label: 'Folder',
        value: fields.folder,
        placeholder: 'none',
        hint: folders.length === 0 ? undefined : folderChoice(folders, (folder) => state.change({ folder })),
        problems: state.problems('folder'),
        onInput: (folder) => state.change({ folder }),
      })}
    </div>
    <div class="swatches" role="radiogroup" aria-labelledby="color-label">
      <span class="field-label" id="color-label">Color</span>
      ${colors.map(
        ([value, label]) =>
          html`<label class="swatch">
            <input
              type="radio"
              name="color"
              value=${value}
              .checked=${fields.color === value}
              @change=${() => state.change({ color: value })}
            /><span class="dot ${value.replace('.', '-')}" aria-hidden="true"></span>${label}
          </label>`,
      )}
    </div>
    ${checkbox({
      id: 'production',
      label: 'Production',
      checked: fields.production,
      hint: 'A change asks for the name of the connection to be typed.',
      onChange: (production) => state.change({ production }),
    })}
    ${checkbox({
      id: 'readOnly',
      label: 'Read-only',
      checked: fields.readOnly,
      hint: 'Changes are refused.',
      onChange: (readOnly) => state.change({ readOnly }),
    })}
  </fieldset>`;
}

/** How long to wait, how our sessions are called, and what no session can find out. */
export function sessionFields(state: FormState): TemplateResult {
  const { fields } = state;
  return html`<fieldset>
    <legend>Session</legend>
    <div class="columns">
      ${textField({
        id: 'connectTimeout',
        label: 'Connect timeout, seconds',
        value: fields.connectTimeout,
        problems: state.problems('connectTimeout'),
        onInput: (connectTimeout) => state.change({ connectTimeout }),
      })}
      ${textField({
        id: 'statementTimeout',
        label: 'Statement timeout, seconds',
        value: fields.statementTimeout,
        hint: '0 means no limit.',
        problems: state.problems('statementTimeout'),
        onInput: (statementTimeout) => state.change({ statementTimeout }),
      })}
    </div>
    ${textField({
      id: 'applicationName',
      label: 'Application name',
      value: fields.applicationName,
      hint: 'As our sessions show in pg_stat_activity.',
      problems: state.problems('applicationName'),
      onInput: (applicationName) => state.change({ applicationName }),
    })}
    ${textField({
      id: 'walVolume',
      label: 'Size of the WAL volume',
      value: fields.walVolume,
      placeholder: 'not known',
      hint: 'Such as 200 GB: what the volume of the server’s pg_wal holds. No server tells; with it, the time until slots fill it is foretold.',
      problems: state.problems('walVolume'),
      onInput: (walVolume) => state.change({ walVolume }),
    })}
  </fieldset>`;
}

function folderChoice(folders: readonly string[], choose: (folder: string) => void): TemplateResult {
  const shown = folders.slice(0, 8);
  return html`In use:
  ${shown.map(
    (folder, index) =>
      html`<button class="link" @click=${() => choose(folder)}>${folder}</button
        >${index < shown.length - 1 ? ', ' : nothing}`,
  )}`;
}
