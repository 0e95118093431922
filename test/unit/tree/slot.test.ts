import assert from 'node:assert/strict';

import type { SlotNode } from '../../../src/ui/tree/node.ts';
import { connectionKind } from '../../../src/ui/tree/nodes/connection.ts';
import { slotKind } from '../../../src/ui/tree/nodes/slot.ts';
import { sender, slot, target } from '../operations/fixture.ts';
import { connection, model, open } from './fixture.ts';

describe('a replication slot in the tree', () => {
  const { snapshot } = target({
    major: 19,
    pulse: {
      currentLsn: '1/0',
      // Of two readers that are called alike, the slot is the second's.
      senders: [sender(41, 'next'), sender(42, 'reporting')],
      slots: [
        slot('oldest', { restartLsn: '0/F0000000' }),
        slot('next', { restartLsn: '0/F8000000', active: true, activePid: 42 }),
        slot('gone', { restartLsn: '0/10000000', lost: true, lostReason: 'idle_timeout' }),
        slot('pg_conflict_detection', { type: 'physical', plugin: null, database: null, restartLsn: null }),
      ],
    },
  });
  const drawn = model([connection('shop')], new Map([['shop', open(snapshot)]]));
  const node = (name: string): SlotNode => ({ kind: 'slot', id: name, connectionId: 'shop', name });
  const tooltip = (name: string): string => slotKind.tooltip?.(node(name), drawn) ?? '';

  it('says who holds it, what it retains, and what dropping it frees', () => {
    assert.match(tooltip('oldest'), /Retained WAL: 260 MB/);
    assert.match(tooltip('oldest'), /Dropping it frees: 130 MB [^\n]*; next then holds the oldest WAL/);
    assert.doesNotMatch(tooltip('oldest'), /Held by/);
    assert.match(tooltip('next'), /Held by: reporting from 10\\\.0\\\.0\\\.7 as replicator \\\(process 42\\\)/);
    assert.match(tooltip('next'), /Dropping it frees: nothing\\: oldest holds WAL that is as old or older/);
    assert.doesNotMatch(tooltip('gone'), /Retained WAL|Dropping it frees/);
  });

  it('makes the size of the WAL volume a matter of the server: where to look it up, unless no slot keeps WAL', () => {
    const server = { kind: 'connection', id: 'shop', connectionId: 'shop' } as const;
    assert.match(
      connectionKind.tooltip?.(server, drawn) ?? '',
      /WAL volume full: cannot be said\\?: no statement tells how large the volume of pg\\?_wal is/,
    );
    const kept = slot('gone', { restartLsn: '0/10000000', lost: true });
    const none = target({ pulse: { slots: [kept] } }).snapshot;
    const bare = model([connection('shop')], new Map([['shop', open(none)]]));
    assert.doesNotMatch(connectionKind.tooltip?.(server, bare) ?? '', /WAL volume/);
  });

  it('offers no change of the slot that the server keeps for itself', () => {
    assert.match(slotKind.row(node('oldest'), drawn).contextValue, /\bwritable\b/);
    assert.doesNotMatch(slotKind.row(node('pg_conflict_detection'), drawn).contextValue, /\bwritable\b/);
    assert.match(tooltip('pg_conflict_detection'), /The server itself keeps it/);
  });
});
