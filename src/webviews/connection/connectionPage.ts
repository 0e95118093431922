import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';

import type {
  ConnectionAttempt,
  ConnectionFields,
  ConnectionKept,
  ConnectionModel,
  ConnectionRequest,
  ConnectionReview,
  ConnectionUpdate,
} from '../../protocol/connection.ts';
import type { Announcer } from '../shared/announcer.ts';
import { spokesman } from '../shared/described.ts';
import { DraftFlow } from '../shared/draftFlow.ts';
import { notice } from '../shared/formParts.ts';
import { type PageHost, sayReady } from '../shared/host.ts';
import { PageElement } from '../shared/page.ts';
import { problemsOf, type ShownProblem } from '../shared/problems.ts';
import { attemptView } from './attemptView.ts';
import type { FormState } from './formState.ts';
import { lookFields, sessionFields } from './lookFields.ts';
import { pasteField } from './pasteField.ts';
import { serverFields } from './serverFields.ts';
import { tlsFields } from './tlsFields.ts';

export type ConnectionHost = PageHost<
  ConnectionRequest | { type: 'ready'; kept?: unknown },
  ConnectionUpdate,
  ConnectionKept
>;

const titles = { add: 'Add Connection', edit: 'Edit Connection', duplicate: 'Duplicate Connection' } as const;

/** The form of a connection. */
export class ConnectionPage extends PageElement {
  static override properties = {
    model: { state: true },
    fields: { state: true },
    review: { state: true },
    attempt: { state: true },
    password: { state: true },
    passwordKept: { state: true },
    paste: { state: true },
    attempted: { state: true },
    failure: { state: true },
  };

  declare protected model: ConnectionModel | null;
  declare protected fields: ConnectionFields | null;
  declare protected review: ConnectionReview | null;
  declare protected attempt: ConnectionAttempt;
  declare protected password: string;
  declare protected passwordKept: boolean;
  declare protected paste: {
    readonly text: string;
    readonly problems: readonly ShownProblem[];
    readonly remarks: readonly string[];
  };
  /** Test or Save was pressed once: from then on what is missing is an error. */
  declare protected attempted: boolean;
  declare protected failure: string | null;

