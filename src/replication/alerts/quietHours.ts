/** A time of the day in which nothing is told, in minutes since midnight by the person's clock; it may span midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

const pattern = /^\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*$/;

/** Reads "22:00-07:00"; nothing where it is empty. `where` names the setting in what is said of a bad one. */
export function parseQuietHours(
  raw: unknown,
  where: string,
): { readonly hours: QuietHours | null; readonly problem: string | null } {
  if (raw === undefined || (typeof raw === 'string' && raw.trim() === '')) return { hours: null, problem: null };
  const found = typeof raw === 'string' ? pattern.exec(raw)?.slice(1).map(Number) : undefined;
  const [fromHour = 99, fromMinute = 99, toHour = 99, toMinute = 99] = found ?? [];
  const hours = { from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute };
  const isTime = fromHour < 24 && toHour < 24 && fromMinute < 60 && toMinute < 60;
  if (isTime && hours.from !== hours.to) return { hours, problem: null };
  return {
    hours: null,
    problem: `${where}: it is a time of the day like 22:00-07:00, or empty, not ${JSON.stringify(raw)}.`,
  };
}

/** Whether that moment is within the quiet hours, as the person's clock shows it. */
export function isQuiet(hours: QuietHours | null, at: Date): boolean {
  if (hours === null) return false;
  const minute = at.getHours() * 60 + at.getMinutes();
  const { from, to } = hours;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}
