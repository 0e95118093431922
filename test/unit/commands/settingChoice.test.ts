import assert from 'node:assert/strict';

import { type SettingAdvice, settingAdvice } from '../../../src/replication/operations/settings/changeSettings.ts';
import { settingRules } from '../../../src/replication/operations/settings/settingRules.ts';
import { settingChoice, settingText } from '../../../src/ui/commands/settings/settingChoice.ts';
import { setting, target } from '../operations/fixture.ts';

describe('a setting in the list to pick from', () => {
  it('has a line that isn’t cut off, whatever it takes and whose it is', () => {
    const advice = settingAdvice(
      target(),
      Object.keys(settingRules).map((name) => setting(name)),
    );
    assert.equal(advice.length, Object.keys(settingRules).length);
    for (const entry of advice) {
      // What 600 pixels show, less the tick box, in the font of the editor.
      assert.ok(settingChoice(entry).detail.length <= 86, `${entry.setting.name}: ${settingChoice(entry).detail}`);
    }
  });

  it('says the value and what it should be, how much is used, and what waits', () => {
    const entry: SettingAdvice | undefined = settingAdvice(target(), [
      setting('max_replication_slots', { value: '1', pendingRestart: true, inAutoFile: '3' }),
    ])[0];
    assert.ok(entry);
    assert.deepEqual(settingChoice(entry), {
      description: '1 → 5 · 0 of 1 used · waits for a restart with 3',
      detail: 'One for each subscription and each table being copied · needs a restart · both ends',
    });
    const [first = '', second = '', third = ''] = settingText(entry).split('\n');
    assert.equal(first, 'SHOW max_replication_slots;');
    assert.match(second, /^-- 1 → 5 · 0 of 1 used · waits for a restart with 3/);
    assert.match(third, /^-- /);
  });
});
