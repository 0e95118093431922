import type { ConnectionFields } from '../../protocol/connection.ts';
import type { ShownProblem } from '../shared/problems.ts';

/** What the parts of the form are drawn from, and how they change it. */
export interface FormState {
  readonly fields: ConnectionFields;
  readonly problems: (field: keyof ConnectionFields) => readonly ShownProblem[];
  readonly change: (fields: Partial<ConnectionFields>) => void;
}

/** Keys of the fields that are plain text. */
export type TextKey = {
  [Key in keyof ConnectionFields]: ConnectionFields[Key] extends string
    ? string extends ConnectionFields[Key]
      ? Key
      : never
    : never;
}[keyof ConnectionFields];
