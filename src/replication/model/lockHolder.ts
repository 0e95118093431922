/**
 * Who holds the lock that a worker waits for, by pg_blocking_pids: "the process 77", "the processes 77 and 78"; 0 stands
 * for a prepared transaction, which has no process. Null where nobody is named.
 */
export function lockHolders(blockedBy: readonly number[]): { readonly who: string; readonly several: boolean } | null {
  const processes = [...new Set(blockedBy)].filter((pid) => pid !== 0);
  const prepared = blockedBy.includes(0) ? ['a prepared transaction'] : [];
  const named = [
    ...(processes.length === 0
      ? []
      : [`the ${processes.length === 1 ? 'process' : 'processes'} ${processes.join(' and ')}`]),
    ...prepared,
  ];
  return named.length === 0 ? null : { who: named.join(' and '), several: processes.length + prepared.length > 1 };
}
