import { html, nothing, type TemplateResult } from 'lit';

import type { FormServer } from '../../protocol/publication.ts';
import type { OfferedPublication, SubscriptionReview } from '../../protocol/subscription.ts';
import { FormPage } from '../shared/formPage.ts';
import { notice } from '../shared/formParts.ts';
import { problemsOf, type ShownProblem } from '../shared/problems.ts';
import { newTablesField } from './newTablesField.ts';
import { publicationsField } from './publicationsField.ts';

/** What a draft of either form has. */
interface AnyDraft {
  readonly name: string;
  readonly publications: string[];
  readonly createTables?: boolean;
}

interface PasswordRequest {
  readonly type: 'password';
  readonly value: string;
}

/** What a form of a subscription has, be it new or there already: its name, what it reads, and a password. */
export abstract class SubscriptionFormPage<
  Draft extends AnyDraft,
  Request extends { readonly type: string },
  Update extends { readonly type: string },
  Kept extends { readonly draft: Draft },
> extends FormPage<Draft, Request | PasswordRequest, Update, Kept> {
  static override properties = { ...FormPage.properties, query: { state: true }, password: { state: true } };

  declare protected review: SubscriptionReview | null;
  declare protected query: string;
  /** For the field only; the panel has it too, and nothing keeps it. */
  declare protected password: string;

  constructor() {
    super();
    this.query = '';
    this.password = '';
  }

  /** The ids of the controls by the fields of problems; null where there is none. */
  protected abstract targets(): Readonly<Record<string, string | null>>;

  protected override controlFor(problem: ShownProblem): string | null {
    const field = problem.field ?? '';
    if (field === 'options') this.querySelector('#options-fold')?.setAttribute('open', '');
    if (field === 'publications') {
      // A table that is missing is mended by the tick that has it created.
      const control = problem.object === undefined ? null : this.querySelector('#create-tables');
      if (control) return 'create-tables';
      const row = this.querySelector<HTMLElement>('#publications [tabindex="0"]');
      row?.focus();
      if (row) return '';
    }
    return this.targets()[field] ?? null;
  }

  /** The publications to tick, and what helps where the subscriber lacks their tables. */
  protected publicationFields(options: {
    readonly draft: Draft;
    readonly problems: readonly ShownProblem[];
    readonly offered: readonly OfferedPublication[] | null;
    readonly unlisted?: string;
    readonly present?: readonly string[];
    readonly subscriber: string;
    readonly onChosen: (publications: string[]) => void;
  }): TemplateResult {
    const { draft, offered, present, problems, unlisted } = options;
    return html`${publicationsField({
      offered,
      chosen: draft.publications,
      ...(present ? { present } : {}),
      ...(unlisted === undefined ? {} : { unlisted }),
      query: this.query,
      problems: problemsOf(problems, 'publications'),
      onQuery: (query) => {
        this.query = query;
      },
      onChosen: options.onChosen,
    })}
    ${newTablesField({
      missing: this.review?.missingTables ?? [],
      serverName: options.subscriber,
      checked: draft.createTables === true,
      onChange: (createTables) => this.change({ ...draft, createTables }, 'publications'),
    })}`;
  }

  /** What is typed goes to the panel; what was said of the one before isn't true of it. */
  protected takePassword(value: string): void {
    this.password = value;
    this.touched.add('password');
    if (this.refusal?.field === 'password') this.refusal = { ...this.refusal, field: null };
    this.host?.post({ type: 'password', value });
    this.reviewAgain();
  }

  /** Said above all of a server that is marked read-only; `what` isn't done: "nothing is created on it". */
  protected readOnlyNotice({ name, readOnly }: FormServer, what: string): TemplateResult | typeof nothing {
    if (!readOnly) return nothing;
    return notice('warning', `${name} is marked read-only, so ${what}. The SQL can be copied.`);
  }
}
