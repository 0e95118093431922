import { html, nothing, type TemplateResult } from 'lit';

import type { SubscriptionDraft, SubscriptionModel } from '../../protocol/subscription.ts';
import { asSentences, type ErrorDescription } from '../../replication/model/errors.ts';
import { checkbox, dropdown, radioGroup, textField } from '../shared/fields.ts';
import { serverWords } from '../shared/formParts.ts';
import { problemsOf, severityIcon, type ShownProblem } from '../shared/problems.ts';
import { addressFields } from './addressFields.ts';
import { foreignServerField } from './foreignServerField.ts';

/** What the fields of both ends are drawn from. */
export interface EndFieldsOptions {
  readonly model: SubscriptionModel;
  readonly draft: SubscriptionDraft;
  readonly problems: readonly ShownProblem[];
  /** The connection string that is being typed; not part of the draft, as it may hold a password. */
  readonly pasted: string;
  readonly pasteError: string | null;
  /** The password as typed since the page was loaded; the panel has it. */
  readonly password: string;
  readonly onDraft: (draft: SubscriptionDraft, field: string) => void;
  readonly onPasted: (text: string) => void;
  readonly onRead: (text: string) => void;
  readonly onPassword: (value: string) => void;
  readonly onLook: () => void;
  readonly onRetry: (end: 'subscriber' | 'publisher') => void;
}

/** The subscriber: one of the known connections. */
export function subscriberField(options: EndFieldsOptions): TemplateResult {
  const { draft, model } = options;
  return html`${connectionDropdown(options, {
    id: 'subscriber',
    label: 'Subscriber',
    hint: 'The server that receives the changes.',
    value: draft.subscriberConnectionId,
    onChange: (id) => options.onDraft({ ...draft, subscriberConnectionId: id }, 'subscriber'),
  })}
  ${endLine(model.subscriber, () => options.onRetry('subscriber'))}`;
}

/** The publisher: a known connection, or an address. */
export function publisherFields(options: EndFieldsOptions): TemplateResult {
  const { draft, model } = options;
  const typed = draft.publisherKind === 'typed';
  return html`${radioGroup({
      id: 'publisher-kind',
      label: 'Publisher',
      value: draft.publisherKind,
      choices: [
        { value: 'known', label: 'A known connection' },
        { value: 'typed', label: 'Another server, by its connection string' },
      ],
      onChange: (publisherKind) => options.onDraft({ ...draft, publisherKind }, 'publisher'),
    })}
    <div class="indented">
      ${
        typed
          ? pasteField(options)
          : connectionDropdown(options, {
              id: 'publisher',
              label: 'Publisher’s connection',
              value: draft.publisherConnectionId,
              onChange: (id) => options.onDraft({ ...draft, publisherConnectionId: id }, 'publisher'),
            })
      }
      ${endLine(model.publisher, () => (typed ? options.onLook() : options.onRetry('publisher')))}
      ${
        model.publisher.phase === 'open' && model.publisher.sameCluster
          ? html`<p class="hint">Publisher and subscriber are databases of one server.</p>`
          : nothing
      }
      ${foreignServerField({
        servers: model.subscriber.phase === 'open' ? model.subscriber.foreignServers : undefined,
        value: draft.foreignServer ?? null,
        problems: options.problems,
        onChange: (server) => {
          const { foreignServer: _before, ...others } = draft;
          options.onDraft(server === null ? others : { ...others, foreignServer: server }, 'connection');
        },
      })}
      ${
        draft.foreignServer === undefined && (typed || draft.publisherConnectionId !== null)
          ? addressFields({
              legend: 'As the subscriber reaches it',
              address: draft.address,
              problems: options.problems,
              password: passwordField(options),
              onAddress: (address, field) => options.onDraft({ ...draft, address }, field),
            })
          : nothing
      }
      ${
        typed
          ? html`<div>
              <vscode-button
                appearance="secondary"
                id="look"
                ?disabled=${draft.address.host.trim() === '' || model.publisher.phase === 'opening'}
                @click=${options.onLook}
                >Look Up Publications</vscode-button
              >
            </div>`
          : nothing
      }
    </div>`;
}

