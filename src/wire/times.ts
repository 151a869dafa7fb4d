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
