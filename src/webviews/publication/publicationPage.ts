import { html, nothing, type TemplateResult } from 'lit';

import type {
  ChoosableTable,
  CountedRows,
  EditedPublication,
  EffectiveTables,
  PublicationDraft,
  PublicationKept,
  PublicationModel,
  PublicationRequest,
  PublicationReview,
  PublicationUpdate,
  ServerUnavailable,
  TrialState,
} from '../../protocol/publication.ts';
import type { TableDetails } from '../../replication/model/table.ts';
import { FormPage } from '../shared/formPage.ts';
import { formHead, unavailableView } from '../shared/formParts.ts';
import { problemsOf, type ShownProblem } from '../shared/problems.ts';
import type { VirtualList } from '../shared/virtualList.ts';
import { chosenTables, type DraftTable, namesMembers, tableKey } from './draft.ts';
import { changedNotice, effectiveView, readerFields } from './editParts.ts';
import { exceptPicker } from './exceptPicker.ts';
import { operationFields, otherOptions } from './publicationOptions.ts';
import { rebase, samePublication } from './rebase.ts';
import { obstacleNotice, scopeField } from './scopeField.ts';
import { tableEditor } from './tableEditor.ts';
import { type TableJudgement, verdictWords } from './tableJudgement.ts';
import { schemaPicker, tablePicker, type TableRow, tableRows } from './tablePicker.ts';

/** What the panel starts the page with. */
interface Start {
  readonly connectionId: string;
  /** The publication to edit; absent for a new one. */
  readonly publication?: string;
}

/** The form that creates a publication, or edits one. */
export class PublicationPage extends FormPage<
  PublicationDraft,
  PublicationRequest,
  PublicationUpdate,
  PublicationKept
