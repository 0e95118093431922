import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');

interface SourceFile {
  readonly name: string;
  readonly text: string;
}

function sources(folder: string, pattern = /\.(ts|css)$/): readonly SourceFile[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({ name: path.relative(root, file), text: readFileSync(file, 'utf8') }));
}

/** The lines that match, as "file:line: text", so that a failure says where to look. */
function matches(files: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return files.flatMap(({ name, text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${name}:${index + 1}: ${line.trim()}`] : [])),
  );
}

describe('the rules of the house', () => {
  it('keeps VS Code out of the service, the connections and the protocol', () => {
    const files = ['src/replication', 'src/connections', 'src/protocol', 'src/webviews'].flatMap((folder) =>
      sources(folder),
    );
    assert.ok(files.length > 50);
    assert.deepEqual(matches(files, /from ['"]vscode['"]/), []);
  });

  it('lets only replication/postgres import pg', () => {
    const files = sources('src').filter(({ name }) => !name.startsWith(path.join('src', 'replication', 'postgres')));
    assert.deepEqual(matches(files, /(from|import\() ?['"]pg(\/|['"])/), []);
  });

  it('lets only replication import what decodes changes', () => {
    const files = sources('src').filter(({ name }) => !name.startsWith(path.join('src', 'replication')));
    assert.deepEqual(matches(files, /(from|import\() ?['"]pg-logical-replication/), []);
    const loaded = matches(sources('src'), /^import (?!type ).*['"]pg-logical-replication/);
    assert.deepEqual(loaded, [], 'it is loaded when it is needed');
  });

  it('lets one module of the pages import the toolkit', () => {
    const importers = sources('src', /\.ts$/).filter(({ text }) => /from ['"]@vscode\/webview-ui-toolkit/.test(text));
    assert.deepEqual(
      importers.map(({ name }) => name.replaceAll('\\', '/')),
      ['src/webviews/shared/toolkit.ts'],
    );
  });

  it('keeps colours, raw HTML, inline styles and timers out of the pages', () => {
    const pages = sources('src/webviews');
    assert.deepEqual(matches(pages, /#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?=[;'"\s])|\brgba?\(/), []);
    assert.deepEqual(matches(pages, /innerHTML|outerHTML|insertAdjacentHTML|unsafeHTML|document\.write/), []);
    assert.deepEqual(matches(pages, /\sstyle="|setTimeout|setInterval/), []);
  });

  it('never trusts a tooltip or allows a page more than the strict policy', () => {
    const ui = sources('src/ui');
    assert.deepEqual(
      matches(ui, /isTrusted\s*=\s*true|supportHtml\s*=\s*true|unsafe-inline|unsafe-eval|retainContextWhenHidden/),
      [],
    );
  });

  it('uses the words of the field', () => {
    const texts = [
      ...sources('src'),
      ...['package.nls.json', 'README.md', 'CHANGELOG.md'].map((name) => ({
        name,
        text: readFileSync(path.join(root, name), 'utf8'),
      })),
    ];
    assert.deepEqual(matches(texts, /\brepl(ication)? slot\b(?<!replication slot)|\bmaster\b|\bslave\b|pub\/sub/i), []);
  });

  it('keeps files small', () => {
    const long = sources('src', /\.ts$/).filter(({ text }) => text.split('\n').length > 401);
    assert.deepEqual(
      long.map(({ name }) => name),
      [],
    );
  });
});
