import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { isQuiet, parseQuietHours } from '../../../src/replication/alerts/quietHours.ts';
import {
  alertDefaults,
  parseAlertSettings,
  parsePerConnection,
  thresholdsFrom,
} from '../../../src/replication/alerts/thresholds.ts';

const where = 'pgReplication.alerts';

describe('the settings of alerts', () => {
  it('have defaults that are right, and 0 for off', () => {
    assert.deepEqual(parseAlertSettings(alertDefaults, where).problems, []);
    assert.equal(thresholdsFrom().retainedBytes, 10 * 1024 ** 3);
    assert.equal(thresholdsFrom().unusedForSeconds, 86_400);
    assert.equal(thresholdsFrom({ retainedMegabytes: 0 }).retainedBytes, null);
  });

  it('say what is wrong with a bad one, which counts as not set', () => {
    const { problems, settings } = parseAlertSettings(
      {
        behindSeconds: -1,
        retainedMegabytes: '10 GB',
        headroomPercent: 120,
        lost: 1,
        behindMinutes: 5,
        unusedForHours: 3,
      },
      `${where}.`,
    );
    assert.deepEqual(settings, { unusedForHours: 3 });
    assert.deepEqual(problems.slice(0, 4), [
      'pgReplication.alerts.behindSeconds: it is a number from 0 (off) to 31,536,000, not -1.',
      'pgReplication.alerts.retainedMegabytes: it is a number from 0 (off) to 1,073,741,824, not "10 GB".',
      'pgReplication.alerts.headroomPercent: it is a number from 0 (off) to 90, not 120.',
      'pgReplication.alerts.lost: it is true or false, not 1.',
    ]);
    assert.match(
      problems[4] ?? '',
      /^pgReplication\.alerts\.behindMinutes: there is no such threshold\. There are .*lost/,
    );
  });

  it('can be set for single connections, of which a later one counts more', () => {
    const { problems, settings } = parsePerConnection(
      { shop: { behindSeconds: 60 }, warehouse: { behindSeconds: 30, retainedMegabytes: 1 } },
      `${where}.perConnection`,
    );
    assert.deepEqual(problems, []);
    const [shop = {}, warehouse = {}] = [settings.get('shop'), settings.get('warehouse')];
    const both = thresholdsFrom({ behindSeconds: 500, behindForSeconds: 7 }, warehouse, shop);
    assert.deepEqual([both.behindSeconds, both.retainedBytes, both.behindForSeconds], [60, 1024 ** 2, 7]);
    assert.deepEqual(parsePerConnection({ shop: 5, a: { x: 1 } }, 'here').problems.length, 2);
    assert.match(
      parsePerConnection({ shop: 5 }, 'here').problems[0] ?? '',
      /^here of shop: it is an object .*not 5\.$/,
    );
    assert.match(parsePerConnection([], 'here').problems[0] ?? '', /^here: it is an object with names of connections/);
  });

  it('allow in the manifest what is right here, and for a connection what there is at all', () => {
    const file = path.join(import.meta.dirname, '../../../package.json');
    interface Property {
      readonly maximum?: number;
      readonly pattern?: string;
      readonly additionalProperties?: { readonly properties: Readonly<Record<string, Property>> };
    }
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
      contributes: { configuration: readonly { properties: Readonly<Record<string, Property>> }[] };
    };
    const all: Readonly<Record<string, Property>> = Object.assign(
      {},
      ...manifest.contributes.configuration.map(({ properties }) => properties),
    );
    const own = all[`${where}.perConnection`]?.additionalProperties?.properties ?? {};
    assert.deepEqual(Object.keys(own).sort(), Object.keys(alertDefaults).sort());
    for (const name of Object.keys(alertDefaults)) {
      const most = all[`${where}.${name}`]?.maximum;
      assert.equal(own[name]?.maximum, most, name);
      if (most === undefined) continue;
      assert.deepEqual(parseAlertSettings({ [name]: most }, where).problems, [], name);
      assert.equal(parseAlertSettings({ [name]: most + 1 }, where).problems.length, 1, name);
    }
    const pattern = new RegExp(all[`${where}.quietHours`]?.pattern ?? '$^');
    for (const text of ['', '22:00-07:00', ' 9:30 – 17:00 ', '24:00-07:00', '22-7', 'night', '22:00-07:60']) {
      assert.equal(pattern.test(text), parseQuietHours(text, where).problem === null, text);
    }
  });
});

describe('quiet hours', () => {
  const at = (hour: number, minute = 0) => new Date(2026, 0, 15, hour, minute);
  const hours = (text: string) => parseQuietHours(text, where).hours;

  it('may go over midnight', () => {
    const night = hours('22:00-07:00');
    assert.deepEqual(
      [at(21, 59), at(22), at(23, 59), at(0), at(6, 59), at(7), at(12)].map((time) => isQuiet(night, time)),
      [false, true, true, true, true, false, false],
    );
    const day = hours('9:30-17:00');
    assert.deepEqual(
      [at(9, 29), at(9, 30), at(16, 59), at(17), at(0)].map((time) => isQuiet(day, time)),
      [false, true, true, false, false],
    );
    assert.equal(isQuiet(hours(''), at(3)), false);
  });

  it('say what is wrong with bad ones', () => {
    assert.equal(
      parseQuietHours('22-7', where).problem,
      'pgReplication.alerts: it is a time of the day like 22:00-07:00, or empty, not "22-7".',
    );
    assert.notEqual(parseQuietHours('07:00-07:00', where).problem, null);
    assert.notEqual(parseQuietHours(7, where).problem, null);
  });
});
