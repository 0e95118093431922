/** Samples may be this far apart where they were taken at a slow beat, seconds. */
const longestSeconds = 30;
/** A beat may come this much later than the one beside it. */
const tolerance = 2.5;

/**
 * Values over equal steps of `stepSeconds`, joined where samples were only taken at a slower beat than the steps: a hole
 * as wide as the one beside it is that beat, not a gap, and keeps the value before it. A hole among samples that are
 * near each other stays, and so does one that is longer than half a minute.
 */
export function joinSparse(values: readonly (number | null)[], stepSeconds: number): (number | null)[] {
  const known = values.flatMap((value, index) => (value === null ? [] : [index]));
  const joined = [...values];
  const spacing = (sample: number): number => {
    const [from, to] = [known[sample], known[sample + 1]];
    return from === undefined || to === undefined ? 0 : (to - from) * stepSeconds;
  };
  for (const [sample, index] of known.entries()) {
    const own = spacing(sample);
    const beside = Math.max(spacing(sample - 1), spacing(sample + 1));
    if (own > longestSeconds || own > beside * tolerance) continue;
    joined.fill(values[index] ?? null, index, known[sample + 1] ?? index);
  }
  return joined;
}