> {
  static override properties = {
    ...FormPage.properties,
    model: { state: true },
    unavailable: { state: true },
    details: { state: true },
    view: { state: true },
    editing: { state: true },
    base: { state: true },
    trial: { state: true },
    counted: { state: true },
    effective: { state: true },
  };

  declare protected model: PublicationModel | null;
  declare protected unavailable: ServerUnavailable | null;
  declare protected details: ReadonlyMap<number, TableDetails>;
  declare protected view: { readonly query: string; readonly onlyChosen: boolean };
  /** Key of the table whose columns and filter are shown. */
  declare protected editing: string | null;
  /** What the edited publication was when it was loaded here; null for a new one, and before it was loaded. */
  declare protected base: PublicationDraft | null;
  declare protected trial: TrialState | null;
  /** Rows that were counted, by the table's key. */
  declare protected counted: ReadonlyMap<string, CountedRows>;
  declare protected effective: EffectiveTables | null;
  declare protected review: PublicationReview | null;
  /** The table whose editor is to be open as soon as it is known. */
  #opening: string | null = null;
  /** The table whose verdict is read aloud when it is there. */
  #tried: string | null = null;
  #rows: { readonly of: readonly unknown[]; readonly rows: readonly TableRow[] } = { of: [], rows: [] };

  constructor() {
    super();
    this.model = null;
    this.unavailable = null;
    this.details = new Map();
    this.view = { query: '', onlyChosen: false };
    this.editing = null;
    this.base = null;
    this.trial = null;
    this.counted = new Map();
    this.effective = null;
    // A filter isn't there until one is typed.
    this.touched.add('filter').add('columns');
  }

  override connect(
    ...[host]: Parameters<FormPage<PublicationDraft, PublicationRequest, PublicationUpdate, PublicationKept>['connect']>
  ): void {
    this.base = host.getState()?.edit?.base ?? null;
    super.connect(host);
  }

  protected override get words(): { readonly refused: string; readonly running: string } {
    return this.#start.publication === undefined ? super.words : { refused: 'Not saved', running: 'Saving…' };
  }

  protected override keep(draft: PublicationDraft): PublicationKept {
    const { connectionId, publication } = this.#start;
    const edit = publication !== undefined && this.base ? { edit: { publication, base: this.base } } : {};
    return { connectionId, draft, ...edit };
  }

  protected override render(): TemplateResult | typeof nothing {
    const { draft, model } = this;
    const { publication } = this.#start;
    const title = publication === undefined ? 'Create Publication' : `Edit Publication ${publication}`;
    if (this.unavailable && !model)
      return unavailableView(title, this.unavailable, () => this.host?.post({ type: 'retry' }));
    if (!model || !draft) return html`<page-announcer></page-announcer>`;
    const problems = this.shownProblems();
    const changed = this.#changed(model);
    const blocked =
      model.server.readOnly ||
      (publication === undefined ? !model.capabilities['publication.create'].can : changed !== null) ||
      (this.review?.nothing ?? false);
    return html`<main class="form-page">
        <div class="form-main">
          ${formHead(title, model.server)} ${obstacleNotice(model, this.unavailable)}
          ${
            changed
              ? changedNotice(changed, { onLoad: () => this.#loadAnew(changed), onKeep: () => this.#rebaseOn(changed) })
              : nothing
          }
          ${this.nameField(draft, problems)} ${this.#scope(model, draft, problems)}
          ${operationFields({ model, draft, problems, onDraft: (next, field) => this.change(next, field) })}
          ${otherOptions({ model, draft, problems, onDraft: (next, field) => this.change(next, field) })}
          ${
            model.edit && this.review
              ? readerFields({
                  edit: model.edit,
                  draft,
                  reach: this.review.reach,
                  problems,
                  onDraft: (next) => this.change(next, 'refresh'),
                })
              : nothing
          }
          ${effectiveView(this.effective, () => this.host?.post({ type: 'showTables' }))}
        </div>
        ${this.aside(problems)} ${this.foot(publication === undefined ? title : 'Save', blocked)}
      </main>
      <page-announcer></page-announcer>`;
  }

  get #start(): Start {
    return (this.host?.start as Start | undefined) ?? { connectionId: '' };
  }

  /** The edited publication where it isn't what it was when it was loaded. */
  #changed({ edit }: PublicationModel): EditedPublication | null {
    if (!edit) return null;
    if (!edit.present) return edit;
    return this.base && !samePublication(this.base, edit.present) ? edit : null;
  }

  /** Takes what is now, with what was typed here on top of it. */
  #loadAnew(edit: EditedPublication): void {
    const { base, draft } = this;
    if (!draft || !base || !edit.present) return;
    const next = rebase(draft, base, edit.present);
    this.base = edit.present;
    this.change(next, 'tables');
    this.say(`${edit.publication} was loaded anew; what was changed here is still there.`);
  }

  /** Goes on from what is now: what this form says is what is wanted. */
  #rebaseOn(edit: EditedPublication): void {
    this.base = edit.present;
    this.reviewAgain();
  }

  #scope(model: PublicationModel, draft: PublicationDraft, problems: readonly ShownProblem[]): TemplateResult {
    const tableProblems = problemsOf(problems, 'tables');
    const scope = scopeField({ model, draft, problems: tableProblems, onDraft: (next) => this.change(next, 'tables') });
    if (!namesMembers(draft)) {
      const onQuery = (query: string): void => {
        this.view = { ...this.view, query };
      };
      const { query } = this.view;
      return html`${scope}${exceptPicker({ model, draft, query, onQuery, onDraft: (next) => this.change(next, 'tables') })}`;
    }
    const rows = this.#tableRows(model, draft, problems);
    const editing = this.editing === null ? undefined : chosenTables(draft).get(this.editing);
    const table = editing && model.tables.find((candidate) => tableKey(candidate) === this.editing);
    return html`${scope}
      <div class="indented">
        ${tablePicker({
          model,
          draft,
          ...this.view,
          rows,
          problems: [...tableProblems, ...this.#foldedProblems(problems, table?.label)],
          onQuery: (query) => {
            this.view = { ...this.view, query };
          },
          onOnlyChosen: (onlyChosen) => {
            this.view = { ...this.view, onlyChosen };
          },
          onDraft: (next) => this.change(next, 'tables'),
          onOpen: (row) => this.#edit(row),
        })}
        ${
          table && editing
            ? tableEditor({
                model,
                draft,
                table,
                entry: editing,
                details: this.details.get(table.oid) ?? null,
                problems: problems.filter((problem) => problem.object === undefined || problem.object === table.label),
                judgement: this.#judgement(model, table, editing),
                onDraft: (next, field) => this.change(next, field),
                onClose: () => this.#closeEditor(),
              })
            : nothing
        }
        ${schemaPicker({ model, draft, onDraft: (next) => this.change(next, 'tables') })}
      </div>`;
  }

  #judgement(model: PublicationModel, table: ChoosableTable, entry: DraftTable): Omit<TableJudgement, 'triable'> {
    const { draft } = this;
    const { filter, name, schema } = entry;
    const counted = this.counted.get(tableKey(entry)) ?? null;
    return {
      verdict: this.review?.verdicts.find((verdict) => tableKey(verdict) === tableKey(entry)) ?? null,
      trial: this.trial,
      counted: counted?.filter === filter ? counted : null,
      obstacle: model.server.readOnly
        ? `${model.server.name} is marked read-only, so nothing is tried out on it, not even to be rolled back.`
        : table.ownedByMe
          ? null
          : `Only its owner, ${table.owner}, can publish ${table.label}, so it can’t be tried.`,
      onTry: () => {
        if (!draft) return;
        this.#tried = tableKey(entry);
        this.host?.post({ type: 'try', draft, table: { schema, name } });
      },
      onCount: () => this.host?.post({ type: 'count', table: { schema, name }, filter }),
    };
  }

  /** Column and filter problems of tables whose editor is closed show under the list. */
  #foldedProblems(problems: readonly ShownProblem[], open: string | undefined): readonly ShownProblem[] {
    return problems.filter(
      (problem) =>
        (problem.field === 'columns' || problem.field === 'filter') && (open === undefined || problem.object !== open),
    );
  }

  #tableRows(model: PublicationModel, draft: PublicationDraft, problems: readonly ShownProblem[]): readonly TableRow[] {
    const of = [model, draft.tables, this.view, this.review, this.refusal];
    if (of.some((part, index) => part !== this.#rows.of[index])) {
      this.#rows = { of, rows: tableRows(model, draft, this.view, problems) };
    }
    return this.#rows.rows;
  }

  protected override change(draft: PublicationDraft, field: string): void {
    super.change(draft, field);
    if (field !== 'tables') return;
    if (this.editing !== null && !chosenTables(draft).has(this.editing)) this.editing = null;
    this.#describePartial();
  }

  protected override controlFor(problem: ShownProblem): string | null {
    const table = this.model?.tables.find((candidate) => candidate.label === problem.object);
    const inEditor = problem.field === 'columns' || problem.field === 'filter';
    if (inEditor && table && this.draft && chosenTables(this.draft).has(tableKey(table))) {
      this.editing = tableKey(table);
      this.#describe([table.oid]);
      return problem.field ?? null;
    }
    if (problem.field === 'tables' && table && this.draft && namesMembers(this.draft)) {
      this.view = { query: '', onlyChosen: false };
      void this.updateComplete.then(() => this.#list()?.focusRow(tableKey(table)));
      return '';
    }
    const targets: Readonly<Record<string, string>> = {
      name: 'name',
      tables: this.draft && namesMembers(this.draft) ? 'tables' : 'scope',
      columns: 'tables',
      filter: 'tables',
      operations: 'operation-insert',
      options: 'via-root',
      refresh: 'refresh-0',
    };
    return targets[problem.field ?? ''] ?? null;
  }

  protected override hear(message: PublicationUpdate): void {
    if (message.type === 'model') this.#takeModel(message);
    else if (message.type === 'unavailable') this.unavailable = message;
    else if (message.type === 'details') {
      this.details = new Map([...this.details, ...message.details.map((table) => [table.oid, table] as const)]);
      // The review knows more now.
      this.reviewAgain();
    } else if (message.type === 'trial') {
      this.trial = message;
      if (message.error) this.say(`Not checked: ${message.error.message}`);
      else if (!message.running) this.reviewAgain();
    } else if (message.type === 'counted') {
      this.counted = new Map(this.counted).set(tableKey(message.table), message);
    } else if (message.type === 'effective') this.effective = message;
    else if (message.type === 'openTable') {
      this.#opening = tableKey(message);
      this.#openWanted();
    }
  }

  /** Once the tried table's verdict is shown it is read aloud too. */
  protected override updated(): void {
    super.updated();
    const tried = this.#tried;
    if (tried === null || this.trial?.running !== false) return;
    const verdict = this.review?.verdicts.find((one) => tableKey(one) === tried) ?? null;
    if (!verdict) return;
    this.#tried = null;
    this.say(verdictWords(verdict));
  }

  #takeModel(model: PublicationModel): void {
    if (this.model === null) this.focusSoon('name');
    this.model = model;
    this.unavailable = null;
    this.draft ??= model.draft;
    if (model.edit && (this.base === null || model.edit.byUs)) this.base = model.edit.present;
    if (this.draft.name !== '') this.touched.add('name');
    if (this.draft.tables.length > 0 || this.draft.schemas.length > 0) this.touched.add('tables');
    this.#describePartial();
    this.#openWanted();
    this.reviewAgain();
  }

  /** Opens the editor of the table that the panel was opened for. */
  #openWanted(): void {
    const { draft, model } = this;
    if (this.#opening === null || !model || !draft) return;
    const table = model.tables.find((one) => tableKey(one) === this.#opening);
    this.#opening = null;
    if (!table || !chosenTables(draft).has(tableKey(table))) return;
    this.editing = tableKey(table);
    this.focusSoon('editor-title');
    this.#describe([table.oid]);
  }

  #edit(row: TableRow): void {
    if (!row.entry) return;
    this.editing = row.key;
    this.focusSoon('editor-title');
    this.#describe([row.table.oid]);
  }

  #closeEditor(): void {
    const key = this.editing;
    this.editing = null;
    if (key !== null) this.#list()?.focusRow(key);
  }

  #describe(oids: readonly number[]): void {
    const missing = oids.filter((oid) => !this.details.has(oid));
    if (missing.length > 0) this.host?.post({ type: 'describe', tables: missing });
  }

  /** A filter or a column list that came with the draft is judged by its table's columns: have them read. */
  #describePartial(): void {
    const { draft, model } = this;
    if (!draft || !model) return;
    const partial = new Set(draft.tables.filter((it) => it.columns !== null || it.filter !== null).map(tableKey));
    if (partial.size > 0) {
      this.#describe(model.tables.filter((table) => partial.has(tableKey(table))).map((table) => table.oid));
    }
  }

  #list(): VirtualList<TableRow> | null {
    return this.querySelector<VirtualList<TableRow>>('table-list');
  }
}
