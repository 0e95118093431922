import { html, nothing, type TemplateResult } from 'lit';

import type { FailedMessage } from '../../protocol/messages.ts';
import type { DraftReview, Refusal, RunState } from '../../protocol/publication.ts';
import type { ErrorDescription } from '../../replication/model/errors.ts';
import type { Announcer } from './announcer.ts';
import { spokesman } from './described.ts';
import { DraftFlow } from './draftFlow.ts';
import { textField } from './fields.ts';
import { problemList, refusalView, runView } from './formParts.ts';
import { type PageHost, sayReady } from './host.ts';
import { PageElement } from './page.ts';
import { problemsOf, type ShownProblem } from './problems.ts';
import { sqlPreview } from './sqlPreview.ts';

/** What every form with SQL beside it sends. */
export type FormRequest<Draft> =
  | { readonly type: 'ready'; readonly kept?: unknown }
  | { readonly type: 'draft'; readonly sequence: number; readonly draft: Draft }
  | { readonly type: 'create'; readonly draft: Draft }
  | { readonly type: 'stop' }
  | { readonly type: 'dismiss' }
  | { readonly type: 'copySql' }
  | { readonly type: 'openSql' };

/** What every such form is told, beside what is its own. */
export type FormUpdate = DraftReview | RunState | Refusal | FailedMessage;

/** How a form speaks of what it does. */
export interface FormWords {
  /** Nothing came of it. */
  readonly refused: string;
  /** It is at work. */
  readonly running: string;
  /** There is no SQL, because nothing differs. Absent where that can't be. */
  readonly nothingToRun?: string;
}

/**
 * A form whose draft is reviewed by its panel as one types: SQL and problems beside it, a refusal next to what caused
 * it, the focus on what is to be mended. Nothing that was typed is ever taken away.
 */
export abstract class FormPage<
  Draft extends { readonly name: string },
  Request extends { readonly type: string },
  Update extends { readonly type: string },
  Kept extends { readonly draft: Draft },
