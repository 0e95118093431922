import { eventually } from '../../support/eventually.ts';
import type { OpenedPage } from './pageHarness.ts';

/** A form's page as its panel plays it: what it sent, and reviews of its drafts. */
export interface ReviewedForm<Draft> {
  /** The last message of this type that the page sent. */
  readonly last: (type: string) => Readonly<Record<string, unknown>> | undefined;
  /** Reviews the latest draft; `more` is what else the review says. */
  readonly review: (problems: readonly object[], sql: string, more?: object) => Promise<void>;
  /** Reviews until the page shows this SQL. */
  readonly reviewed: (problems: readonly object[], sql: string, more?: object) => Promise<unknown>;
  /** The first draft that fits, with those before it reviewed. */
  readonly draftWhere: (fits: (draft: Draft) => boolean) => Promise<Draft>;
}

/** See ReviewedForm; `opened` gives the page that is open now. */
export function reviewedForm<Draft extends object>(opened: () => OpenedPage): ReviewedForm<Draft> {
  const last = (type: string) =>
    opened()
      .sent.filter((message) => message['type'] === type)
      .at(-1);
  const review = async (problems: readonly object[], sql: string, more: object = {}): Promise<void> => {
    const sequence = last('draft')?.['sequence'];
    await opened().send({ type: 'review', sequence, sql, linesLeftOut: 0, problems, ...more });
  };
  return {
    last,
    review,
    reviewed: (problems, sql, more) =>
      eventually(async () => {
        await review(problems, sql, more);
        return (await opened().page.locator('.sql-text').textContent()) === sql;
      }),
    draftWhere: (fits) =>
      eventually(async () => {
        const draft = last('draft')?.['draft'] as Draft | undefined;
        if (draft && fits(draft)) return draft;
        await review([], '');
        return null;
      }) as Promise<Draft>,
  };
}
