const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `cleanup` (synchronous, must not throw) when this process ends in whatever way it can still notice:
 * a normal exit, an uncaught error, Ctrl-C, SIGTERM, SIGHUP. A signal keeps its meaning: the process ends by
 * it once every cleanup has run, unless something else listens to it.
 * Gives a function that takes the registration back.
 */
export function onProcessEnd(cleanup: () => void): () => void {
  const unregister = (): void => {
    process.off('exit', onExit);
    for (const signal of endings) {
      process.off(signal, onSignal);
    }
  };
  const onExit = (): void => {
    unregister();
    cleanup();
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    unregister();
    cleanup();
    if (process.listenerCount(signal) === 0) {
      process.kill(process.pid, signal);
    }
  };
  process.setMaxListeners(Math.max(process.getMaxListeners(), 100));
  process.on('exit', onExit);
  for (const signal of endings) {
    process.on(signal, onSignal);
  }
  return unregister;
}

/**
 * Ends this process, as SIGTERM would, when the process that started it is gone without having told: npm, for one,
 * passes no signal on to what its scripts started. Does not keep this process alive.
 */
export function endWithParent(): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(watch);
      process.kill(process.pid, 'SIGTERM');
    }
  }, 500);
  watch.unref();
}
