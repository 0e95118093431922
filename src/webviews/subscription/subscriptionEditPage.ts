import { html, nothing, type TemplateResult } from 'lit';

import type { ServerUnavailable } from '../../protocol/publication.ts';
import type {
  SubscriptionEditDraft,
  SubscriptionEdited,
  SubscriptionEditKept,
  SubscriptionEditModel,
  SubscriptionEditRequest,
  SubscriptionEditUpdate,
} from '../../protocol/subscriptionEdit.ts';
import type { FormRequest, FormWords } from '../shared/formPage.ts';
import { formHead, notice, unavailableView } from '../shared/formParts.ts';
import type { PageHost } from '../shared/host.ts';
import { problemsOf } from '../shared/problems.ts';
import { connectionFields, type EditFieldsOptions, refreshFields, slotAndState } from './editFields.ts';
import { rebase } from './rebase.ts';
import { withoutSecrets } from './sameDraft.ts';
import { SubscriptionFormPage } from './subscriptionFormPage.ts';
import { subscriptionOptions } from './subscriptionOptions.ts';

/** Nothing here reads a publisher that no connection leads to: the password in the connection string isn't ours to use. */
const unlisted =
  'No connection that is open here is known to lead to the publisher. With one, publications are listed here, and tables that are missing can be created.';

type Host = PageHost<
  SubscriptionEditRequest | FormRequest<SubscriptionEditDraft>,
  SubscriptionEditUpdate,
  SubscriptionEditKept
>;

/** The form that changes a subscription: filled with what is there, beside it the SQL of what differs. */
export class SubscriptionEditPage extends SubscriptionFormPage<
  SubscriptionEditDraft,
  SubscriptionEditRequest,
  SubscriptionEditUpdate,
  SubscriptionEditKept
