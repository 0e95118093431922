import type { ErrorDescription, ServerWords } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import { redacted, Secret } from '../model/secret.ts';
import type { Statement } from '../model/statement.ts';

/** Takes the secrets of one plan out of anything a server says: it may echo a connection string or a statement. */
export interface Redactor {
  text(text: string): string;
  error(error: ErrorDescription): ErrorDescription;
}

/** A redactor for every secret in the plan's statements, in each form in which it could come back. */
export function redactorFor(plan: Plan): Redactor {
  const statements = plan.steps.flatMap((step) => [step.statement, ...(step.undo ? [step.undo.statement] : [])]);
  return redactorOf(statements);
}

/** A redactor for every secret in these statements. */
export function redactorOf(statements: readonly Statement[]): Redactor {
  // The longest first, so that no part of a longer one stays.
  const secrets = [...new Set(statements.flatMap(secretsIn))].toSorted((one, other) => other.length - one.length);
  const patterns = secrets.filter((secret) => secret !== '').map(anyFormOf);
  const text = (value: string): string => patterns.reduce((result, form) => result.replaceAll(form, redacted), value);
  return { text, error: (error) => redactError(error, text) };
}

function secretsIn(statement: Statement): readonly string[] {
  return statement.flatMap((part) => {
    if (typeof part === 'string') return [];
    if ('literal' in part) return [part.literal.reveal()];
    return part.conninfo.flatMap(([, value]) => (value instanceof Secret ? [value.reveal()] : []));
  });
}

/**
 * The secret in whatever form it comes back: as it is, as it stands in a connection string, in an SQL literal, or in
 * a connection string in a literal. All that differs is how often quotes and backslashes are escaped.
 */
function anyFormOf(secret: string): RegExp {
  const characters = Array.from(secret, (character) => {
    if (character === "'") return String.raw`[\\']*'`;
    if (character === '\\') return String.raw`\\+`;
    return character.replace(/[$()*+./?[\]^{|}]/, String.raw`\$&`);
  });
  return new RegExp(characters.join(''), 'gu');
}

function redactError(error: ErrorDescription, text: (value: string) => string): ErrorDescription {
  return {
    kind: error.kind,
    message: text(error.message),
    ...(error.advice === undefined ? {} : { advice: text(error.advice) }),
    ...(error.server === undefined ? {} : { server: redactWords(error.server, text) }),
  };
}

function redactWords(words: ServerWords, text: (value: string) => string): ServerWords {
  return {
    message: text(words.message),
    ...(words.severity === undefined ? {} : { severity: words.severity }),
    ...(words.code === undefined ? {} : { code: words.code }),
    ...(words.detail === undefined ? {} : { detail: text(words.detail) }),
    ...(words.hint === undefined ? {} : { hint: text(words.hint) }),
    ...(words.where === undefined ? {} : { where: text(words.where) }),
    ...(words.position === undefined ? {} : { position: words.position }),
  };
}
