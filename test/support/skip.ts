/**
 * Skips the running mocha test, or from a `before` hook every test of its `describe`, and puts the reason into the
 * title, which the run prints at its end. Never returns.
 */
export function skip(context: Mocha.Context, reason: string): never {
  const current = context.test;
  const inHook = current !== undefined && 'type' in current && current.type === 'hook';
  const titled = inHook ? current.parent : current;
  if (titled !== undefined) {
    titled.title += ` [skipped: ${reason}]`;
  }
  context.skip();
}