  readonly #touched = new Set<string>();
  readonly #flow = new DraftFlow<ConnectionFields>((sequence, fields) => {
    if (this.model) this.#host?.setState({ purpose: this.model.purpose, fields });
    this.#host?.post({ type: 'draft', sequence, fields });
  });
  #host: ConnectionHost | null = null;
  #focusNext: string | null = null;
  /** Test or Save was pressed while a review was under way. */
  #whenReviewed: (() => void) | null = null;
  /** What was typed since a pasted string went to the host: its answer must not undo that. */
  #typedSincePaste: Partial<ConnectionFields> = {};

  constructor() {
    super();
    this.model = null;
    this.fields = null;
    this.review = null;
    this.attempt = { type: 'attempt', state: 'none' };
    this.password = '';
    this.passwordKept = false;
    this.paste = { text: '', problems: [], remarks: [] };
    this.attempted = false;
    this.failure = null;
  }

  /** Joins the page to its panel. */
  connect(host: ConnectionHost): void {
    this.#host = host;
    host.onMessage((message) => this.#hear(message));
    sayReady(host);
  }

  protected override render(): TemplateResult {
    const { model, fields } = this;
    if (!model || !fields) return html`<page-announcer></page-announcer>`;
    const running = this.attempt.state === 'running';
    const state: FormState = {
      fields,
      problems: (field) => problemsOf(this.#shownProblems(), field),
      change: (change) => this.#change(change),
    };
    return html`<main class="form-page">
        <div class="form-main">
          <header class="form-head"><h1>${titles[model.purpose.mode]}</h1></header>
          ${this.failure === null ? nothing : notice('error', this.failure)}
          ${pasteField({
            ...this.paste,
            onInput: (text) => {
              this.paste = { text, problems: [], remarks: this.paste.remarks };
            },
            onRead: (text) => {
              this.#typedSincePaste = {};
              this.#host?.post({ type: 'paste', text, fields });
            },
          })}
          ${serverFields(state, {
            value: this.password,
            kept: this.passwordKept,
            stored: model.storedPassword,
            onInput: (value) => this.#typePassword(value),
          })}
          ${tlsFields(state, (field) => this.#host?.post({ type: 'browse', field }))}
          ${lookFields(state, this.review?.suggestedName ?? '', model.folders)} ${sessionFields(state)}
        </div>
        <aside class="form-aside" aria-label="Connection test">
          ${attemptView(this.attempt, {
            onStop: () => this.#host?.post({ type: 'stop' }),
            onSaveUntested: () => this.#submit({ type: 'save', untested: true }),
          })}
        </aside>
        <footer class="form-foot">
          <vscode-button id="save" ?disabled=${running} @click=${() => this.#submit({ type: 'save', untested: false })}
            >Save</vscode-button
          >
          <vscode-button
            id="test"
            appearance="secondary"
            ?disabled=${running}
            @click=${() => this.#submit({ type: 'test' })}
            >Test</vscode-button
          >
          <vscode-button appearance="secondary" @click=${() => this.#host?.post({ type: 'dismiss' })}
            >Cancel</vscode-button
          >
        </footer>
      </main>
      <page-announcer></page-announcer>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const id = this.#focusNext;
    if (id === null) return;
    const element = document.getElementById(id);
    if (!element) return;
    this.#focusNext = null;
    // The toolkit makes its inner controls when the element is connected, one frame on.
    requestAnimationFrame(() => {
      spokesman(element).focus();
      element.scrollIntoView({ block: 'nearest' });
    });
  }

  /** What is only not filled in yet stays unsaid until Test or Save is pressed. */
  #shownProblems(): readonly ShownProblem[] {
    return (this.review?.problems ?? []).filter(
      ({ severity, field }) =>
        this.attempted || severity !== 'error' || (field !== undefined && this.#touched.has(field)),
    );
  }

  #change(change: Partial<ConnectionFields>): void {
    if (!this.fields) return;
    this.fields = { ...this.fields, ...change };
    this.#typedSincePaste = { ...this.#typedSincePaste, ...change };
    for (const field of Object.keys(change)) this.#touched.add(field);
    this.#flow.changed(this.fields);
  }

  #typePassword(value: string): void {
    this.password = value;
    this.passwordKept = false;
    this.#host?.post({ type: 'password', value });
  }

  #submit(request: { type: 'test' } | { type: 'save'; untested: boolean }): void {
    const { fields } = this;
    if (!fields) return;
    this.attempted = true;
    if (!this.#flow.settled) {
      this.#whenReviewed = () => this.#submit(request);
      return;
    }
    const errors = (this.review?.problems ?? []).filter(({ severity }) => severity === 'error');
    const [first] = errors;
    if (first) {
      const count = errors.length === 1 ? 'One thing is' : `${errors.length} things are`;
      this.#say(`${count} to be mended first: ${first.message}`);
      this.#focus(first.field ?? 'host');
      return;
    }
    this.failure = null;
    this.#host?.post({ ...request, fields });
  }

  #focus(id: string): void {
    this.#focusNext = id;
    this.requestUpdate();
  }

  #hear(message: ConnectionUpdate): void {
    switch (message.type) {
      case 'model': {
        const first = this.model === null;
        this.model = message;
        this.fields = message.fields;
        this.passwordKept = message.typedPassword;
        if (first) this.#focusNext = message.purpose.mode === 'add' ? 'paste' : 'host';
        this.#flow.changed(message.fields);
        return;
      }
      case 'filled':
        this.paste = { text: '', problems: [], remarks: message.remarks };
        this.fields = { ...message.fields, ...this.#typedSincePaste };
        this.password = '';
        this.passwordKept = message.typedPassword;
        for (const field of ['host', 'port', 'user', 'database']) this.#touched.add(field);
        this.#say(`The fields are filled in.${message.remarks.map((remark) => ` ${remark}`).join('')}`);
        this.#flow.changed(this.fields);
        return;
      case 'pasteRefused': {
        const { advice } = message.error;
        const words = advice ? `${message.error.message} ${advice}` : message.error.message;
        this.paste = { text: message.text, problems: [{ severity: 'error', message: words }], remarks: [] };
        this.#say(words);
        return;
      }
      case 'review':
        if (!this.#flow.answered(message.sequence)) return;
        this.review = message;
        this.#resume();
        return;
      case 'attempt':
        this.#hearAttempt(message);
        return;
      case 'chosen':
        this.#change({ [message.field]: message.path });
        this.#focus(message.field);
        return;
      case 'failed':
        this.failure = message.error.message;
        this.#say(message.error.message);
        return;
    }
  }

  #hearAttempt(attempt: ConnectionAttempt): void {
    const before = this.attempt.state;
    this.attempt = attempt;
    if (attempt.state === 'running') this.#say(`Connecting to ${attempt.place}…`);
    if (attempt.state === 'none' && before === 'running') {
      this.#say('Stopped.');
      this.#focus('test');
    }
    // Not when a page that was hidden is told how it stood.
    if (before !== 'running') return;
    if (attempt.state === 'worked') this.#say(`Connected to PostgreSQL ${attempt.server.version}.`);
    if (attempt.state === 'failed') this.#say(`Not connected: ${attempt.error.message}`);
    if (attempt.state === 'worked' || attempt.state === 'failed') this.#focus('attempt-result');
  }

  #resume(): void {
    const resume = this.#whenReviewed;
    this.#whenReviewed = null;
    resume?.();
  }

  #say(message: string): void {
    this.querySelector<Announcer>('page-announcer')?.say(message);
  }
}
