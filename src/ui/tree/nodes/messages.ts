import type { CapabilityName } from '../../../replication/model/capability.ts';
import { type Kind, writable } from '../kind.ts';
import { tooltip } from '../markdown.ts';
import type { EmptyNode, HiddenNode, MoreNode, RetryNode } from '../node.ts';
import { contextValue, type Row, type RowAction, spoken } from '../row.ts';
import { count } from '../words.ts';
import { standing } from './connection.ts';

/** The one row below a connection that failed: what happened, and a click does what may mend it. */
export const retryKind: Kind<RetryNode> = {
  row(node, model) {
    const state = model.state(node.connectionId);
    const error = state.phase === 'failed' ? state.error : null;
    const lost = standing(state) === 'lost';
    const closed = state.phase === 'closed';
    // With the same password it would only fail again, so the click asks for it.
    const refused = error?.kind === 'authentication';
    const label = closed ? 'Connect' : refused ? 'Enter password…' : lost ? 'Try again now' : 'Try again';
    const description = closed ? '' : (error?.message ?? 'the connection is being opened again');
    return {
      label,
      description,
      icon: { id: closed ? 'plug' : refused ? 'key' : 'refresh' },
      contextValue: contextValue('retry', { lost }),
      accessibleLabel: spoken(label, description),
      children: 'none',
      action: 'pgReplication.connection.retry',
      hasTooltip: error !== null,
    };
  },
  tooltip(node, model) {
    const state = model.state(node.connectionId);
    if (state.phase !== 'failed') return tooltip('Connecting', []);
    const { error } = state;
    return tooltip(error.message, [
      ['What to do', error.advice ?? null],
      ['The server said', error.server?.message ?? null],
      ['Code', error.server?.code ?? null],
      ['Hint', error.server?.hint ?? null],
    ]);
  },
};

interface EmptyWords {
  readonly none: string;
  readonly create?: { readonly words: string; readonly action: RowAction; readonly needs: CapabilityName };
}

const emptyWords: Readonly<Record<EmptyNode['of'], EmptyWords>> = {
  publications: {
    none: 'No publications yet',
    create: { words: 'create one', action: 'pgReplication.publication.create', needs: 'publication.create' },
  },
  subscriptions: {
    none: 'No subscriptions yet',
    create: { words: 'create one', action: 'pgReplication.subscription.create', needs: 'subscription.create' },
  },
  slots: {
    none: 'No replication slots yet',
    create: { words: 'create one', action: 'pgReplication.slot.create', needs: 'slot.create' },
  },
  tables: { none: 'No tables in this database' },
  publication: { none: 'No tables in this publication' },
  subscription: { none: 'No tables yet: refresh the publication to fetch them' },
};

/** The one row of an empty group, with the action that helps. */
export const emptyKind: Kind<EmptyNode> = {
  row(node, model): Row {
    const { none, create } = emptyWords[node.of];
    const base = { icon: { id: 'info' }, contextValue: `empty.${node.of}`, children: 'none' } as const;
    if (!create || !writable(node.connectionId, model)) return { ...base, label: none, accessibleLabel: none };
    const capability = model.index(node.connectionId)?.inventory.server.capabilities[create.needs];
    if (capability && !capability.can) {
      return {
        ...base,
        label: none,
        description: capability.reason,
        accessibleLabel: spoken(none, capability.reason),
      };
    }
    const label = `${none} — ${create.words}`;
    return { ...base, icon: { id: 'add' }, label, accessibleLabel: label, action: create.action };
  },
};

/** Something the role may not read, and which privilege shows it. */
export const hiddenKind: Kind<HiddenNode> = {
  row(node, model) {
    const fact = model.index(node.connectionId)?.inventory.hidden[node.index];
    const label = `Hidden: ${fact?.what ?? 'nothing any more'}`;
    const description = fact ? `needs ${fact.privilege}` : '';
    return {
      label,
      description,
      icon: { id: 'lock' },
      contextValue: 'hidden',
      accessibleLabel: spoken(label, description),
      children: 'none',
      hasTooltip: true,
    };
  },
  tooltip(node, model) {
    const fact = model.index(node.connectionId)?.inventory.hidden[node.index];
    return tooltip(`This role may not read ${fact?.what ?? 'something'}`, [['Needs', fact?.privilege ?? null]]);
  },
};

/** "Load more…" at the end of a long list. */
export const moreKind: Kind<MoreNode> = {
  row(node) {
    const label = 'Load more…';
    const description = `${count(node.remaining, 'row')} left`;
    return {
      label,
      description,
      icon: { id: 'ellipsis' },
      contextValue: 'more',
      accessibleLabel: spoken(label, description),
      children: 'none',
      action: 'pgReplication.tree.loadMore',
    };
  },
};
