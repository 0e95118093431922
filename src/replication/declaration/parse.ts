import type * as yamlLibrary from 'yaml';
import type { Document, LineCounter, Pair } from 'yaml';
import type * as z from 'zod/mini';

import { checkContent } from './content.ts';
import type { DeclarationFault, PathFault, TextRange, ValuePath } from './faults.ts';
import { type Declaration, declarationShape } from './shape.ts';

type Yaml = typeof yamlLibrary;

/** A file that was read: what it declares, and what is wrong with it. */
export interface ParsedDeclaration {
  /** Null where it isn't YAML, or doesn't have the shape of a declaration. */
  readonly declaration: Declaration | null;
  readonly faults: readonly DeclarationFault[];
  /** The places of faults that are found later, by their paths. */
  readonly locate: (faults: readonly PathFault[]) => readonly DeclarationFault[];
}

/** A declaration is written by people: more than this is no such file. */
const longestText = 5_000_000;

/** Reads a file. What is wrong with it is told with its place; nothing is thrown, whatever the text. */
export async function parseDeclaration(text: string): Promise<ParsedDeclaration> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  if (text.length > longestText) {
    const range = rangeAt(lines, 0, 0);
    const fault: DeclarationFault = { severity: 'error', message: 'The file is too large to be read.', range };
    return { declaration: null, faults: [fault], locate: () => [] };
  }
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const locate = (faults: readonly PathFault[]): readonly DeclarationFault[] =>
    faults.map(({ severity, message, path, onKey }) => {
      const { start, end } = placeOf(yaml, document, path, onKey === true);
      return { severity, message, range: rangeAt(lines, start, end) };
    });
  const notYaml = document.errors.map(({ message, pos }): DeclarationFault => ({
    severity: 'error',
    message,
    range: rangeAt(lines, pos[0], pos[1]),
  }));
  if (notYaml.length > 0) return { declaration: null, faults: notYaml, locate };

  const content = contentOf(yaml, document);
  if (content === undefined) {
    const fault: PathFault = { severity: 'error', message: 'Its aliases (*name) can’t be resolved.', path: [] };
    return { declaration: null, faults: locate([fault]), locate };
  }
  const parsed = declarationShape.safeParse(content);
  if (!parsed.success) {
    const faults = parsed.error.issues.flatMap((issue) => shapeFaults(content, issue));
    return { declaration: null, faults: locate(faults), locate };
  }
  return { declaration: parsed.data, faults: locate(checkContent(parsed.data)), locate };
}

/**
 * Undefined where an alias has no anchor, or there are so many that expanding them would fill the memory. What YAML takes
 * for a number and wouldn't write the same (a database 0123, a name 1.10) is text as it stands.
 */
function contentOf(yaml: Yaml, document: Document): unknown {
  yaml.visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'number' && node.source !== undefined && String(node.value) !== node.source) {
        node.value = node.source;
      }
    },
  });
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? null;
  } catch {
    return undefined;
  }
}

function rangeAt(lines: LineCounter, start: number, end: number): TextRange {
  const { line, col } = lines.linePos(start);
  return { start, end, line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** The place of a value, or of what is nearest to it from above. */
function placeOf(yaml: Yaml, document: Document, path: ValuePath, onKey: boolean): { start: number; end: number } {
  let node: unknown = document.contents;
  let key: unknown;
  for (const part of path) {
    const pair: Pair | undefined = yaml.isMap(node)
      ? node.items.find(({ key: candidate }) => keyText(yaml, candidate) === String(part))
      : undefined;
    const next: unknown = pair ? pair.value : yaml.isSeq(node) ? node.items[Number(part)] : undefined;
    // Something that is missing is told where it should be.
    if (pair === undefined && next === undefined) return rangeOf(yaml, key) ?? rangeOf(yaml, node) ?? nowhere;
    key = pair?.key;
    node = yaml.isAlias(next) ? next.resolve(document) : next;
  }
  return (onKey ? rangeOf(yaml, key) : null) ?? rangeOf(yaml, node) ?? rangeOf(yaml, key) ?? nowhere;
}

const nowhere = { start: 0, end: 0 };

function keyText(yaml: Yaml, key: unknown): string {
  return String(yaml.isScalar(key) ? key.value : key);
}

function rangeOf(yaml: Yaml, node: unknown): { start: number; end: number } | null {
  if (!yaml.isNode(node) || !node.range) return null;
  const [start, end] = node.range;
  return { start, end };
}

/** What the shape finds, in words. */
function shapeFaults(content: unknown, issue: z.core.$ZodIssue): readonly PathFault[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const error = (message: string): PathFault => ({ severity: 'error', message, path });
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        severity: 'error',
        message: `There is no “${key}” here.`,
        path: [...path, key],
        onKey: true,
      }));
    case 'invalid_type':
      return [
        error(
          valueAt(content, path) === undefined ? missing(path) : `${named(path)} must be ${typeWords(issue.expected)}.`,
        ),
      ];
    case 'invalid_value': {
      if (valueAt(content, path) === undefined) return [error(missing(path))];
      return [error(`${named(path)} must be one of: ${issue.values.map(String).join(', ')}.`)];
    }
    case 'invalid_union':
      return [error(`${named(path)} must be text or a number.`)];
    case 'too_small':
      return [error(`${named(path)} must not be empty.`)];
    default:
      return [error(`${named(path)} can’t be understood.`)];
  }
}

function missing(path: ValuePath): string {
  return path.length === 0 ? 'The file is empty.' : `“${String(path.at(-1))}” is missing.`;
}

function named(path: ValuePath): string {
  const key = path.at(-1);
  if (key === undefined) return 'The file';
  return typeof key === 'number' ? `Entry ${key + 1}` : `“${key}”`;
}

function typeWords(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    boolean: 'true or false',
    number: 'a number',
    array: 'a list',
    object: 'a map of keys and values',
    record: 'a map of keys and values',
  };
  return words[expected] ?? expected;
}

function valueAt(content: unknown, path: ValuePath): unknown {
  let value = content;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value ?? (path.length === 0 && content === null ? undefined : value);
}
