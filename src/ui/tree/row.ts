/** A codicon, in the colour of a theme where it has one. */
export interface RowIcon {
  readonly id: string;
  readonly color?: string;
}

/** What is drawn for a node, without VS Code, so that it can be compared and tested in plain Node. */
export interface Row {
  readonly label: string;
  readonly description?: string;
  readonly icon?: RowIcon;
  /** Noun and flags, `slot.inactive.droppable`; when-clauses match whole words. */
  readonly contextValue: string;
  /** Name, kind, state, number, in that order. */
  readonly accessibleLabel: string;
  readonly children: 'none' | 'collapsed' | 'expanded';
  /** Whether the label is dimmed (of another database, or of a server that can't be reached). */
  readonly dimmed?: boolean;
  /** A colour of the theme for the label (connections that the person coloured). */
  readonly labelColor?: string;
  /** The one thing a click does, where the row is there for that. */
  readonly action?: RowAction;
  /** Whether there is more to say on hover. */
  readonly hasTooltip?: boolean;
}

/** A command of ours that gets the node as its argument. */
export type RowAction =
  | 'pgReplication.connection.retry'
  | 'pgReplication.publication.create'
  | 'pgReplication.subscription.create'
  | 'pgReplication.slot.create'
  | 'pgReplication.tree.loadMore';

/** A noun with the flags that hold: `contextValue('slot', { active: true, lost: false })` is `slot.active`. */
export function contextValue(noun: string, flags: Readonly<Record<string, boolean>>): string {
  const set = Object.entries(flags)
    .filter(([, holds]) => holds)
    .map(([name]) => name);
  return [noun, ...set].join('.');
}

/** What is read out: parts joined by commas, empty ones left out. */
export function spoken(...parts: readonly (string | null | undefined | false)[]): string {
  const text = parts.filter((part) => typeof part === 'string' && part !== '').join(', ');
  // Signs that are looked at, not read.
  return text
    .replaceAll('✖ ', '')
    .replaceAll('⚠ ', 'warning: ')
    .replaceAll(' · ', ', ')
    .replaceAll(' → ', ', read by ')
    .replaceAll('≥ ', 'at least ')
    .replaceAll('≈ ', 'about ')
    .replaceAll('<1 MB', 'under 1 MB');
}
