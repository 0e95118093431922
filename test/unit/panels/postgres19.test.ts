import assert from 'node:assert/strict';

import type { PublicationDraft } from '../../../src/protocol/publication.ts';
import type { SubscriptionDraft } from '../../../src/protocol/subscription.ts';
import type { SecretConninfo } from '../../../src/replication/model/choices.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import { draftOf, emptyPublication } from '../../../src/ui/panels/publicationDraft.ts';
import { MemberTrials } from '../../../src/ui/panels/publicationTrial.ts';
import { readChoice } from '../../../src/ui/panels/subscriptionChoice.ts';
import { presentDraft, readChange } from '../../../src/ui/panels/subscriptionEditDraft.ts';
import { rebase, samePublication } from '../../../src/webviews/publication/rebase.ts';
import { rebase as rebaseSubscription } from '../../../src/webviews/subscription/rebase.ts';
import { publication, subscription, table, target } from '../operations/fixture.ts';
import { subscriptionDraft } from '../pages/samples.ts';

const orders = table('public', 'orders');
const parent = table('public', 'parent');
const heir = table('public', 'heir', { inheritsFrom: [parent.oid] });
const { inventory } = target({ major: 19, inventory: { tables: [orders, parent, heir] } }).snapshot;

describe('drafts of what PostgreSQL 19 adds to a publication', () => {
  const all = publication('p', { allTables: true, allSequences: true, exceptTables: [orders, parent] });
  const there = draftOf(all, inventory);
  const leaving = (...names: readonly string[]): PublicationDraft => ({
    ...there,
    exceptTables: names.map((name) => ({ schema: 'public', name })),
  });

  it('are exactly what is there', () => {
    assert.deepEqual(
      [there.scope, there.allSequences, there.exceptTables],
      [
        'allTables',
        true,
        [
          { schema: 'public', name: 'orders' },
          { schema: 'public', name: 'parent', only: true },
        ],
      ],
    );
    const none = draftOf(publication('q', { allTables: true }), inventory);
    assert.deepEqual([none.allSequences, none.exceptTables], [undefined, undefined]);
  });

  it('differ by it, whatever its order', () => {
    assert.equal(samePublication(leaving('a', 'b'), leaving('b', 'a')), true);
    assert.equal(samePublication(leaving('a'), leaving('b')), false);
    const { allSequences: _none, ...without } = there;
    assert.equal(samePublication(there, without), false);
  });

  it('keep what was typed, and follow the server in what was not', () => {
    const { allSequences: _none, ...without } = leaving('a');
    // Sequences were taken out there, another table left out here.
    assert.deepEqual(rebase(leaving('b'), leaving('a'), without), {
      ...without,
      exceptTables: leaving('b').exceptTables,
    });
    assert.deepEqual(rebase(without, leaving('a'), leaving('c')), {
      ...without,
      exceptTables: leaving('c').exceptTables,
    });
  });

  it('have no table tried where all sequences are published alone', () => {
    const filtered = { schema: 'public', name: 'orders', columns: null, filter: 'id > 0' };
    const draft = { ...emptyPublication({}), tables: [filtered] };
    assert.equal(new MemberTrials().untried(draft).length, 1);
    assert.equal(new MemberTrials().untried({ ...draft, allSequences: true }).length, 0);
  });
});

describe('drafts of what PostgreSQL 19 adds to a subscription', () => {
  const servers = [{ name: 'shop_server', host: 'shop.example', port: 5433, database: 'shop' }];

  it('go by a foreign server without an address and a password, whatever was typed before', () => {
    const draft: SubscriptionDraft = { ...subscriptionDraft, foreignServer: 'shop_server' };
    const { choice, problems } = readChoice(draft, new Secret('geheim'), servers);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [choice.foreignServer, choice.password, choice.conninfo],
      [
        'shop_server',
        null,
        [
          ['host', 'shop.example'],
          ['port', '5433'],
          ['dbname', 'shop'],
        ],
      ],
    );
    assert.equal(readChoice(subscriptionDraft, null, servers).choice.foreignServer, undefined);
  });

  const conninfo: SecretConninfo = [
    ['host', 'old'],
    ['password', new Secret('geheim')],
  ];
  const plain = presentDraft(subscription('s'), conninfo);
  const byServer = presentDraft(subscription('s', { foreignServer: 'shop_server' }), null);

  it('go over to a foreign server and keep the connection string for the undo', () => {
    const { change } = readChange({ ...plain, foreignServer: 'shop_server' }, plain, conninfo, null);
    assert.deepEqual(change, { foreignServer: { name: 'shop_server', before: conninfo }, options: {} });
    assert.deepEqual(readChange({ ...plain, foreignServer: null }, plain, conninfo, null).change, { options: {} });
    assert.deepEqual(readChange(byServer, byServer, null, null).change, { options: {} });
  });

  it('leave a foreign server with all that was typed', () => {
    const draft = { ...byServer, foreignServer: null, address: { ...byServer.address, host: 'new' } };
    const { change } = readChange(draft, byServer, null, new Secret('typed'));
    assert.equal(change.foreignServer, undefined);
    assert.deepEqual(
      change.connection?.conninfo.map(([keyword, value]) => [
        keyword,
        typeof value === 'string' ? value : value.reveal(),
      ]),
      [
        ['host', 'new'],
        ['password', 'typed'],
      ],
    );
    assert.equal(change.connection?.before, null);
  });

  it('follow the server where it was changed meanwhile', () => {
    const { draft, taken } = rebaseSubscription(byServer, byServer, plain);
    assert.equal(draft.foreignServer, null);
    assert.ok(taken.includes('the foreign server'));
    const options = { ...plain, options: { ...plain.options, walReceiverTimeout: '30s' } };
    assert.deepEqual(rebaseSubscription(plain, plain, options).taken, ['wal_receiver_timeout']);
  });
});
