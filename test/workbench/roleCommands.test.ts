import assert from 'node:assert/strict';

import { eventually } from '../support/eventually.ts';
import { useServers } from '../support/servers/useServers.ts';
import { Story } from './story.ts';
import { useWindow } from './window.ts';

describe('roles and settings in the real workbench', function () {
  this.bail(true);
  const servers = useServers({
    publisher: { major: 18, settings: { log_statement: 'all', max_replication_slots: '2', max_wal_senders: '10' } },
  });
  const window = useWindow();
  /** Waits for the list that asks this. */
  const asked = (question: string): Promise<void> =>
    window.current.workbench.input.box.locator(`input[placeholder^="${question}"]`).waitFor();

  it('makes a replication role, shows its password once, and tries it out', async () => {
    const { page, workbench } = window.current;
    await servers.publisher.script(
      'create table orders (id int primary key); create publication shop_pub for table orders',
    );
    await new Story(workbench).addConnection('shop', servers.publisher.uri());
    await workbench.command('PostgreSQL Replication: Create Replication Role…');
    await workbench.input.answer('shop_reader');
    await workbench.input.pick('Generate one');
    await asked('Publications whose tables');
    await workbench.screenshot('role-publications');
    await page.keyboard.press('Enter');
    await asked('Schemas whose later tables');
    await page.keyboard.press('Enter');
    await workbench.input.pick('Create the role');
    const text = await workbench.messages.dialogText();
    const password = /[A-Za-z0-9]{32}/.exec(text)?.[0] ?? '';
    assert.match(text, /Password of shop_reader/);
    await workbench.screenshot('role-password');
    await workbench.messages.answer('OK');
    await workbench.messages.note('shop_reader has what it needs to replicate from shop').waitFor();
    const reader = await servers.publisher.client('postgres', { user: 'shop_reader', password });
    assert.deepEqual((await reader.query('select id from orders')).rows, []);
    await reader.end();
    assert.ok(!(await servers.publisher.logText()).includes(password));
  });

  it('says what a role lacks, as a plan to be run', async () => {
    const { workbench } = window.current;
    await servers.publisher.script('revoke select on orders from shop_reader; alter role shop_reader noreplication');
    await workbench.command('PostgreSQL Replication: Check Replication Role…');
    await workbench.input.pick('shop_reader');
    await workbench.input.answer('');
    const note = 'shop_reader can’t replicate from shop as it is: It lacks the REPLICATION attribute. (and 1 more)';
    await workbench.messages.note(note).waitFor();
    await workbench.messages.answerNote(note, 'Show What It Lacks');
    const lines = window.current.page.locator('.editor-instance .view-lines');
    await lines.getByText('GRANT SELECT ON TABLE "public"."orders" TO "shop_reader"').waitFor();
    await workbench.screenshot('role-plan');
  });

  it('reviews the settings, with what is short picked', async () => {
    const { workbench } = window.current;
    await workbench.command('PostgreSQL Replication: Replication Settings…');
    await asked('Pick what is to be changed');
    assert.equal((await workbench.input.entries())[0], 'max_replication_slots');
    await workbench.screenshot('settings-review');
    await workbench.page.keyboard.press('Enter');
    await workbench.input.box.getByText('max_replication_slots (now 2)').waitFor();
    assert.equal(await workbench.input.field.inputValue(), '5');
    await workbench.input.field.fill('1000000000');
    await workbench.input.box.getByText('It has to be from 0 to 262143').waitFor();
    await workbench.input.answer('8');
    await workbench.input.pick('Change it');
    const waits = `select 1 from pg_settings where name = 'max_replication_slots' and pending_restart`;
    await eventually(async () => (await servers.publisher.query(waits)).length === 1, { within: 60_000 });
  });
});