function passwordField(options: EndFieldsOptions): TemplateResult {
  const { draft, model, problems } = options;
  const name = model.publisher.phase === 'open' ? model.publisher.server.name : 'the connection';
  const saved = draft.publisherKind === 'known' && model.publisher.phase === 'open' && model.publisher.savedPassword;
  const useSaved = saved && draft.useSavedPassword;
  return html`${textField({
    id: 'password',
    label: 'Password',
    value: useSaved ? '' : options.password,
    password: true,
    disabled: useSaved,
    placeholder: useSaved
      ? '•••••••• (saved)'
      : model.passwordTyped && options.password === ''
        ? '•••••••• (as typed before)'
        : '',
    problems: problemsOf(problems, 'password'),
    onInput: options.onPassword,
  })}
  ${
    saved
      ? checkbox({
          id: 'saved-password',
          label: `Use the password saved with ${name}`,
          checked: draft.useSavedPassword,
          onChange: (useSavedPassword) => options.onDraft({ ...draft, useSavedPassword }, 'password'),
        })
      : nothing
  }`;
}

/** Takes a connection string. What is pasted goes to the panel and comes back as fields, without its password. */
function pasteField(options: EndFieldsOptions): TemplateResult {
  return html`<div
    class="with-button"
    @paste=${(event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text') ?? '';
      // Pasted over a part of what is typed it is a correction, not a connection string.
      if (text.trim() === '' || options.pasted !== '') return;
      event.preventDefault();
      options.onRead(text);
    }}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === 'Enter' && options.pasted.trim() !== '') options.onRead(options.pasted);
    }}
  >
    ${textField({
      id: 'paste',
      label: 'Connection string',
      value: options.pasted,
      // It may hold a password.
      password: true,
      hint: 'postgresql://… or host=… dbname=…: it fills in the fields below; a password in it is taken over and not shown.',
      problems: options.pasteError === null ? [] : [{ severity: 'error', message: options.pasteError }],
      onInput: options.onPasted,
    })}
    <vscode-button
      appearance="secondary"
      class="beside"
      ?disabled=${options.pasted.trim() === ''}
      @click=${() => options.onRead(options.pasted)}
      >Fill In</vscode-button
    >
  </div>`;
}

function connectionDropdown(
  options: EndFieldsOptions,
  choice: {
    readonly id: 'subscriber' | 'publisher';
    readonly label: string;
    readonly hint?: string;
    readonly value: string | null;
    readonly onChange: (id: string | null) => void;
  },
): TemplateResult {
  const { connections } = options.model;
  return dropdown({
    id: choice.id,
    label: choice.label,
    ...(choice.hint === undefined ? {} : { hint: choice.hint }),
    value: choice.value ?? '',
    choices: [
      { value: '', label: connections.length === 0 ? 'No connections yet' : 'Choose a connection…' },
      ...connections.map(({ id, name, place }) => ({ value: id, label: `${name} (${place})` })),
    ],
    problems: problemsOf(options.problems, choice.id),
    onChange: (value) => choice.onChange(value === '' ? null : value),
  });
}

/** How an end stands, in a line. */
function endLine(
  end: SubscriptionModel['subscriber'] | SubscriptionModel['publisher'],
  onRetry: () => void,
): TemplateResult | typeof nothing {
  switch (end.phase) {
    case 'none':
      return nothing;
    case 'opening':
      return html`<p class="end-line quiet" role="status">Connecting to ${end.name}…</p>`;
    case 'failed':
      return html`<div class="end-line">
        <p class="problem">${severityIcon('error')}<span>${failure(end.error)}</span></p>
        ${serverWords(end.error)}
        <button class="link" @click=${onRetry}>Connect again</button>
      </div>`;
    case 'open':
      return html`<p class="end-line quiet">
        <span class="codicon codicon-pass icon-pass" aria-hidden="true"></span> PostgreSQL ${end.server.version} ·
        database ${end.server.database} · as ${end.server.role}
        ${end.server.production ? html`<span class="badge">production</span>` : nothing}
        ${end.server.readOnly ? html`<span class="badge">read-only</span>` : nothing}
      </p>`;
  }
}

function failure(error: ErrorDescription): string {
  return asSentences(error.message, error.advice);
}
