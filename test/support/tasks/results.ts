import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What came of one suite. Titles are those of the `describe`s and the `it`, joined. */
export interface SuiteResults {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly title: string; readonly message: string }[];
  readonly skipped: readonly string[];
}

/** The results of a suite that has one test. */
export function single(title: string, failure: string | undefined): SuiteResults {
  return failure === undefined
    ? { passed: [title], failed: [], skipped: [] }
    : { passed: [], failed: [{ title, message: failure }], skipped: [] };
}

/** All results in one, with `prefix` before each title. */
export function merge(all: Readonly<Record<string, SuiteResults>>): SuiteResults {
  const entries = Object.entries(all);
  return {
    passed: entries.flatMap(([name, { passed }]) => passed.map((title) => `${name}: ${title}`)),
    failed: entries.flatMap(([name, { failed }]) =>
      failed.map(({ title, message }) => ({ title: `${name}: ${title}`, message })),
    ),
    skipped: entries.flatMap(([name, { skipped }]) => skipped.map((title) => `${name}: ${title}`)),
  };
}

/** Writes results to a file, for the process that started this one. */
export async function writeResults(file: string, results: SuiteResults): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(results, undefined, 2));
}

/** Reads what `writeResults` wrote; undefined when the file is not there or not whole. */
export function readResults(file: string): SuiteResults | undefined {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SuiteResults) : undefined;
  } catch {
    return undefined;
  }
}
