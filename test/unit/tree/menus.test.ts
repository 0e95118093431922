import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface MenuItem {
  readonly command: string;
  readonly when: string;
}

/** The commands in the menu of a row with this context value. */
function menuOf(contextValue: string): readonly string[] {
  const file = path.join(import.meta.dirname, '../../../package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
    contributes: { menus: Readonly<Record<string, readonly MenuItem[]>> };
  };
  return (manifest.contributes.menus['view/item/context'] ?? []).flatMap(({ command, when }) => {
    const pattern = /viewItem =~ \/(.+?)\/(?: |$)/.exec(when)?.[1];
    return pattern !== undefined && when.includes('pgReplication.servers') && new RegExp(pattern).test(contextValue)
      ? [command]
      : [];
  });
}

describe('the menus of rows', () => {
  it('offer what may be done where the connection is marked read-only, and to take the mark off', () => {
    for (const group of ['publications', 'subscriptions', 'slots', 'tables']) {
      const menu = menuOf(`${group}.readOnly`);
      assert.ok(menu.includes('pgReplication.connection.refresh'), group);
      assert.ok(menu.includes('pgReplication.connection.unmarkReadOnly'), group);
      assert.ok(!menu.some((command) => command.endsWith('.create')), group);
      assert.ok(!menuOf(`${group}.writable`).includes('pgReplication.connection.unmarkReadOnly'), group);
    }
  });

  it('are never empty', () => {
    for (const row of [
      'publication.chosen',
      'publishedSchema',
      'publishedTable.known',
      'subscription.enabled',
      'subscribedTable.ready',
      'slot.logical',
      'schema',
      'table.published',
      'empty.publications',
      'hidden',
    ]) {
      assert.notDeepEqual(menuOf(row), [], row);
    }
  });
});
