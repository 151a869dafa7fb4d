const TIMESTAMPTZ = /^(\d{4,}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00(?::00)?$/;

/**
 * A timestamptz as PostgreSQL prints it in UTC, as the ISO text that Flower's clients parse: `+00:00` (never
 * `Z`, which Python 3.10 does not know) and six digits of microseconds, left out when zero.
 * Unset becomes "".
 */
export function isoText(timestamptz: string | null): string {
  if (timestamptz === null) return '';
  const [, date, time, fraction = ''] = TIMESTAMPTZ.exec(timestamptz) ?? [];
  if (date === undefined || time === undefined) throw new RangeError('not a UTC timestamptz');
  const micros = fraction.padEnd(6, '0');
  return `${date}T${time}${micros === '000000' ? '' : `.${micros}`}+00:00`;
}

const ISO_WITH_ZONE =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?(Z|[+-]\d\d:?\d\d)$/;

/**
 * An ISO 8601 time with a zone, as clients write it, in UTC and in the form of `isoText`, microseconds kept.
 * Undefined if it is none, or not within the years 1 to 9999 that clients know.
 */
export function utcText(text: string): string | undefined {
  const [, date, minutes, seconds = '00', fraction = '', zone = ''] =
    ISO_WITH_ZONE.exec(text) ?? [];
  if (date === undefined || minutes === undefined || !isDayOfCalendar(date)) return undefined;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const time = new Date(`${date}T${minutes}:${seconds}${offset}`);
  if (Number.isNaN(time.getTime())) return undefined;
  const utc = time.toISOString(); // years beyond 0..9999 get a sign and six digits
  if (!/^\d{4}-/.test(utc) || utc.startsWith('0000')) return undefined;
  const micros = fraction.padEnd(6, '0');
  return `${utc.slice(0, 19)}${micros === '000000' ? '' : `.${micros}`}+00:00`;
}

/** JavaScript takes 30 February for 2 March. */
function isDayOfCalendar(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}
