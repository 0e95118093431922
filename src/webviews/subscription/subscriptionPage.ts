import { html, nothing, type TemplateResult } from 'lit';

import type {
  PreflightState,
  SubscriptionDraft,
  SubscriptionKept,
  SubscriptionModel,
  SubscriptionRequest,
  SubscriptionUpdate,
} from '../../protocol/subscription.ts';
import type { Blocker } from '../../replication/model/plan.ts';
import { formHead, notice } from '../shared/formParts.ts';
import { problemsOf, type ShownProblem } from '../shared/problems.ts';
import { type EndFieldsOptions, publisherFields, subscriberField } from './endFields.ts';
import { preflightView } from './preflightView.ts';
import { sameDraft, withoutSecrets } from './sameDraft.ts';
import { slotFields } from './slotFields.ts';
import { SubscriptionFormPage } from './subscriptionFormPage.ts';
import { subscriptionOptions } from './subscriptionOptions.ts';

const title = 'Create Subscription';

/** The form that creates a subscription. */
export class SubscriptionPage extends SubscriptionFormPage<
  SubscriptionDraft,
  SubscriptionRequest,
  SubscriptionUpdate,
  SubscriptionKept
> {
  static override properties = {
    ...SubscriptionFormPage.properties,
    model: { state: true },
    blockers: { state: true },
    preflight: { state: true },
    pasted: { state: true },
    pasteError: { state: true },
  };

  declare protected model: SubscriptionModel | null;
  declare protected blockers: readonly Blocker[];
  declare protected preflight: PreflightState | null;
  declare protected pasted: string;
  declare protected pasteError: string | null;
  /** The name that was suggested last, to be replaced while the person left it alone. */
  #suggested = '';

  constructor() {
    super();
    this.model = null;
    this.blockers = [];
    this.preflight = null;
    this.pasted = '';
    this.pasteError = null;
  }

  protected override keep(draft: SubscriptionDraft): SubscriptionKept {
    return { draft: { ...draft, address: withoutSecrets(draft.address, '') } };
  }

  protected override render(): TemplateResult | typeof nothing {
    const { draft, model } = this;
    if (!model || !draft) return html`<page-announcer></page-announcer>`;
    const problems = this.shownProblems();
    const { subscriber } = model;
    const blocked =
      subscriber.phase === 'open' &&
      (subscriber.server.readOnly || !subscriber.capabilities['subscription.create'].can);
    const ends = this.#endFields(model, draft, problems);
    const onDraft = (next: SubscriptionDraft, field: string) => this.change(next, field);
    return html`<main class="form-page">
        <div class="form-main">
          ${formHead(title, null)} ${this.#obstacle(model)} ${subscriberField(ends)} ${publisherFields(ends)}
          ${this.publicationFields({
            draft,
            problems,
            offered: model.publisher.phase === 'open' ? model.publisher.publications : null,
            subscriber: subscriber.phase === 'open' ? subscriber.server.name : 'the subscriber',
            onChosen: (publications) => this.change(this.#named({ ...draft, publications }), 'publications'),
          })}
          ${this.nameField(draft, problems)}
          ${slotFields({
            model,
            draft,
            problems,
            blockers: this.blockers,
            onDraft,
            onLookForBlockers: () => this.host?.post({ type: 'lookForBlockers' }),
          })}
          ${
            subscriber.phase === 'open'
              ? subscriptionOptions({
                  capabilities: subscriber.capabilities,
                  options: draft.options,
                  present: null,
                  problems: problemsOf(problems, 'options'),
                  onOptions: (options) => onDraft({ ...draft, options }, 'options'),
                })
              : nothing
          }
          ${this.#preflightView(model, draft, problems)}
        </div>
        ${this.aside(problems)} ${this.foot(title, blocked)}
      </main>
      <page-announcer></page-announcer>`;
  }

  protected override targets(): Readonly<Record<string, string | null>> {
    const { draft } = this;
    return {
      name: 'name',
      subscriber: 'subscriber',
      publisher: draft?.publisherKind === 'typed' ? 'paste' : 'publisher',
      connection: connectionTarget(draft),
      password: draft?.useSavedPassword ? 'saved-password' : 'password',
      more: 'more',
      publications: 'publications',
      slot: draft?.slotMode === 'none' ? 'slot' : 'slot-name',
      wait: 'wait',
      options: 'options',
      preflight: 'preflight',
    };
  }

  protected override hear(message: SubscriptionUpdate): void {
    if (message.type === 'model') this.#takeModel(message);
    else if (message.type === 'blockers') this.blockers = message.blockers;
    else if (message.type === 'preflight') this.#takePreflight(message);
    else if (message.type === 'address') {
      this.pasteError = message.error?.message ?? null;
      if (message.error !== null || !this.draft) return;
      this.pasted = '';
      this.password = '';
      if (this.model) this.model = { ...this.model, passwordTyped: message.passwordTyped };
      const { address, useSavedPassword } = message;
      this.change({ ...this.draft, address, useSavedPassword }, 'connection');
    }
  }

  #takePreflight(state: PreflightState): void {
    const ended = this.preflight?.running === true && !state.running;
    this.preflight = state;
    if (!ended) return;
    const failed = state.checks.filter((check) => check.state === 'failed').length;
    this.say(`Preflight: ${failed === 0 ? 'nothing failed' : `${failed} failed`}.`);
  }

  #preflightView(
    model: SubscriptionModel,
    draft: SubscriptionDraft,
    problems: readonly ShownProblem[],
  ): TemplateResult {
    const { preflight } = this;
    return preflightView({
      state: preflight,
      stale: preflight?.draft !== null && preflight?.draft !== undefined && !sameDraft(preflight.draft, draft),
      possible: model.subscriber.phase === 'open' && model.publisher.phase !== 'opening',
      busy: this.run?.running === true,
      problems: problemsOf(problems, 'preflight'),
      onRun: () => this.host?.post({ type: 'preflight', draft }),
      onRemedy: (check, action, preview) => {
        if (action === 'dontCopy') this.change({ ...draft, copyData: false }, 'copyData');
        else if (action === 'createTables') {
          const wanted = { ...draft, createTables: true };
          this.change(wanted, 'publications');
          this.host?.post({ type: 'preflight', draft: wanted });
        } else {
          this.refusal = null;
          this.host?.post({ type: 'remedy', checkId: check.id, action, preview });
        }
      },
    });
  }

  #takeModel(model: SubscriptionModel): void {
    const first = this.model === null;
    this.model = model;
    if (!this.draft) {
      this.draft = model.draft;
      if (model.draft.name !== '') this.#suggested = model.draft.name;
    }
    if (first) this.focusSoon(firstMissing(this.draft));
    if (!this.attempted) this.draft = this.#named(this.draft);
    if (this.draft.publications.length > 0) this.touched.add('publications');
    if (this.draft.name !== '') this.touched.add('name');
    this.reviewAgain();
  }

  /** A single publication lends the subscription its name, one that is free, as long as nobody gave it one. */
  #named(draft: SubscriptionDraft): SubscriptionDraft {
    const [first] = draft.publications;
    if (draft.name !== this.#suggested || draft.publications.length > 1) return draft;
    this.#suggested = first === undefined ? '' : this.#free(`${first.replace(/_pub(lication)?$/, '')}_sub`);
    return { ...draft, name: this.#suggested };
  }

  /** The name, with a number behind it where it is taken. */
  #free(name: string): string {
    const taken = new Set(this.model?.takenNames);
    let [free, number] = [name, 2];
    for (; taken.has(free); number += 1) free = `${name}_${number}`;
    return free;
  }

  #endFields(model: SubscriptionModel, draft: SubscriptionDraft, problems: readonly ShownProblem[]): EndFieldsOptions {
    return {
      model,
      draft,
      problems,
      pasted: this.pasted,
      pasteError: this.pasteError,
      password: this.password,
      onDraft: (next, field) => this.change(next, field),
      onPasted: (text) => {
        this.pasted = text;
        this.pasteError = null;
      },
      onRead: (text) => this.host?.post({ type: 'read', text }),
      onPassword: (value) => this.takePassword(value),
      onLook: () => this.host?.post({ type: 'look', draft }),
      onRetry: (end) => this.host?.post({ type: 'retry', end }),
    };
  }

  #obstacle(model: SubscriptionModel): TemplateResult | typeof nothing {
    const { subscriber } = model;
    if (subscriber.phase !== 'open') return nothing;
    if (subscriber.server.readOnly) return this.readOnlyNotice(subscriber.server, 'nothing is created on it');
    const create = subscriber.capabilities['subscription.create'];
    return create.can ? nothing : notice('warning', create.reason);
  }
}

/** The field of what is wrong with where it connects to. */
function connectionTarget(draft: SubscriptionDraft | null): string {
  if (draft?.foreignServer !== undefined) return 'foreign-server';
  return draft?.publisherKind === 'known' && draft.publisherConnectionId === null ? 'publisher' : 'host';
}

/** Where to begin: at the first end that isn't chosen yet, otherwise at the top. */
function firstMissing(draft: SubscriptionDraft): string {
  const publisherMissing = draft.publisherKind === 'known' && draft.publisherConnectionId === null;
  return draft.subscriberConnectionId !== null && publisherMissing ? 'publisher' : 'subscriber';
}
