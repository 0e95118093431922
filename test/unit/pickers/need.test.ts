import assert from 'node:assert/strict';

import { lacksCapability, type Need, nothingFits, unfitFor, unfitInWords } from '../../../src/ui/pickers/need.ts';
import { objectChoices } from '../../../src/ui/pickers/objectChoices.ts';
import { slot, subscription, target } from '../operations/fixture.ts';
import { connection, failed, open } from '../tree/fixture.ts';

describe('the connections that a command is offered on', () => {
  const { snapshot } = target();
  const closed = { phase: 'closed' } as const;
  const changing: Need = {
    changes: true,
    lacks: ({ inventory }) => (inventory.subscriptions.length === 0 ? 'has no subscription' : null),
  };
  const facts = connection('shop');
  const marked = connection('archive', { readOnly: true });

  it('leave out those marked read-only where it changes something', () => {
    assert.equal(unfitFor({ facts: marked, state: closed }, changing), 'is marked read-only');
    assert.equal(unfitFor({ facts: marked, state: closed }, { ...changing, changes: false }), null);
  });

  it('leave out those that are known to lack what it needs, also from before they were lost', () => {
    assert.equal(unfitFor({ facts, state: open(snapshot) }, changing), 'has no subscription');
    const lost = failed({ kind: 'connectionLost', message: 'Lost.' }, snapshot, null);
    assert.equal(unfitFor({ facts, state: lost }, changing), 'has no subscription');
  });

  it('keep those that aren’t open: what they have shows then', () => {
    assert.equal(unfitFor({ facts, state: closed }, changing), null);
  });

  it('say why none fits, each reason once, and nothing that was said', () => {
    const none = [
      { name: 'shop', why: 'has no subscription' },
      { name: 'other', why: 'has no subscription' },
    ];
    assert.equal(nothingFits('has a subscription', none), 'No connection has a subscription.');
    assert.equal(unfitInWords(none), '');
    const some = [
      ...none,
      { name: 'archive', why: 'is marked read-only' },
      { name: 'live', why: 'is marked read-only' },
    ];
    assert.equal(nothingFits('has a subscription', some), 'No connection that may be changed has a subscription.');
    assert.equal(unfitInWords(some), 'archive and live are marked read-only.');
    const low = target({
      without: { decodeLogical: { can: false, because: 'setting', reason: 'wal_level is replica.' } },
    }).snapshot;
    const why = lacksCapability('decodeLogical', 'decode changes')(low) ?? '';
    assert.equal(unfitInWords([{ name: 'low', why }]), 'low: can’t decode changes (wal_level is replica).');
    assert.equal(lacksCapability('decodeLogical', 'decode changes')(snapshot), null);
  });
});

describe('the objects that a command is offered for', () => {
  it('are those it can do something with, as they are now', () => {
    const { snapshot } = target({
      server: {
        role: { name: 'me', superuser: false, replication: true, readsAllStats: true, createsInDatabase: true },
      },
      inventory: {
        subscriptions: [
          subscription('on'),
          subscription('stopped'),
          subscription('theirs', { owner: 'them', ownedByMe: false }),
        ],
      },
      pulse: {
        subscriptions: [
          {
            oid: 1,
            name: 'stopped',
            enabled: false,
            slotName: 'stopped',
            applyErrors: null,
            syncErrors: null,
            appliedLsn: null,
          },
        ],
        slots: [slot('held', { active: true, activePid: 4 }), slot('free', { restartLsn: '0/F0000000' })],
      },
    });
    const enabled = objectChoices('subscription', snapshot, (one) => one.enabled);
    assert.deepEqual(
      enabled.map(({ label, description }) => [label, description]),
      [
        ['on', 'enabled · 0 tables'],
        ['theirs', 'enabled · 0 tables · owner them'],
      ],
    );
    const slots = objectChoices('slot', snapshot, () => true);
    assert.deepEqual(
      slots.map(({ label, description, detail }) => [label, description?.split(' · ').at(0), detail]),
      [
        ['held', 'active', 'Held by the process 4'],
        ['free', 'inactive', undefined],
      ],
    );
  });
});
