import { z } from 'zod';

import { parseDatabaseUrl } from '../database/database-url';
import { parseAddress } from './address';

/** What a setting's text may be. Flags, environment and defaults all pass through the same `schema`. */
export interface Kind<Value> {
  readonly schema: z.ZodType<Value, string>;
  /** Ends the sentence "--flag must be ..."; never repeats what was given, which may be secret. */
  readonly expected: string;
  /** Stands for the value in the help; a switch has none. */
  readonly placeholder?: string;
}

const TRUE = new Set(['1', 'true', 'yes', 'on']);
const FALSE = new Set(['0', 'false', 'no', 'off']);

/** Builds a kind from a function that gives undefined for a text it can't read. */
function kind<Value>(
  placeholder: string,
  expected: string,
  read: (text: string) => Value | undefined,
): Kind<Value> {
  const schema = z.string().transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue(expected);
    return z.NEVER;
  });
  return { schema, expected, placeholder };
}

export const SWITCH: Kind<boolean> = {
  expected: 'true or false',
  schema: kind('', 'true or false', (text) => {
    const word = text.toLowerCase();
    return TRUE.has(word) || (FALSE.has(word) ? false : undefined);
  }).schema,
};

export const ADDRESS = kind('host:port', 'host:port, or [v6]:port for IPv6', parseAddress);

export const HOST = kind('host', 'a host name or an IP address', (text) =>
  /^[^\s/[\]]+$/.test(text) ? text : undefined,
);

export const PATH = kind('path', 'a path', (text) => (text.includes('\0') ? undefined : text));

/** Nobody's: it may be shown where URLs are cut out. */
export const EXAMPLE_URL = 'postgres://user:password@host:5432,host2:5432/database';

export const POSTGRES_URL = kind(
  'postgres://...',
  `a URL like ${EXAMPLE_URL}, whose target_session_attrs may be read-write, primary or any (SQLite files are not supported)`,
  (text) => (parseDatabaseUrl(text) === undefined ? undefined : text),
);

/** A whole number within both limits. */
export function wholeNumber(least: number, most: number, placeholder = 'number'): Kind<number> {
  const expected = `a whole number from ${String(least)} to ${String(most)}`;
  return kind(placeholder, expected, (text) => {
    const value = Number(text);
    return /^\d{1,15}$/.test(text) && value >= least && value <= most ? value : undefined;
  });
}

/** A duration in seconds, fractions allowed. */
export function seconds(most: number): Kind<number> {
  return kind('seconds', `a number of seconds from 0 to ${String(most)}`, (text) => {
    const value = Number(text);
    return /^\d+(\.\d+)?$/.test(text) && value <= most ? value : undefined;
  });
}

/** One of some words; the keys are what may be written (in any case), the values what it means. */
export function choice<const Value extends string>(
  words: Readonly<Record<string, Value>>,
  shown: readonly string[] = Object.keys(words),
): Kind<Value> {
  const allowed = new Map(Object.entries(words));
  return kind(shown.join('|'), `one of: ${shown.join(', ')}`, (text) =>
    allowed.get(text.toLowerCase()),
  );
}
