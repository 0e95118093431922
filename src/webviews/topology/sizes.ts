/** Sizes of boxes and of the labels of lines, in units of the drawing. */
export const sizes = {
  node: { width: 224, height: 66 },
  label: { width: 204, height: 40 },
  margin: 16,
  /** Between parts that no stream joins. */
  gap: 36,
} as const;
