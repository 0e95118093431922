/** The settings of alerts that are numbers, with their defaults; 0 switches one off. */
export const alertDefaults = {
  behindMegabytes: 1024,
  behindSeconds: 300,
  behindForSeconds: 120,
  inactiveForSeconds: 900,
  retainedMegabytes: 10_240,
  headroomPercent: 20,
  lostWithinMinutes: 60,
  stoppedForSeconds: 60,
  copyFailingForSeconds: 60,
  unusedForHours: 24,
  lost: true,
} as const;
export type AlertSettingName = keyof typeof alertDefaults;

/** The thresholds that apply to a stream; null where one is switched off. */
export interface AlertThresholds {
  readonly behindBytes: number | null;
  readonly behindSeconds: number | null;
  readonly behindForSeconds: number;
  readonly inactiveForSeconds: number | null;
  readonly retainedBytes: number | null;
  /** Of what the slot may keep, 0 to 1. */
  readonly headroomFraction: number | null;
  readonly lostWithinSeconds: number | null;
  readonly stoppedForSeconds: number | null;
  readonly copyFailingForSeconds: number | null;
  readonly unusedForSeconds: number | null;
  readonly lost: boolean;
}

/** Settings of alerts that could be read. */
export type AlertSettings = Readonly<Partial<Record<AlertSettingName, number | boolean>>>;

/** What was read of settings, and what is wrong with the rest: a sentence each. What is wrong counts as not set. */
export interface ParsedAlertSettings {
  readonly settings: AlertSettings;
  readonly problems: readonly string[];
}

/** The most a setting may be: a percentage has an end, and of the others a year or a petabyte is a slip. */
function mostOf(name: AlertSettingName): number {
  if (name.endsWith('Percent')) return 90;
  return name.endsWith('Seconds') ? 31_536_000 : 1_073_741_824;
}

/** Reads settings by their names. `where` stands before the name in what is said of a bad one: "pgReplication.alerts.". */
export function parseAlertSettings(raw: Readonly<Record<string, unknown>>, where: string): ParsedAlertSettings {
  const settings: Partial<Record<AlertSettingName, number | boolean>> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (value === undefined) continue;
    if (!isName(name)) {
      problems.push(`${where}${name}: there is no such threshold. There are ${Object.keys(alertDefaults).join(', ')}.`);
    } else if (name === 'lost') {
      if (typeof value === 'boolean') settings.lost = value;
      else problems.push(`${where}lost: it is true or false, not ${said(value)}.`);
    } else if (typeof value !== 'number' || !(value >= 0 && value <= mostOf(name))) {
      problems.push(
        `${where}${name}: it is a number from 0 (off) to ${mostOf(name).toLocaleString('en-US')}, not ${said(value)}.`,
      );
    } else settings[name] = value;
  }
  return { settings, problems };
}

/** Reads what is set for single connections: an object of objects, by the connection's name. */
export function parsePerConnection(
  raw: unknown,
  where: string,
): { readonly settings: ReadonlyMap<string, AlertSettings>; readonly problems: readonly string[] } {
  if (raw === undefined) return { settings: new Map(), problems: [] };
  if (!isObject(raw)) {
    return {
      settings: new Map(),
      problems: [`${where}: it is an object with names of connections, not ${said(raw)}.`],
    };
  }
  const parsed = Object.entries(raw).map(([connection, value]) => {
    const place = `${where} of ${connection}`;
    const found: ParsedAlertSettings = isObject(value)
      ? parseAlertSettings(value, `${place}: `)
      : { settings: {}, problems: [`${place}: it is an object with thresholds, not ${said(value)}.`] };
    return [connection, found] as const;
  });
  return {
    settings: new Map(parsed.map(([connection, { settings }]) => [connection, settings])),
    problems: parsed.flatMap(([, { problems }]) => problems),
  };
}

/** The thresholds of a stream: the defaults, changed by each of these settings in turn; a later one counts more. */
export function thresholdsFrom(...layers: readonly AlertSettings[]): AlertThresholds {
  const all: Readonly<Record<AlertSettingName, number | boolean>> = Object.assign({}, alertDefaults, ...layers);
  const number = (name: AlertSettingName) => Number(all[name]);
  const times = (name: AlertSettingName, unit: number) => (number(name) === 0 ? null : number(name) * unit);
  return {
    behindBytes: times('behindMegabytes', 1024 ** 2),
    behindSeconds: times('behindSeconds', 1),
    behindForSeconds: number('behindForSeconds'),
    inactiveForSeconds: times('inactiveForSeconds', 1),
    retainedBytes: times('retainedMegabytes', 1024 ** 2),
    headroomFraction: times('headroomPercent', 0.01),
    lostWithinSeconds: times('lostWithinMinutes', 60),
    stoppedForSeconds: times('stoppedForSeconds', 1),
    copyFailingForSeconds: times('copyFailingForSeconds', 1),
    unusedForSeconds: times('unusedForHours', 3600),
    lost: all.lost === true,
  };
}

function isName(name: string): name is AlertSettingName {
  return Object.hasOwn(alertDefaults, name);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as it was written, not too long. */
function said(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
