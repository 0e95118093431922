import type { SettingAdvice } from '../../../replication/operations/settings/changeSettings.ts';
import { settingText as valueText } from '../../../replication/operations/settings/settingValue.ts';
import { comment } from '../../plans/sqlText.ts';
import { joined } from '../../tree/words.ts';

/**
 * A setting in the list to pick from: "4 → 10 · 3 of 4 used" beside its name, and below "One for each subscription ·
 * needs a restart · publisher". A list is 600 pixels wide, which cuts a line at some 85 characters.
 */
export function settingChoice(entry: SettingAdvice): { readonly description: string; readonly detail: string } {
  return { description: valueWords(entry), detail: joined([entry.brief, ...takesWords(entry)]) };
}

/** A setting as a statement that shows it, with its value, what a change takes, and what it is for, to be read. */
export function settingText(entry: SettingAdvice): string {
  const facts = joined([valueWords(entry), ...takesWords(entry)]);
  return [`SHOW ${entry.setting.name};`, ...comment(facts), ...comment(entry.why)].join('\n');
}

function valueWords({ setting, suggested, use }: SettingAdvice): string {
  const value = valueText(setting);
  return joined([
    suggested === null ? value : `${value} → ${suggested}`,
    use,
    setting.pendingRestart && `waits for a restart${setting.inAutoFile ? ` with ${setting.inAutoFile}` : ''}`,
  ]);
}

function takesWords({ side, takes }: SettingAdvice): readonly string[] {
  return [takes === 'restart' ? 'needs a restart' : 'needs a reload', side === 'both' ? 'both ends' : side];
}
