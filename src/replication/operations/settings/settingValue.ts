import type { SettingDetail } from '../../model/reads.ts';

/** A value as the server will show it (in the setting's unit, without it), or what is wrong with it. */
export type SettingValue = { readonly canonical: string } | { readonly fault: string };

const memory: Readonly<Record<string, number>> = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };
const time: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads a value for a setting as PostgreSQL does (guc.c), before it is asked: type, unit, limits, values of an enum.
 * Stricter in one thing: numbers are whole ones in the setting's unit, as versions before 12 want them.
 */
export function readSettingValue(setting: SettingDetail, text: string): SettingValue {
  const value = text.trim();
  switch (setting.type) {
    case 'bool':
      return readFlag(value);
    case 'enum': {
      const found = setting.choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
      return found === undefined ? { fault: `One of ${setting.choices.join(', ')}.` } : { canonical: found };
    }
    case 'integer':
      return readNumber(setting, value);
    case 'real':
      return Number.isFinite(Number(value)) && value !== '' ? inLimits(setting, Number(value)) : { fault: 'A number.' };
    case 'string':
      return value.includes('\0') ? { fault: 'A value can’t hold a zero byte.' } : { canonical: value };
  }
}

function readFlag(value: string): SettingValue {
  if (/^(on|true|yes|1)$/i.test(value)) return { canonical: 'on' };
  return /^(off|false|no|0)$/i.test(value) ? { canonical: 'off' } : { fault: 'on or off.' };
}

function readNumber(setting: SettingDetail, value: string): SettingValue {
  const [, digits, unit = ''] = /^([+-]?\d+)\s*([A-Za-z]*)$/.exec(value) ?? [];
  if (digits === undefined) return { fault: `A whole number${unitsInWords(setting.unit)}.` };
  const factor = unit === '' ? 1 : factorOf(unit, setting.unit);
  if (factor === null) return { fault: `The unit ${unit} doesn’t fit${unitsInWords(setting.unit)}.` };
  const amount = Number(digits) * factor;
  if (!Number.isInteger(amount)) return { fault: `It isn’t a whole number of ${setting.unit ?? 'units'}.` };
  return inLimits(setting, amount);
}

function inLimits({ min, max, unit }: SettingDetail, amount: number): SettingValue {
  if ((min !== null && amount < min) || (max !== null && amount > max)) {
    return { fault: `It has to be from ${min ?? '…'} to ${max ?? '…'}${unit === null ? '' : ` ${unit}`}.` };
  }
  return { canonical: String(amount) };
}

/** How many of the setting's unit ("8kB", "MB", "ms"…) one of `unit` is; null where they don't go together. */
function factorOf(unit: string, base: string | null): number | null {
  const [, count = '', baseUnit = ''] = /^(\d*)([A-Za-z]+)$/.exec(base ?? '') ?? [];
  const units = baseUnit in memory ? memory : baseUnit in time ? time : {};
  const [one, each] = [units[unit], units[baseUnit]];
  return one === undefined || each === undefined ? null : one / (each * Number(count === '' ? 1 : count));
}

/** A value in bytes or milliseconds; null where it isn't one, or the setting's unit is another. */
export function valueIn(unit: 'B' | 'ms', setting: SettingDetail, text: string): number | null {
  const read = readSettingValue(setting, text);
  const factor = factorOf(unit, setting.unit);
  return 'fault' in read || factor === null ? null : Number(read.canonical) / factor;
}

function unitsInWords(base: string | null): string {
  if (base === null) return '';
  const units = /[kMGT]?B$/.test(base) ? 'kB, MB, GB or TB' : 'ms, s, min, h or d';
  return `, with ${units} or else in ${base}`;
}

/** A value with its unit, as a person writes it: 60000 ms is 60s. -1 and 0 stand alone: they mean "off" or "no limit". */
export function settingText({ value, unit }: Pick<SettingDetail, 'value' | 'unit'>): string {
  const amount = Number(value);
  if (unit === null || !Number.isFinite(amount) || amount <= 0) return value === '' ? '(empty)' : value;
  const units = factorOf('kB', unit) === null ? ['d', 'h', 'min', 's', 'ms'] : ['TB', 'GB', 'MB', 'kB'];
  for (const larger of units) {
    const factor = factorOf(larger, unit);
    if (factor !== null && amount % factor === 0 && amount >= factor) return `${amount / factor}${larger}`;
  }
  return `${value} ${unit}`;
}
