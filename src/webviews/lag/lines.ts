/**
 * Gives each stream in the chart a line of its own, and lets it keep that while it is there: lines of others don't change
 * when one comes or goes. `before`: the lines so far.
 */
export function lineNumbers(before: ReadonlyMap<string, number>, ids: readonly string[]): ReadonlyMap<string, number> {
  const kept = new Map(ids.flatMap((id) => (before.has(id) ? [[id, before.get(id) ?? 0] as const] : [])));
  const taken = new Set(kept.values());
  let next = 0;
  return new Map(
    ids.map((id) => {
      const known = kept.get(id);
      if (known !== undefined) return [id, known];
      while (taken.has(next)) next += 1;
      taken.add(next);
      return [id, next];
    }),
  );
}
