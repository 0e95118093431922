type TokenKind = 'open' | 'close' | 'end' | 'unclosed';

/**
 * The tokens of PostgreSQL's lexer that a condition can break out of its parentheses by, in the order they have to be
 * tried (PostgreSQL, "Lexical Structure"). An opening that finds no end is 'unclosed'. Block comments aren't nested here.
 */
const lexer = new RegExp(
  [
    String.raw`--[^\n]*`,
    String.raw`/\*[^]*?\*/`,
    String.raw`[eE]'(?:[^'\\]|\\[^]|'')*'`,
    String.raw`'(?:[^']|'')*'`,
    String.raw`(?<![\w$])(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[^]*?\1`,
    String.raw`"(?:[^"]|"")*"`,
    String.raw`(?<unclosed>['"]|/\*)`,
    String.raw`(?<open>\()`,
    String.raw`(?<close>\))`,
    String.raw`(?<end>;)`,
  ].join('|'),
  'gu',
);

/**
 * Why a row filter (SQL without its outer parentheses) isn't one whole condition: a quote or parenthesis that is never
 * closed, a semicolon. Null where nothing is seen. It keeps what was typed inside the statement it belongs to where
 * the server couldn't be asked; everything else about a filter is the server's to say (trials/tryMembers.ts).
 */
export function filterFault(filter: string): string | null {
  let depth = 0;
  for (const { groups = {} } of filter.matchAll(lexer)) {
    switch (kindOf(groups)) {
      case 'unclosed':
        return `${groups['unclosed'] === '/*' ? 'A comment' : `A quote (${groups['unclosed'] ?? ''})`} is never closed.`;
      case 'end':
        return 'A semicolon can’t be part of a row filter.';
      case 'open':
        depth += 1;
        break;
      case 'close':
        depth -= 1;
        if (depth < 0) return 'A closing parenthesis has no opening one.';
        break;
      case null:
        break;
    }
  }
  return depth > 0 ? 'A parenthesis is never closed.' : null;
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): TokenKind | null {
  return (['unclosed', 'end', 'open', 'close'] as const).find((kind) => groups[kind] !== undefined) ?? null;
}
