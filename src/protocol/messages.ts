import * as z from 'zod/mini';

import type { ErrorDescription } from '../replication/model/errors.ts';

/**
 * What every page says, whatever it is about: that it has loaded (again, after it was hidden) and listens.
 * `kept` is what the page kept by `setState`, if it kept anything; its panel checks the shape.
 */
export const readyMessage = z.object({ type: z.literal('ready'), kept: z.optional(z.unknown()) });
export type ReadyMessage = z.output<typeof readyMessage>;

/** Something the panel was asked to do threw: shown by the page, whatever it is about. */
export interface FailedMessage {
  readonly type: 'failed';
  readonly error: ErrorDescription;
}

/** Every message, in both directions, is told apart by its `type`. */
export interface Message {
  readonly type: string;
}
