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
  const parts = ISO_WITH_ZONE.exec(text);
  const [, date = '', minutes = '', seconds = '00', fraction = '', zone = ''] = parts ?? [];
  if (!isDayOfCalendar(date)) return undefined;
  const utc = atSecond(`${date}T${minutes}:${seconds}`, zone);
  const micros = fraction.padEnd(6, '0');
  return utc && `${utc}${micros === '000000' ? '' : `.${micros}`}+00:00`;
}

/** The second in UTC, without a zone. */
function atSecond(localTime: string, zone: string): string | undefined {
  const time = new Date(localTime + zone.replace(/^(.\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(time.getTime())) return undefined;
  const utc = time.toISOString();
  // years beyond 0..9999 get a sign and six digits
  return /^(?!0000)\d{4}-/.test(utc) ? utc.slice(0, 19) : undefined;
}

/** JavaScript takes 30 February for 2 March. */
function isDayOfCalendar(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}
