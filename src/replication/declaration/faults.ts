/** Where something stands in a text: offsets in characters, and the line and column of the first (from 1). */
export interface TextRange {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

/** Something wrong in a declaration, where it stands. An error keeps it from being applied. */
export interface DeclarationFault {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly range: TextRange;
}

/** The way to a value: keys of maps and indexes of lists. */
export type ValuePath = readonly (string | number)[];

/** A fault whose place isn't looked up yet. `onKey`: it is about the last key of the path, not about its value. */
export interface PathFault {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly path: ValuePath;
  readonly onKey?: boolean;
}
