import assert from 'node:assert/strict';

import type { PublisherAddressDraft, SubscriptionDraft } from '../../../src/protocol/subscription.ts';
import type { Plan } from '../../../src/replication/model/plan.ts';
import { Secret } from '../../../src/replication/model/secret.ts';
import { FormDesk } from '../../../src/ui/panels/formDesk.ts';
import { PanelChannel } from '../../../src/ui/panels/panelChannel.ts';
import { contentSecurityPolicy, panelHtml, panelNonce } from '../../../src/ui/panels/panelHtml.ts';
import { cutText, planSql } from '../../../src/ui/panels/planText.ts';
import { addressOf, addressOfTarget, readAddress, readChoice } from '../../../src/ui/panels/subscriptionChoice.ts';
import { DraftFlow } from '../../../src/webviews/shared/draftFlow.ts';

describe('the document of a panel', () => {
  const doc = {
    nonce: 'n0',
    cspSource: 'https://ours',
    script: 'https://ours/lag.js',
    styles: ['https://ours/lag.css'],
  };

  it('allows nothing by default, and no inline style', () => {
    const policy = contentSecurityPolicy('lag', 'n0', 'https://ours');
    assert.match(
      policy,
      /^default-src 'none'; script-src 'nonce-n0'; style-src https:\/\/ours; font-src https:\/\/ours;/,
    );
    assert.doesNotMatch(contentSecurityPolicy('publication', 'n0', 'https://ours'), /unsafe|img-src|connect-src/);
  });

  it('holds hostile names as data', () => {
    const hostile = '</script><img src=x onerror=alert(1)>"';
    const html = panelHtml({ ...doc, page: 'lag', title: hostile, start: { name: hostile } });
    assert.doesNotMatch(html, /<img|<\/script><i/);
    const json = /<script type="application\/json" id="start">(.*)<\/script>/.exec(html)?.[1];
    assert.deepEqual(JSON.parse(json ?? ''), { name: hostile });
  });

  it('has a nonce of its own every time', () => {
    assert.notEqual(panelNonce(), panelNonce());
    assert.match(panelNonce(), /^[0-9a-f]{32}$/);
  });
});

describe('the channel to a page', () => {
  it('keeps the last message of each type until the page listens, and again while it is hidden', () => {
    const sent: string[] = [];
    const channel = new PanelChannel<{ type: string; value: number }>(({ type, value }) => sent.push(type + value));
    channel.post({ type: 'a', value: 1 });
    channel.post({ type: 'b', value: 1 });
    channel.post({ type: 'a', value: 2 });
    assert.deepEqual(sent, []);
    channel.ready();
    assert.deepEqual(sent, ['a2', 'b1']);
    channel.unready();
    channel.post({ type: 'a', value: 3 });
    assert.deepEqual(sent.length, 2);
    channel.ready();
    assert.deepEqual(sent, ['a2', 'b1', 'a3']);
  });
});

describe('the flow of drafts', () => {
  it('has one under way, sends the newest when the answer is in, and takes only the answer to that', () => {
    const sent: string[] = [];
    const flow = new DraftFlow<string>((sequence, draft) => sent.push(`${sequence}${draft}`));
    for (const draft of ['a', 'b', 'c']) flow.changed(draft);
    assert.deepEqual(sent, ['1a']);
    assert.equal(flow.answered(1), false);
    assert.deepEqual(sent, ['1a', '2c']);
    assert.equal(flow.answered(1), false);
    assert.equal(flow.settled, false);
    assert.equal(flow.answered(2), true);
    assert.equal(flow.settled, true);
  });
});

