import { html, nothing, type TemplateResult } from 'lit';

import type {
  PublicationDraft,
  PublicationKept,
  PublicationModel,
  PublicationRequest,
  PublicationUpdate,
  ServerUnavailable,
} from '../../protocol/publication.ts';
import type { TableDetails } from '../../replication/model/table.ts';
import { radioGroup, textField } from '../shared/fields.ts';
import { FormPage } from '../shared/formPage.ts';
import { formHead, notice, unavailableView } from '../shared/formParts.ts';
import { problemsOf, type ShownProblem } from '../shared/problems.ts';
import type { VirtualList } from '../shared/virtualList.ts';
import { chosenTables, tableKey } from './draft.ts';
import { operationFields, otherOptions } from './publicationOptions.ts';
import { tableEditor } from './tableEditor.ts';
import { schemaPicker, tablePicker, type TableRow, tableRows } from './tablePicker.ts';

const title = 'Create Publication';

/** The form that creates a publication. */
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
  };

  declare protected model: PublicationModel | null;
  declare protected unavailable: ServerUnavailable | null;
  declare protected details: ReadonlyMap<number, TableDetails>;
  declare protected view: { readonly query: string; readonly onlyChosen: boolean };
  /** Key of the table whose columns and filter are shown. */
  declare protected editing: string | null;
  #rows: { readonly of: readonly unknown[]; readonly rows: readonly TableRow[] } = { of: [], rows: [] };

  constructor() {
    super();
    this.model = null;
    this.unavailable = null;
    this.details = new Map();
    this.view = { query: '', onlyChosen: false };
    this.editing = null;
    // A filter isn't there until one is typed.
    this.touched.add('filter').add('columns');
  }

  protected override keep(draft: PublicationDraft): PublicationKept {
    return {
      connectionId: (this.host?.start as { readonly connectionId: string } | undefined)?.connectionId ?? '',
      draft,
    };
  }

  protected override render(): TemplateResult | typeof nothing {
    const { draft, model } = this;
    if (this.unavailable && !model)
      return unavailableView(title, this.unavailable, () => this.host?.post({ type: 'retry' }));
    if (!model || !draft) return html`<page-announcer></page-announcer>`;
    const problems = this.shownProblems();
    const blocked = model.server.readOnly || !model.capabilities['publication.create'].can;
    return html`<main class="form-page">
        <div class="form-main">
          ${formHead(title, model.server)} ${this.#obstacle(model)}
          ${textField({
            id: 'name',
            label: 'Name',
            value: draft.name,
            required: true,
            problems: problemsOf(problems, 'name'),
            onInput: (name) => this.change({ ...draft, name }, 'name'),
          })}
          ${this.#scope(model, draft, problems)}
          ${operationFields({ model, draft, problems, onDraft: (next, field) => this.change(next, field) })}
          ${otherOptions({ model, draft, problems, onDraft: (next, field) => this.change(next, field) })}
        </div>
        ${this.aside(problems)} ${this.foot(title, blocked)}
      </main>
      <page-announcer></page-announcer>`;
  }

  #scope(model: PublicationModel, draft: PublicationDraft, problems: readonly ShownProblem[]): TemplateResult {
    const all = model.capabilities['publication.allTables'];
    const tableProblems = [...problemsOf(problems, 'tables')];
    const scope = radioGroup({
      id: 'scope',
      label: 'What is published',
      value: draft.scope,
      choices: [
        { value: 'chosen', label: 'Chosen tables' },
        {
          value: 'allTables',
          label: 'All tables of the database',
          hint: all.can ? 'Also those that will be created later.' : all.reason,
          disabled: !all.can,
        },
      ],
      ...(draft.scope === 'allTables' ? { problems: tableProblems } : {}),
      onChange: (value) => this.change({ ...draft, scope: value }, 'tables'),
    });
    if (draft.scope === 'allTables') return scope;
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
                onDraft: (next, field) => this.change(next, field),
                onClose: () => this.#closeEditor(),
              })
            : nothing
        }
        ${schemaPicker({ model, draft, onDraft: (next) => this.change(next, 'tables') })}
      </div>`;
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

  #obstacle(model: PublicationModel): TemplateResult | typeof nothing {
    const create = model.capabilities['publication.create'];
    if (model.server.readOnly) {
      return notice(
        'warning',
        `${model.server.name} is marked read-only, so nothing is created on it. The SQL can be copied.`,
      );
    }
    if (!create.can) return notice('warning', create.reason);
    if (this.unavailable?.error) {
      return notice('warning', html`${this.unavailable.error.message} What is shown may be out of date.`);
    }
    return nothing;
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
    if (problem.field === 'tables' && table && this.draft?.scope === 'chosen') {
      this.view = { query: '', onlyChosen: false };
      void this.updateComplete.then(() => this.#list()?.focusRow(tableKey(table)));
      return '';
    }
    const targets: Readonly<Record<string, string>> = {
      name: 'name',
      tables: this.draft?.scope === 'allTables' ? 'scope' : 'tables',
      columns: 'tables',
      filter: 'tables',
      operations: 'operation-insert',
      options: 'via-root',
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
    }
  }

  #takeModel(model: PublicationModel): void {
    if (this.model === null) this.focusSoon('name');
    this.model = model;
    this.unavailable = null;
    this.draft ??= model.draft;
    if (this.draft.name !== '') this.touched.add('name');
    if (this.draft.tables.length > 0 || this.draft.schemas.length > 0) this.touched.add('tables');
    this.#describePartial();
    this.reviewAgain();
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