> {
  static override properties = {
    ...SubscriptionFormPage.properties,
    model: { state: true },
    unavailable: { state: true },
    meanwhile: { state: true },
  };

  declare protected model: SubscriptionEditModel | null;
  declare protected unavailable: ServerUnavailable | null;
  /** What changed on the server since the form was opened. */
  declare protected meanwhile: { readonly taken: readonly string[]; readonly clashing: readonly string[] };
  #edited: SubscriptionEdited = { connectionId: '', subscription: '' };
  /** What was there when the draft was begun, or last taken over. */
  #base: SubscriptionEditDraft | null = null;

  constructor() {
    super();
    this.model = null;
    this.unavailable = null;
    this.meanwhile = { taken: [], clashing: [] };
  }

  /** Joins the page to its panel, for one subscription. */
  edit(edited: SubscriptionEdited, host: Host): void {
    this.#edited = edited;
    this.#base = host.getState()?.base ?? null;
    this.connect(host);
  }

  protected override get words(): FormWords {
    return { refused: 'Not saved', running: 'Saving…', nothingToRun: 'Nothing differs from what is there.' };
  }

  protected override keep(draft: SubscriptionEditDraft): SubscriptionEditKept {
    const more = this.#base?.address.more ?? '';
    return {
      edited: this.#edited,
      draft: { ...draft, address: withoutSecrets(draft.address, more) },
      base: this.#base,
    };
  }

  protected override render(): TemplateResult | typeof nothing {
    const { draft, model } = this;
    const title = `Edit Subscription ${this.#edited.subscription}`;
    if (!model || !draft) {
      return html`${
          this.unavailable
            ? unavailableView(title, this.unavailable, () => this.host?.post({ type: 'retry' }))
            : nothing
        }<page-announcer></page-announcer>`;
    }
    const problems = this.shownProblems();
    const fields: EditFieldsOptions = {
      model,
      draft,
      problems,
      password: this.password,
      onDraft: (next, field) => this.change(next, field),
      onPassword: (value) => this.takePassword(value),
    };
    return html`<main class="form-page">
        <div class="form-main">
          ${formHead(title, model.server)} ${this.#obstacles(model)} ${this.nameField(draft, problems)}
          ${this.publicationFields({
            draft,
            problems,
            offered: model.publisher?.publications ?? null,
            unlisted,
            present: model.present.publications,
            subscriber: model.server.name,
            onChosen: (publications) => this.change({ ...draft, publications }, 'publications'),
          })}
          ${refreshFields(fields)} ${connectionFields(fields)} ${slotAndState(fields)}
          ${subscriptionOptions({
            capabilities: model.capabilities,
            options: draft.options,
            present: model.present.options,
            fixed: model.fixed,
            problems: problemsOf(problems, 'options'),
            onOptions: (options) => this.change({ ...draft, options }, 'options'),
          })}
          <p class="hint">
            connect, create_slot and copy_data were settled when it was created: they say how that is done, and aren’t
            kept. Copy Table Again copies one table anew.
          </p>
        </div>
        ${this.aside(problems, this.#meanwhileNotice(model))}
        ${this.foot('Save', model.server.readOnly || !this.review?.sql)}
      </main>
      <page-announcer></page-announcer>`;
  }

  protected override targets(): Readonly<Record<string, string | null>> {
    const { draft, model } = this;
    const byServer = (draft?.foreignServer ?? null) !== null;
    const readable = model?.connection.readable === true || (model?.present.foreignServer ?? null) !== null;
    return {
      name: 'name',
      enabled: 'enabled',
      connection: byServer ? 'foreign-server' : readable ? 'host' : null,
      password: readable ? 'password' : null,
      more: readable ? 'more' : null,
      publications: 'publications',
      slot: draft?.hasSlot ? 'slot-name' : 'slot',
      options: 'options',
    };
  }

  protected override hear(message: SubscriptionEditUpdate): void {
    if (message.type === 'model') this.#takeModel(message);
    else if (message.type === 'unavailable') this.unavailable = message;
  }

  /** What the person left alone follows the server; what they changed stays, and where both changed it is said. */
  #takeModel(model: SubscriptionEditModel): void {
    const first = this.model === null;
    this.model = model;
    this.unavailable = null;
    const { present } = model;
    if (this.draft && this.#base) {
      const { clashing, draft, taken } = rebase(this.draft, this.#base, present);
      this.draft = draft;
      if (taken.length + clashing.length > 0) {
        this.meanwhile = {
          taken: [...new Set([...this.meanwhile.taken, ...taken])],
          clashing: [...new Set([...this.meanwhile.clashing, ...clashing])],
        };
        this.say('The subscription was changed on the server meanwhile.');
      }
    } else this.draft = present;
    this.#base = present;
    if (first) this.focusSoon('name');
    // Nothing here is only not filled in yet.
    this.attempted = true;
    this.reviewAgain();
  }

  /** What the whole of the form is up against. */
  #obstacles(model: SubscriptionEditModel): TemplateResult {
    const { unavailable } = this;
    return html`${this.readOnlyNotice(model.server, 'nothing is changed on it')}
    ${
      unavailable?.error
        ? notice(
            'error',
            html`<p>${unavailable.error.message} What is shown is of the past.</p>
              <button class="link" @click=${() => this.host?.post({ type: 'retry' })}>Read it again</button>`,
          )
        : nothing
    }`;
  }

  #meanwhileNotice({ present }: SubscriptionEditModel): TemplateResult | typeof nothing {
    const { clashing, taken } = this.meanwhile;
    if (taken.length + clashing.length === 0) return nothing;
    return notice(
      clashing.length > 0 ? 'warning' : 'info',
      html`<p><strong>It was changed on the server meanwhile.</strong></p>
        ${taken.length > 0 ? html`<p>Shown as it is there now: ${taken.join(', ')}.</p>` : nothing}
        ${clashing.length > 0 ? html`<p>Changed by you too, and as you want it here: ${clashing.join(', ')}.</p>` : nothing}
        <p>
          <button
            class="link"
            id="start-over"
            @click=${() => {
              this.meanwhile = { taken: [], clashing: [] };
              this.change(present, 'name');
            }}
          >
            Start again from what is there
          </button>
        </p>
        <p>
          <button
            class="link"
            @click=${() => {
              this.meanwhile = { taken: [], clashing: [] };
            }}
          >
            Keep what I have
          </button>
        </p>`,
    );
  }
}
