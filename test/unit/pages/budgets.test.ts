import assert from 'node:assert/strict';

import { type BuiltPages, buildPages, pageBytes } from './builtPages.ts';

const kilobyte = 1024;
/** Architecture, "Budgets": a page that is a form, and one that only shows. */
const budgets = { publication: 450, subscription: 450, connection: 450, lag: 150, topology: 150 } as const;

describe('sizes of the pages', () => {
  let built: BuiltPages;
  before(async function () {
    this.timeout(60_000);
    built = await buildPages();
  });

  for (const [page, most] of Object.entries(budgets)) {
    it(`${page}: at most ${most} KB with every chunk and style sheet it loads`, () => {
      const bytes = pageBytes(built, page);
      assert.ok(bytes > kilobyte, `${page} was not built`);
      assert.ok(bytes <= most * kilobyte, `${page} loads ${Math.round(bytes / kilobyte)} KB`);
    });
  }

  it('the toolkit stays out of pages that only show', () => {
    const inputs = (file: string) => Object.keys(built.metafile.inputs).filter((input) => input.includes(file));
    assert.ok(inputs('webview-ui-toolkit').length > 0);
    assert.ok(pageBytes(built, 'lag') < 150 * kilobyte);
  });
});