> extends PageElement {
  static override properties = {
    draft: { state: true },
    review: { state: true },
    refusal: { state: true },
    run: { state: true },
    attempted: { state: true },
  };

  declare protected draft: Draft | null;
  declare protected review: DraftReview | null;
  declare protected refusal: Refusal | null;
  declare protected run: RunState | null;
  /** Create was pressed once: from then on what is missing is an error, before it is only not there yet. */
  declare protected attempted: boolean;
  protected readonly touched = new Set<string>();
  protected host: PageHost<Request | FormRequest<Draft>, Update, Kept> | null = null;

  readonly #flow = new DraftFlow<Draft>((sequence, draft) => {
    this.host?.setState(this.keep(draft));
    this.host?.post({ type: 'draft', sequence, draft });
  });
  /** Where the focus goes as soon as it is there. */
  #focusNext: string | null = null;
  #createWhenReviewed = false;

  constructor() {
    super();
    this.draft = null;
    this.review = null;
    this.refusal = null;
    this.run = null;
    this.attempted = false;
  }

  /** Joins the page to its panel. */
  connect(host: PageHost<Request | FormRequest<Draft>, Update, Kept>): void {
    this.host = host;
    this.draft = host.getState()?.draft ?? null;
    host.onMessage((message) => {
      if (!this.#hear(message as unknown as FormUpdate)) this.hear(message);
    });
    sayReady(host);
  }

  /** A form that edits speaks otherwise than one that creates. */
  protected get words(): FormWords {
    return { refused: 'Not created', running: 'Creating…' };
  }

  /** What outlives the page being hidden; no secret. */
  protected abstract keep(draft: Draft): Kept;
  /** A message of this form alone. */
  protected abstract hear(message: Update): void;
  /**
   * Shows what a problem is about, as far as needed, and gives the id of the control to mend it with; empty where
   * it has put the focus there itself, null where there is none.
   */
  protected abstract controlFor(problem: ShownProblem): string | null;

  /** The draft is now this one, by a change of this field. */
  protected change(draft: Draft, field: string): void {
    this.draft = draft;
    this.touched.add(field);
    // What the server said of this field was said of its old value.
    if (this.refusal?.field === field) this.refusal = { ...this.refusal, field: null };
    // At once: a draft that waits for its review must not be lost with the window.
    this.host?.setState(this.keep(draft));
    this.#flow.changed(draft);
  }

  /** Asks for a review of what is there, because something else than the draft changed. */
  protected reviewAgain(): void {
    if (this.draft) this.#flow.changed(this.draft);
  }

  /** What is only not filled in yet stays unsaid until Create is pressed. */
  protected shownProblems(): readonly ShownProblem[] {
    const reviewed: readonly ShownProblem[] = (this.review?.problems ?? []).filter(
      ({ severity, field }) => this.attempted || severity !== 'error' || field === undefined || this.touched.has(field),
    );
    const { refusal } = this;
    if (!refusal?.field) return reviewed;
    const { error, field, object } = refusal;
    const words = refusalWords(error);
    return [
      { severity: 'error', message: words, field, ...(object === null ? {} : { object }) },
      // A warning that it was refused for is said already.
      ...reviewed.filter(({ message }) => message !== words),
    ];
  }

  /** The name of what the form is about. */
  protected nameField(draft: Draft, problems: readonly ShownProblem[]): TemplateResult {
    return textField({
      id: 'name',
      label: 'Name',
      value: draft.name,
      required: true,
      problems: problemsOf(problems, 'name'),
      onInput: (name) => this.change({ ...draft, name }, 'name'),
    });
  }

  /** The focus goes to this control after the next render that has it. */
  protected focusSoon(id: string): void {
    this.#focusNext = id;
    this.requestUpdate();
  }

  /** Read aloud, politely. */
  protected say(message: string): void {
    this.querySelector<Announcer>('page-announcer')?.say(message);
  }

  /** Puts the focus where a problem can be mended. */
  protected goTo(problem: ShownProblem): void {
    const control = this.controlFor(problem);
    if (control) this.focusSoon(control);
  }

  /** Beside the fields, always in sight: what is said above all, a refusal, the problems, the SQL. */
  protected aside(problems: readonly ShownProblem[], above: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`<aside class="form-aside" aria-label="Problems and SQL">
      ${above} ${refusalView(this.refusal, this.words.refused)}
      ${problemList(problems, (problem) => this.goTo(problem))}
      ${sqlPreview(
        this.review,
        {
          onCopy: () => {
            this.host?.post({ type: 'copySql' });
            this.say('SQL copied.');
          },
          onOpen: () => this.host?.post({ type: 'openSql' }),
        },
        this.words.nothingToRun,
      )}
    </aside>`;
  }

  /** Below all: the run, and what to do. */
  protected foot(verb: string, blocked: boolean): TemplateResult {
    return html`<footer class="form-foot">
      ${runView(this.run, () => this.host?.post({ type: 'stop' }))}
      <vscode-button id="create" ?disabled=${blocked || (this.run?.running ?? false)} @click=${() => this.#create()}
        >${verb}</vscode-button
      >
      <vscode-button appearance="secondary" @click=${() => this.host?.post({ type: 'dismiss' })}>Cancel</vscode-button>
    </footer>`;
  }

  protected override updated(): void {
    const element = this.#focusNext === null ? null : document.getElementById(this.#focusNext);
    if (!element) return;
    this.#focusNext = null;
    // The toolkit makes its inner controls when the element is connected, one frame on.
    requestAnimationFrame(() => {
      spokesman(element).focus();
      element.scrollIntoView({ block: 'nearest' });
    });
  }

  #create(): void {
    const { draft } = this;
    if (!draft) return;
    this.attempted = true;
    if (!this.#flow.settled) {
      this.#createWhenReviewed = true;
      return;
    }
    const errors = (this.review?.problems ?? []).filter((problem) => problem.severity === 'error');
    const [first] = errors;
    if (first) {
      const count = errors.length === 1 ? 'One thing is' : `${errors.length} things are`;
      this.say(`${count} to be mended first: ${first.message}`);
      this.goTo(first);
      return;
    }
    this.refusal = null;
    this.host?.post({ type: 'create', draft });
  }

  /** True where the message was one of every form. */
  #hear(message: FormUpdate): boolean {
    switch (message.type) {
      case 'review':
        if (!this.#flow.answered(message.sequence)) return true;
        this.review = message;
        if (this.#createWhenReviewed) {
          this.#createWhenReviewed = false;
          this.#create();
        }
        return true;
      case 'run': {
        const waits = message.waiting !== null && this.run?.waiting === null;
        this.run = message;
        if (waits) this.say('Waiting for open transactions on the publisher.');
        else if (message.running && message.waiting === null) this.say(message.step ?? this.words.running);
        return true;
      }
      case 'refused': {
        this.refusal = message;
        this.say(`${this.words.refused}: ${message.error.message}`);
        const { field, object, error } = message;
        const problem = { severity: 'error', message: error.message, ...(field === null ? {} : { field }) } as const;
        const control = this.controlFor(object === null ? problem : { ...problem, object }) ?? 'refusal';
        if (control !== '') this.focusSoon(control);
        return true;
      }
      case 'failed':
        this.refusal = { type: 'refused', error: message.error, field: null, object: null, done: [] };
        this.say(message.error.message);
        return true;
      default:
        return false;
    }
  }
}

/** Our sentence with the server's detail, which often is what tells what is wrong. */
function refusalWords({ message, server }: ErrorDescription): string {
  return server?.detail === undefined || message.includes(server.detail) ? message : `${message} ${server.detail}`;
}
