/** What can be told of a row filter without a parser. */
export interface FilterScan {
  /** Names in it that may be columns, as the server folds them; functions and types left out where that is plain. */
  readonly identifiers: readonly string[];
  /** Why it isn't one expression: a quote or parenthesis that is never closed, a semicolon. Null where nothing is seen. */
  readonly fault: string | null;
}

type Token = { readonly kind: 'open' | 'close' | 'end' | 'cast' | 'name' | 'unclosed'; readonly text: string };

/**
 * The tokens of PostgreSQL's lexer that matter here, in the order they have to be tried (PostgreSQL, "Lexical
 * Structure"). An opening that finds no end is a token of kind 'unclosed'. Block comments aren't nested here.
 */
const lexer = new RegExp(
  [
    String.raw`--[^\n]*`,
    String.raw`/\*[^]*?\*/`,
    String.raw`[eE]'(?:[^'\\]|\\[^]|'')*'`,
    String.raw`'(?:[^']|'')*'`,
    String.raw`(?<![\w$])(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[^]*?\1`,
    String.raw`(?<quoted>"(?:[^"]|"")*")`,
    String.raw`(?<unclosed>['"]|/\*)`,
    String.raw`(?<cast>::)`,
    String.raw`(?<name>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`,
    String.raw`(?<open>\()`,
    String.raw`(?<close>\))`,
    String.raw`(?<end>;)`,
  ].join('|'),
  'gu',
);

/**
 * Scans a row filter (SQL without its outer parentheses) for names that may be columns and for what would make
 * it more or less than one expression. No parser: it says too much rather than too little, so its names are good for
 * a warning and not for a refusal.
 */
export function scanFilter(filter: string): FilterScan {
  const tokens = tokensOf(filter);
  const identifiers = new Set<string>();
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'unclosed')
      return fault(`${token.text === '/*' ? 'A comment' : `A quote (${token.text})`} is never closed.`);
    if (token.kind === 'end') return fault('A semicolon can’t be part of a row filter.');
    if (token.kind === 'open') depth++;
    if (token.kind === 'close' && --depth < 0) return fault('A closing parenthesis has no opening one.');
    const isFunction = tokens[index + 1]?.kind === 'open';
    const isType = tokens[index - 1]?.kind === 'cast';
    if (token.kind === 'name' && !isFunction && !isType) identifiers.add(token.text);
  }
  if (depth > 0) return fault('A parenthesis is never closed.');
  return { identifiers: [...identifiers], fault: null };
}

function fault(text: string): FilterScan {
  return { identifiers: [], fault: text };
}

function tokensOf(filter: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of filter.matchAll(lexer)) {
    const { quoted, unclosed, cast, name, open, close, end } = match.groups ?? {};
    if (quoted !== undefined) tokens.push({ kind: 'name', text: quoted.slice(1, -1).replaceAll('""', '"') });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name.toLowerCase() });
    else if (unclosed !== undefined) tokens.push({ kind: 'unclosed', text: unclosed });
    else if (cast !== undefined) tokens.push({ kind: 'cast', text: cast });
    else if (open !== undefined) tokens.push({ kind: 'open', text: open });
    else if (close !== undefined) tokens.push({ kind: 'close', text: close });
    else if (end !== undefined) tokens.push({ kind: 'end', text: end });
  }
  return tokens;
}
