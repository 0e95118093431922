import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  commands,
  containerId,
  contextKeys,
  declarationScheme,
  historyScheme,
  panels,
  planScheme,
  settings,
  views,
} from '../../src/contributions.ts';

interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}
interface Setting {
  readonly type: string;
  readonly default: unknown;
  readonly scope?: string;
  readonly markdownDescription: string;
}
interface Manifest {
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string; icon: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly views: Readonly<Record<string, readonly { id: string; icon: string }[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { id: string; icon: string }[] };
    readonly viewsWelcome: readonly { view: string; contents: string; when?: string }[];
    readonly configuration: readonly { readonly properties: Readonly<Record<string, Setting>> }[];
  };
}

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const strings = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Readonly<Record<string, string>>;
const { contributes } = manifest;
const ids = Object.keys(commands).sort();
const placeholder = /%([^%\s]+)%/g;
const menuItems = Object.values(contributes.menus).flat();

function resolved(value: string): string {
  return value.replaceAll(placeholder, (_, key: string) => strings[key] ?? '');
}

describe('the manifest', () => {
  it('contributes the commands of contributions.ts, and no others', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), ids);
  });

  it('gives each command a category, a codicon and a verb phrase as title', () => {
    for (const { command, category, icon, title } of contributes.commands) {
      assert.equal(resolved(category), 'PostgreSQL Replication', command);
      assert.match(icon, /^\$\([a-z-]+\)$/, command);
      assert.match(resolved(title), /^[A-Z][a-z]/, command);
      assert.doesNotMatch(resolved(title), /PostgreSQL Replication/, command);
    }
  });

  it('hides from the palette exactly what only makes sense on a row', () => {
    const hidden = contributes.menus['commandPalette']?.filter(({ when }) => when === 'false') ?? [];
    const rowOnly = Object.entries(commands).flatMap(([id, { palette }]) => (palette ? [] : [id]));
    assert.deepEqual(hidden.map(({ command }) => command).sort(), rowOnly.sort());
  });

  it('shows in menus only commands that exist, and every command somewhere', () => {
    const shown = new Set(menuItems.map(({ command }) => command));
    assert.deepEqual(
      [...shown].filter((id) => !ids.includes(id)),
      [],
    );
    const offered = new Set([...shown, ...welcomeCommands()]);
    // Its row runs it with a click.
    const byRow = ['pgReplication.tree.loadMore'];
    assert.deepEqual(
      ids.filter((id) => !offered.has(id)),
      byRow.filter((id) => !offered.has(id)),
    );
  });

  it('keeps the order of groups on rows: open, change, state, copy, destructive', () => {
    for (const { command, group, when } of contributes.menus['view/item/context'] ?? []) {
      assert.match(group ?? '', /^(inline|1_open|2_change|2_connection|3_state|4_copy|9_destructive)@\d$/, command);
      assert.match(when ?? '', /^view == pgReplication\.\w+ && viewItem =~ \/\^\w+\\b/, command);
    }
  });

  it('puts at most three icons on a row, and destruction at its end alone', () => {
    for (const { command, group = '' } of menuItems) {
      assert.doesNotMatch(group, /^inline@[4-9]/, command);
      const destructive = /\.(drop|remove|removeMember)$/.test(command);
      if (group.includes('_')) assert.equal(group.startsWith('9_destructive'), destructive, command);
    }
  });

  it('offers a command for several rows only where it takes several', () => {
    const several = new Set([
      'pgReplication.connection.moveToFolder',
      'pgReplication.connection.remove',
      'pgReplication.connection.setColor',
      'pgReplication.publication.addTables',
      'pgReplication.publication.create',
      'pgReplication.publication.drop',
      'pgReplication.publication.removeMember',
      'pgReplication.publication.subscribe',
      'pgReplication.slot.drop',
      'pgReplication.table.setReplicaIdentity',
    ]);
    for (const { command, when = '' } of contributes.menus['view/item/context'] ?? []) {
      if (!when.startsWith('view == pgReplication.servers')) continue;
      if (!several.has(command)) assert.match(when, /!listMultiSelection/, command);
    }
  });

  it('offers to set a mark or to take it away, never both', () => {
    const marks = (row: string) =>
      (contributes.menus['view/item/context'] ?? []).flatMap(({ command, when = '' }) => {
        const pattern = /viewItem =~ \/(.+?)\/ /.exec(when)?.[1] ?? '$^';
        return /\.(un)?mark/.test(command) && new RegExp(pattern).test(row) ? command.replace(/^.*\./, '') : [];
      });
    assert.deepEqual(marks('connection.open.writable.canPublish'), ['markProduction', 'markReadOnly']);
    assert.deepEqual(marks('connection.open.production.readOnly'), ['unmarkProduction', 'unmarkReadOnly']);
    assert.deepEqual(marks('connection.failed.readOnly.canPublish'), ['markProduction', 'unmarkReadOnly']);
  });

  it('has the views, the container and their pictures', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [containerId],
    );
    assert.deepEqual(contributes.views[containerId]?.map(({ id }) => id).sort(), Object.values(views).sort());
    for (const { icon } of [
      ...contributes.viewsContainers.activitybar,
      ...(contributes.views[containerId] ?? []),
      manifest,
    ]) {
      assert.ok(icon.startsWith('$(') || existsSync(join(root, icon)), icon);
    }
  });

  it('wakes up for the panels that come back with the window, for a folder with files of its own, and for nothing else', () => {
    // VS Code has no language for these files: they are checked by the extension or not at all.
    const files = 'workspaceContains:**/*.pgreplication.{yaml,yml}';
    const wanted = [...panels.map((panel) => `onWebviewPanel:${panel}`), files];
    assert.deepEqual([...manifest.activationEvents].sort(), wanted.sort());
  });

  it('has the settings of contributions.ts, with the same defaults', () => {
    const properties = Object.assign({}, ...contributes.configuration.map((group) => group.properties)) as Record<
      string,
      Setting
    >;
    const wanted = Object.entries(settings).map(([key, value]) => [`pgReplication.${key}`, value]);
    const found = Object.entries(properties).map(([key, setting]) => [key, setting.default]);
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(wanted));
    for (const [key, { scope, markdownDescription }] of Object.entries(properties)) {
      assert.ok(scope, key);
      assert.ok(resolved(markdownDescription).length > 20, key);
    }
  });

  it('restricts in untrusted workspaces every setting that names a file', () => {
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    assert.deepEqual(
      restricted,
      Object.keys(settings)
        .filter((key) => /file$/i.test(key))
        .map((key) => `pgReplication.${key}`),
    );
  });

  it('names in its conditions only context keys, views and schemes that there are', () => {
    const conditions = [...menuItems, ...contributes.viewsWelcome].flatMap(({ when }) =>
      when === undefined ? [] : [when],
    );
    const known = new Set<string>([
      ...contextKeys,
      ...Object.values(views),
      ...panels,
      planScheme,
      historyScheme,
      declarationScheme,
    ]);
    for (const condition of conditions) {
      for (const [name] of condition.matchAll(/pgReplication\.[\w.]+|pgreplication-[\w-]+/g))
        assert.ok(known.has(name), `${name} in ${condition}`);
    }
  });

  it('has every string it names, and names every string it has', () => {
    const used = new Set([...text.matchAll(placeholder)].map(([, key]) => String(key)));
    assert.deepEqual([...used].sort(), Object.keys(strings).sort());
  });

  it('has one button and only known commands in each welcome text', () => {
    assert.deepEqual(
      welcomeCommands().filter((id) => !ids.includes(id)),
      [],
    );
    for (const { contents } of contributes.viewsWelcome) {
      const buttons = resolved(contents)
        .split('\n')
        .filter((line) => /^\[[^\]]+\]\(command:[^)]+\)$/.test(line));
      assert.ok(buttons.length <= 1, contents);
    }
  });
});

function welcomeCommands(): readonly string[] {
  return contributes.viewsWelcome.flatMap(({ contents }) =>
    [...resolved(contents).matchAll(/\(command:([\w.]+)\)/g)].flatMap(([, id]) => id ?? []),
  );
}