describe('a subscription’s draft as a choice', () => {
  const address: PublisherAddressDraft = {
    host: 'db 1',
    port: '5432',
    database: 'shop',
    user: "o'hara",
    more: 'sslmode=require',
  };
  const draft: SubscriptionDraft = {
    subscriberConnectionId: 'a',
    publisherKind: 'known',
    publisherConnectionId: 'b',
    name: 'orders_sub',
    address,
    useSavedPassword: true,
    publications: ['p'],
    enabled: true,
    copyData: true,
    slotMode: 'create',
    slotName: '',
    options: {},
    waitSeconds: '60',
  };

  it('goes from fields to pairs and back', () => {
    const { pairs, problems } = readAddress(address);
    assert.deepEqual(problems, []);
    assert.deepEqual(addressOf(pairs), address);
  });

  it('refuses a secret, or a keyword that has a field, among the further parameters', () => {
    const secret = readAddress({ ...address, more: 'password=hunter2 sslmode=require' });
    assert.equal(secret.problems[0]?.field, 'more');
    assert.doesNotMatch(JSON.stringify(secret), /hunter2/);
    assert.match(readAddress({ ...address, more: 'port=1' }).problems[0]?.message ?? '', /port/);
    assert.equal(readAddress({ ...address, more: 'nonsense' }).problems[0]?.field, 'more');
  });

  it('leaves out files of this machine, and what is the default', () => {
    const target = {
      host: 'h',
      port: 5433,
      database: 'd',
      user: 'u',
      sslMode: 'verify-full',
      sslRootCert: '/home/me/ca.pem',
      sslKey: '~/key.pem',
      connectTimeoutSeconds: 1,
      statementTimeoutMs: 1,
      applicationName: 'me',
    } as const;
    assert.deepEqual(addressOfTarget(target), {
      host: 'h',
      port: '5433',
      database: 'd',
      user: 'u',
      more: 'sslmode=verify-full',
    });
    assert.equal(addressOfTarget({ ...target, sslMode: 'prefer' }).more, '');
  });

  it('names the slot as the subscription, never enables without one, and bounds the wait', () => {
    const password = new Secret('s');
    const { choice, problems } = readChoice(draft, password);
    assert.deepEqual([choice.slot, choice.waitLimitMs, problems], [{ mode: 'create', name: 'orders_sub' }, 60_000, []]);
    const none = readChoice({ ...draft, slotMode: 'none' }, null).choice;
    assert.deepEqual([none.slot, none.enabled], [{ mode: 'none' }, false]);
    for (const waitSeconds of ['', 'soon', '0', '-1', '1e9']) {
      assert.equal(readChoice({ ...draft, waitSeconds }, null).problems[0]?.field, 'wait', waitSeconds);
    }
    assert.equal(readChoice({ ...draft, publisherKind: 'typed' }, null).choice.publisherConnectionId, null);
  });
});

describe('what forms that run plans do alike', () => {
  const plan: Plan = { id: 'p', title: 'P', steps: [], remarks: [], basis: [] };

  it('is one run that Stop and the end of the panel stop, and silence after that', async () => {
    const told: string[] = [];
    const ends: (() => void)[] = [];
    const desk = new FormDesk<never>({
      plans: {
        run: (_, options) =>
          new Promise((resolve) => {
            const stop = () => resolve(undefined);
            options?.signal?.addEventListener('abort', stop);
            ends.push(stop);
          }),
        preview: () => Promise.resolve(),
      },
      post: (message) => told.push(`${message.type} ${message.running}`),
      copy: () => Promise.resolve(),
      dismiss: () => told.push('dismissed'),
      plan: () => plan,
    });
    const first = desk.run((run) => run(plan));
    assert.equal(desk.running, true);
    await desk.answer('stop');
    assert.deepEqual([await first, desk.running], [{ how: 'left' }, false]);
    assert.deepEqual(told.splice(0), ['run true', 'run false']);
    await assert.rejects(
      desk.run(() => Promise.reject(new Error('no plan'))),
      /no plan/,
    );
    assert.equal(desk.running, false);
    const second = desk.run((run) => run(plan));
    desk.dispose();
    await second;
    assert.deepEqual(told, ['run true']);
    assert.equal(ends.length, 2);
  });
});

describe('a plan beside a form', () => {
  const step = {
    id: '1',
    connectionId: 'a',
    serverName: 'a',
    title: 'One',
    statement: ['SELECT 1'],
    transactional: true,
    risk: 'none',
    consequence: null,
    undo: null,
    wait: null,
  } as const;

  it('is the bare statement where there is one, and says what each does where there are several', () => {
    const plan = { id: 'p', title: 'P', steps: [step], remarks: [] } satisfies Partial<Plan>;
    assert.equal(planSql(plan), 'SELECT 1;');
    const two = { ...plan, steps: [step, { ...step, id: '2', serverName: 'b', title: 'Two\nlines' }] };
    assert.match(planSql(two), /^-- On a: One\nSELECT 1;\n\n-- On b: Two/);
    // A line break in a name doesn't end the comment.
    assert.ok(
      planSql(two)
        .split('\n')
        .every((line) => line === '' || /^(--|SELECT 1;)/.test(line)),
    );
  });

  it('is cut where it is long, and says how much is left out', () => {
    const lines = Array.from({ length: 10_000 }, (_unused, index) => `line ${index}`).join('\n');
    const cut = cutText(lines);
    assert.equal(cut.linesLeftOut, 9800);
    assert.equal(cut.sql.split('\n').length, 200);
    assert.ok(cutText('x'.repeat(50_000)).sql.length <= 20_000);
    assert.deepEqual(cutText('short'), { sql: 'short', linesLeftOut: 0 });
  });
});
