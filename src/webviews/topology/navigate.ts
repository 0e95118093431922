import type { Layout } from './layout.ts';
import type { Shape } from './shape.ts';

/**
 * Where an arrow key leads in the drawing. From a box right and left go to its first line out and in, from a line to
 * the box at that end; up and down go to the box or line above and below, Home and End to the first and last box.
 * Undefined where the key leads nowhere.
 */
export function stepFrom(id: string, key: string, { edges }: Shape, layout: Layout): string | undefined {
  const inOrder = layout.order;
  if (key === 'Home') return inOrder[0];
  if (key === 'End') return inOrder.at(-1);
  const down = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  const edge = edges.find((one) => one.id === id);
  if (edge) {
    if (key === 'ArrowRight') return edge.to;
    if (key === 'ArrowLeft') return edge.from;
    if (down === 0) return undefined;
    const lines = edges.map((one) => one.id).toSorted(byHeight(layout));
    const near = lines.filter((one) => {
      const line = edges.find((other) => other.id === one);
      return line?.from === edge.from || line?.to === edge.to;
    });
    return near[near.indexOf(id) + down] ?? lines[lines.indexOf(id) + down];
  }
  if (!layout.nodes.has(id)) return undefined;
  if (key === 'ArrowRight')
    return highest(
      edges.filter(({ from }) => from === id),
      layout,
    );
  if (key === 'ArrowLeft')
    return highest(
      edges.filter(({ to }) => to === id),
      layout,
    );
  return down === 0 ? undefined : inOrder[inOrder.indexOf(id) + down];
}

function byHeight({ edges }: Layout): (a: string, b: string) => number {
  return (a, b) => {
    const [one, other] = [edges.get(a)?.label, edges.get(b)?.label];
    return (one?.y ?? 0) - (other?.y ?? 0) || (one?.x ?? 0) - (other?.x ?? 0);
  };
}

function highest(edges: readonly { readonly id: string }[], layout: Layout): string | undefined {
  return edges.map(({ id }) => id).toSorted(byHeight(layout))[0];
}
