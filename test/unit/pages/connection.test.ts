import assert from 'node:assert/strict';

import type { ConnectionAttempt, ConnectionFields, ConnectionModel } from '../../../src/protocol/connection.ts';
import { emptyFields } from '../../../src/ui/panels/connectionFields.ts';
import { eventually } from '../../support/eventually.ts';
import { type OpenedPage, usePages, type PageOptions } from './pageHarness.ts';
import { themes, type ThemeName } from './themes.ts';

const hostile = '<img src=x onerror=alert(1)>';

const model = (more: Partial<ConnectionModel> = {}): ConnectionModel => ({
  type: 'model',
  purpose: { mode: 'add' },
  fields: emptyFields(),
  storedPassword: false,
  typedPassword: false,
  folders: [hostile],
  ...more,
});
const filled: ConnectionFields = { ...emptyFields(), host: 'db', user: 'anna', database: hostile };

describe('the page of the Connection form', function () {
  this.timeout(60_000);
  const pages = usePages();
  let opened: OpenedPage;

  const messages = (type: string) => opened.sent.filter((message) => message['type'] === type);
  /** The newest message of a type, as soon as it fits. */
  const heard = (type: string, fits: (message: Readonly<Record<string, unknown>>) => boolean = () => true) =>
    eventually(() => messages(type).findLast(fits), { what: `a message ${type}` });
  /** Plays the panel: answers every draft so far with these problems. */
  const review = async (problems: readonly object[] = [], suggestedName = '') => {
    const { sequence } = await heard('draft');
    await opened.send({ type: 'review', sequence, problems, suggestedName });
  };
  const show = async (start: ConnectionModel, options: PageOptions = {}) => {
    opened = await pages.open('connection', options);
    await opened.send(start);
    await opened.page.waitForSelector('#host');
    await review();
  };
  const paste = async (selector: string, text: string) => {
    await opened.page.focus(`${selector} input`);
    await opened.page.evaluate((pasted) => {
      const data = new DataTransfer();
      data.setData('text', pasted);
      const target = document.querySelector('#paste')?.shadowRoot?.querySelector('input');
      target?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, composed: true, cancelable: true }),
      );
    }, text);
  };
  const valueOf = (id: string) =>
    opened.page.evaluate((field) => (document.getElementById(field) as HTMLInputElement | null)?.value, id);

  it('hands a pasted connection string over without showing it, and shows the fields that come back', async () => {
    await show(model());
    await paste('#paste', 'postgres://anna:s3cret@db/shop');
    assert.equal((await heard('paste'))['text'], 'postgres://anna:s3cret@db/shop');
    assert.equal(await valueOf('paste'), '');
    await opened.send({ type: 'filled', fields: filled, typedPassword: true, remarks: ['Not used: gssencmode.'] });
    await opened.page.getByText('Not used: gssencmode.').first().waitFor();
    assert.deepEqual(
      [await valueOf('host'), await valueOf('database'), await valueOf('password')],
      ['db', hostile, ''],
    );
    assert.equal(await opened.page.getAttribute('#password', 'placeholder'), 'entered, not shown');
    assert.ok(!JSON.stringify(await opened.kept()).includes('s3cret'));
    assert.ok(!(await opened.page.content()).includes('s3cret'));
  });

  it('keeps what is typed while a pasted string is being read', async () => {
    await show(model());
    await paste('#paste', 'postgres://anna@db/shop');
    await heard('paste');
    await opened.page.fill('#name input', 'my own name');
    await opened.send({ type: 'filled', fields: filled, typedPassword: false, remarks: [] });
    await eventually(async () => (await valueOf('host')) === 'db');
    assert.equal(await valueOf('name'), 'my own name');
  });

  it('keeps a connection string that cannot be read, and says why beside it', async () => {
    await show(model());
    await paste('#paste', 'host=a b');
    const { text } = await heard('paste');
    await opened.send({ type: 'pasteRefused', text, error: { kind: 'invalidConnection', message: 'At character 8.' } });
    await opened.page.locator('#paste-problems').getByText('At character 8.').waitFor();
    assert.equal(await valueOf('paste'), 'host=a b');
  });

  it('says what is missing only when it is to be tested, and leads there', async () => {
    await show(model());
    const missing = { severity: 'error', field: 'user', message: 'Enter the role to log in as.' };
    await opened.page.locator('#database input').fill('x');
    await heard('draft', (message) => (message['fields'] as ConnectionFields).database === 'x');
    await review([missing]);
    await opened.page.locator('#name input').fill('mine');
    await heard('draft', (message) => (message['fields'] as ConnectionFields).name === 'mine');
    await review([missing]);
    assert.equal(await opened.page.getByText(missing.message).count(), 0);
    await opened.page.click('#test');
    await opened.page.locator('#user-problems').getByText(missing.message).waitFor();
    await eventually(async () => (await opened.page.evaluate(() => document.activeElement?.id)) === 'user', {
      what: 'the focus on the user field',
    });
    assert.equal(messages('test').length, 0);
  });

  it('sends the password apart, keeps it out of its state, and never prefills it', async () => {
    await show(model({ fields: filled, purpose: { mode: 'edit', connectionId: '1' }, storedPassword: true }));
    assert.deepEqual(
      [await valueOf('password'), await opened.page.getAttribute('#password', 'placeholder')],
      ['', 'stored, not shown'],
    );
    await opened.page.locator('#password input').fill('s3cret');
    await heard('password', ({ value }) => value === 's3cret');
    await opened.page.locator('#name input').fill('mine');
    await heard('draft', (message) => (message['fields'] as ConnectionFields).name === 'mine');
    await review();
    await opened.page.click('#save');
    const save = await heard('save');
    assert.deepEqual([save['untested'], (save['fields'] as ConnectionFields).name], [false, 'mine']);
    assert.ok(!JSON.stringify([save, await opened.kept(), messages('draft')]).includes('s3cret'));
  });

  it('shows how a test stands and how it ended, with the way out of a failure', async () => {
    await show(model({ fields: filled }));
    await opened.send({ type: 'attempt', state: 'running', place: hostile } satisfies ConnectionAttempt);
    await opened.page.click('#stop');
    await heard('stop');
    const words = { severity: 'FATAL', code: '28P01', message: `password authentication failed for user "${hostile}"` };
    await opened.send({
      type: 'attempt',
      state: 'failed',
      error: { kind: 'authentication', message: 'Not let in.', advice: 'Check the password.', server: words },
    } satisfies ConnectionAttempt);
    await opened.page.getByText('What the server said').click();
    await opened.page.getByText('FATAL 28P01').waitFor();
    assert.equal(await opened.page.evaluate(() => document.activeElement?.closest('#attempt-result') !== null), true);
    await opened.page.click('#save-untested');
    assert.equal((await heard('save'))['untested'], true);
    assert.equal(await opened.page.locator('img').count(), 0);
  });

  it('keeps its fields for a reload of the window', async () => {
    await show(model({ fields: filled }));
    await opened.page.click('text=Production');
    await heard('draft', (message) => (message['fields'] as ConnectionFields).production);
    assert.deepEqual(await opened.kept(), { purpose: { mode: 'add' }, fields: { ...filled, production: true } });
  });

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`loads in ${theme} without breaking the policy, wide and narrow`, async () => {
      await show(model({ fields: filled }), { theme });
      for (const width of [1200, 480]) {
        await opened.page.setViewportSize({ width, height: 800 });
        const overflow = await opened.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `${overflow} pixels too wide at ${width}`);
      }
    });
  }
});
