import assert from 'node:assert/strict';

import type { SecretConninfo } from '../../../src/replication/model/choices.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import type { Subscription } from '../../../src/replication/model/subscription.ts';
import { presentDraft, readChange, secretKeywords } from '../../../src/ui/panels/subscriptionEditDraft.ts';
import { rebase } from '../../../src/webviews/subscription/rebase.ts';

const subscription: Subscription = {
  oid: 1,
  name: 'orders_sub',
  owner: 'ada',
  ownedByMe: true,
  comment: null,
  enabled: true,
  publisher: null,
  slotName: 'orders_sub',
  publications: ['a', 'b'],
  options: {
    binary: false,
    streaming: 'on',
    twoPhase: 'disabled',
    disableOnError: null,
    passwordRequired: null,
    runAsOwner: null,
    origin: null,
    failover: null,
    synchronousCommit: null,
  },
  skipLsn: null,
  tables: [],
};
const stored: SecretConninfo = [
  ['service', 'shop'],
  ['host', 'db-1,db-2'],
  ['password', new Secret('first')],
  ['sslpassword', new Secret('second')],
  ['unheard_of', "it's"],
  ['dbname', 'shop'],
];
const revealed = (conninfo: SecretConninfo): readonly string[] =>
  conninfo.map(([keyword, value]) => `${keyword}=${typeof value === 'string' ? value : value.reveal()}`);

describe('an edited subscription as a change', () => {
  const present = presentDraft(subscription, stored);
  const read = (draft: typeof present, password: Secret | null = null) =>
    readChange(draft, present, stored, password).change;

  it('is nothing while the draft is what is there', () => {
    assert.deepEqual(read(present), { options: {} });
    assert.deepEqual(read({ ...present, publications: ['b', 'a'], refresh: false, copyData: false }), { options: {} });
    assert.doesNotMatch(JSON.stringify(present), /first|second/);
    assert.deepEqual(secretKeywords(stored), ['password', 'sslpassword']);
  });

  it('holds only what differs', () => {
    const draft = { ...present, enabled: false, hasSlot: false, options: { ...present.options, binary: true } };
    assert.deepEqual(read(draft), { enabled: false, slotName: null, options: { binary: true } });
    assert.deepEqual(read({ ...present, publications: ['a', ''], copyData: false }).publications, {
      names: ['a'],
      refresh: true,
      copyData: false,
    });
  });

  it('keeps the secrets and every keyword of the connection string where they were', () => {
    const moved = read({ ...present, address: { ...present.address, host: 'db-3', port: '5433' } }).connection;
    assert.ok(moved);
    assert.deepEqual(revealed(moved.conninfo), [
      'service=shop',
      'host=db-3',
      'password=first',
      'sslpassword=second',
      "unheard_of=it's",
      'dbname=shop',
      'port=5433',
    ]);
    const changed = read(present, new Secret('third')).connection;
    assert.ok(changed);
    assert.deepEqual(
      revealed(changed.conninfo),
      revealed(stored).map((part) => (part === 'password=first' ? 'password=third' : part)),
    );
    assert.equal(changed.before, stored);
  });

  it('takes a keyword out that was taken out of the field, and leaves a hidden connection string alone', () => {
    const fewer = read({ ...present, address: { ...present.address, more: 'service=shop' } }).connection;
    assert.ok(fewer);
    assert.ok(!revealed(fewer.conninfo).some((part) => part.startsWith('unheard_of')));
    const hidden = presentDraft(subscription, null);
    const draft = { ...hidden, address: { ...hidden.address, host: 'elsewhere' } };
    assert.equal(readChange(draft, hidden, null, new Secret('x')).change.connection, undefined);
  });
});

describe('a draft over a subscription that was changed meanwhile', () => {
  const base = presentDraft(subscription, stored);

  it('follows the server where the person left it alone, and says what clashes', () => {
    const draft = { ...base, enabled: false, options: { ...base.options, binary: true } };
    const now = { ...base, slotName: 'other', options: { ...base.options, streaming: 'off' as const } };
    const found = rebase(draft, base, now);
    assert.deepEqual(found.taken, ['the replication slot', 'streaming']);
    assert.deepEqual(found.clashing, []);
    assert.deepEqual(found.draft, { ...now, enabled: false, options: { ...now.options, binary: true } });
    const clash = rebase({ ...base, name: 'mine' }, base, { ...base, name: 'theirs' });
    assert.deepEqual([clash.draft.name, clash.taken, clash.clashing], ['mine', [], ['the name']]);
    const agreed = rebase({ ...base, name: 'same' }, base, { ...base, name: 'same' });
    assert.deepEqual([agreed.taken, agreed.clashing], [[], []]);
  });
});
