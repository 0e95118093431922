import { sizes } from './sizes.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line as the layout gives it: points from one box to the other, and the middle of its label. */
export interface RawLine {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label: Point;
  readonly points: readonly Point[];
}

/** Where a line leaves its box and where it comes in. */
export interface Ports {
  readonly start: Point;
  readonly end: Point;
}

/** Most units between two lines at the side of a box. */
const apart = 14;

/**
 * Where lines touch their boxes (`at`: the middles): at the sides that face each other, one below the other in the order
 * of their labels, so that no two arrows hide each other. A line from a box to itself has none.
 */
export function portsOf(lines: readonly RawLine[], at: ReadonlyMap<string, Point>): ReadonlyMap<string, Ports> {
  const sides = new Map<string, { readonly line: RawLine; readonly end: 'start' | 'end' }[]>();
  const rightwards = ({ from, to }: RawLine) => (at.get(from)?.x ?? 0) < (at.get(to)?.x ?? 0);
  const sideOf = (line: RawLine, end: 'start' | 'end') => (rightwards(line) === (end === 'start') ? 'right' : 'left');
  for (const line of lines) {
    if (line.from === line.to) continue;
    for (const end of ['start', 'end'] as const) {
      const key = JSON.stringify([end === 'start' ? line.from : line.to, sideOf(line, end)]);
      sides.set(key, [...(sides.get(key) ?? []), { line, end }]);
    }
  }
  const ports = new Map<string, { start: Point; end: Point }>();
  for (const touching of sides.values()) {
    const step = Math.min(apart, (sizes.node.height - 16) / Math.max(1, touching.length - 1));
    for (const [index, { end, line }] of touching.toSorted((a, b) => a.line.label.y - b.line.label.y).entries()) {
      const box = at.get(end === 'start' ? line.from : line.to) ?? { x: 0, y: 0 };
      const x = box.x + (sideOf(line, end) === 'right' ? 1 : -1) * (sizes.node.width / 2);
      const y = box.y + (index - (touching.length - 1) / 2) * step;
      const port = ports.get(line.id) ?? { start: box, end: box };
      ports.set(line.id, { ...port, [end]: { x, y } });
    }
  }
  return ports;
}

/** The points of a line that runs level through its label, from port to port; as they are where it has no ports. */
export function throughLabel({ label, points }: RawLine, ports: Ports | undefined): readonly Point[] {
  if (!ports) return points;
  const { end, start } = ports;
  const way = start.x < end.x ? 1 : -1;
  const half = (sizes.label.width / 2) * way;
  const before = points.slice(1, -1).filter(({ x }) => (x - (label.x - half)) * way < -1);
  const after = points.slice(1, -1).filter(({ x }) => (x - (label.x + half)) * way > 1);
  return [start, ...before, { x: label.x - half, y: label.y }, { x: label.x + half, y: label.y }, ...after, end];
}

/** A line through points as the `d` of a path: level at every point, or with round corners where it comes back. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points.map(({ x, y }) => ({ x: round(x), y: round(y) }));
  const last = rest.at(-1);
  if (!first || !last) return '';
  let path = `M${first.x} ${first.y}`;
  if (turnsBack([first, ...rest])) {
    for (const [index, point] of rest.slice(0, -1).entries()) {
      const next = rest[index + 1] ?? last;
      path += `Q${point.x} ${point.y} ${round((point.x + next.x) / 2)} ${round((point.y + next.y) / 2)}`;
    }
    return `${path}L${last.x} ${last.y}`;
  }
  let before = first;
  for (const point of rest) {
    const middle = round((before.x + point.x) / 2);
    path +=
      before.y === point.y
        ? `L${point.x} ${point.y}`
        : `C${middle} ${before.y} ${middle} ${point.y} ${point.x} ${point.y}`;
    before = point;
  }
  return path;
}

function turnsBack(points: readonly Point[]): boolean {
  const steps = points.slice(1).map(({ x }, index) => Math.sign(x - (points[index]?.x ?? x)));
  return steps.some((step) => step > 0) && steps.some((step) => step < 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
