import assert from 'node:assert/strict';

import type { Frame } from 'playwright-core';

import type { TestServer } from '../support/servers/testServer.ts';
import { exactly } from '../support/vscode/workbench/menu.ts';
import type { Workbench } from '../support/vscode/workbench/workbench.ts';

/** The steps of the main job, each done as a person does it: by the mouse and the keyboard, in the real workbench. */
export class Story {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** Opens the view, and from its header the form; pastes a connection string, names it, and saves. */
  async addConnection(name: string, uri: string): Promise<void> {
    await this.#workbench.openContainer('Replication');
    await this.#workbench.command('PostgreSQL Replication: Add Connection…');
    const form = await this.#workbench.webview('Add Connection');
    await form.getByRole('textbox', { name: 'Connection string' }).fill(uri);
    await form.getByRole('button', { name: 'Fill In' }).click();
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await this.#submit(form, 'Add Connection', 'Save');
  }

  /** Right-clicks Publications, and fills the form in. Columns and filter are those of the first table. */
  async createPublication(
    connection: string,
    publication: {
      readonly name: string;
      readonly tables: readonly string[];
      readonly leaveOut?: string;
      readonly filter?: string;
      readonly look?: (form: Frame) => Promise<void>;
    },
  ): Promise<void> {
    const tree = this.#workbench.tree('Servers');
    await tree.expand([connection]);
    const title = `Create Publication (${connection})`;
    await tree.chooseUntil([connection, 'Publications'], 'Create Publication…', this.#workbench.tab(title));
    const form = await this.#workbench.webview(title);
    await form.getByRole('textbox', { name: 'Name (required)' }).fill(publication.name);
    for (const table of publication.tables) {
      await form.getByRole('option', { name: table }).first().click();
    }
    if (publication.leaveOut !== undefined || publication.filter !== undefined) {
      const [first] = publication.tables;
      await form
        .getByRole('option', { name: first ?? '' })
        .first()
        .getByText('All columns, all rows')
        .click();
    }
    if (publication.leaveOut !== undefined) {
      await form.getByRole('checkbox', { name: 'All columns, also those added later' }).click();
      await form.getByRole('checkbox', { name: new RegExp(`^${publication.leaveOut}`) }).click();
    }
    if (publication.filter !== undefined) {
      await form.getByRole('textbox', { name: 'Row filter' }).fill(publication.filter);
    }
    await publication.look?.(form);
    await this.#submit(form, title, 'Create Publication');
  }

  /** Right-clicks a publication, picks the subscriber, and creates the subscription. */
  async subscribe(
    connection: string,
    publication: string,
    subscriber: string,
    subscription: { readonly name: string; readonly look?: (form: Frame) => Promise<void> },
  ): Promise<void> {
    const tree = this.#workbench.tree('Servers');
    await tree.expand([connection, 'Publications']);
    await tree.chooseUntil(
      [connection, 'Publications', publication],
      'Subscribe From…',
      this.#workbench.input.box.locator('.label-name', { hasText: exactly(subscriber) }),
    );
    await this.#workbench.input.pick(subscriber);
    const form = await this.#workbench.webview('Create Subscription');
    await form.getByRole('option', { name: publication, selected: true }).waitFor();
    await form.getByRole('textbox', { name: 'Name (required)' }).fill(subscription.name);
    await subscription.look?.(form);
    await this.#submit(form, 'Create Subscription', 'Create Subscription');
  }

  /** Presses the button, and waits until the form has done its work and gone; says what it said if it stays. */
  async #submit(form: Frame, title: string, button: string): Promise<void> {
    await form.getByRole('button', { name: button, exact: true }).click();
    const tab = this.#workbench.tab(title);
    try {
      await tab.first().waitFor({ state: 'detached', timeout: 30_000 });
    } catch {
      assert.fail(`the form "${title}" stays, and says: ${(await form.locator('main').innerText()).slice(0, 2000)}`);
    }
  }
}

/** A small shop, without rows at the subscriber. `audit_log` has no primary key. */
export const shopTables = `
  create table customers (id int primary key, name text, note text);
  create table orders (id int primary key, customer_id int, total numeric(10,2), note text);
  create table audit_log (at timestamptz, what text)`;

/** Rows for the shop. */
export const shopRows = `
  insert into customers select i, 'customer ' || i, 'secret note' from generate_series(1, 500) i;
  insert into orders select i, 1 + i % 500, i, 'note' from generate_series(1, 2000) i`;

/** Prepares a publisher and a subscriber with the shop in a database of that name. */
export async function stockShop(publisher: TestServer, subscriber: TestServer): Promise<void> {
  for (const server of [publisher, subscriber]) {
    await server.createDatabase('shop');
    await server.script(shopTables, 'shop');
  }
  await publisher.script(shopRows, 'shop');
}
