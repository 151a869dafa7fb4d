import { parse, type TomlTable, type TomlValue } from 'smol-toml';

import { InvalidFabError } from './fab.errors';

/** Far over a real file's (some hundred); a table a mark is what costs memory. */
const MARK_LIMIT = 50_000;
/** Far over a date's or number's; a number's cost grows faster than its length. */
const DIGIT_RUN_LIMIT = 4_096;
const NESTING_LIMIT = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses `pyproject.toml` with bounded time and memory. Integers come as bigint, floats as number.
 *
 * @param content at most the size that the caller allows
 * @throws {InvalidFabError}
 */
export function parsePyproject(content: Buffer): TomlTable {
  const text = decode(content);
  checkCost(text);
  try {
    return parse(text, { integersAsBigInt: true, maxDepth: NESTING_LIMIT });
  } catch (cause) {
    const [reason] = cause instanceof Error ? cause.message.split('\n') : [];
    throw new InvalidFabError(`pyproject.toml can't be read: ${reason ?? 'unknown reason'}.`, {
      cause,
    });
  }
}

function decode(content: Buffer): string {
  try {
    return utf8.decode(content);
  } catch (cause) {
    throw new InvalidFabError('pyproject.toml is not valid UTF-8.', { cause });
  }
}

/**
 * Refuses text that a parser would turn into far more than its own size: a megabyte of `a.a.a.…` is
 * half a million nested tables. Counts marks also inside strings and comments, which is why the
 * limits are far from what people write.
 */
function checkCost(text: string): void {
  let marks = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    marks += isMark(code) ? 1 : 0;
    digits = isDigit(code) ? digits + 1 : 0;
    if (marks > MARK_LIMIT || digits > DIGIT_RUN_LIMIT) {
      throw new InvalidFabError('pyproject.toml has too many keys or values, or a huge number.');
    }
  }
}

/** One of `. , = [ {`: each key, value and level of a document needs one. */
function isMark(code: number): boolean {
  return code === 0x2e || code === 0x2c || code === 0x3d || code === 0x5b || code === 0x7b;
}

/** `0`-`9`, `A`-`F`, `a`-`f`, `_`: what numbers of any base are made of. */
function isDigit(code: number): boolean {
  const lower = code | 0x20;
  return (code >= 0x30 && code <= 0x39) || (lower >= 0x61 && lower <= 0x66) || code === 0x5f;
}

/** The value of a table's own key, never something inherited. */
export function valueOf(table: TomlTable, key: string): TomlValue | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Whether a value is a table, not an array or a date. */
export function isTable(value: TomlValue | undefined): value is TomlTable {
  return (
    typeof value === 'object' && !Array.isArray(value) && Object.getPrototypeOf(value) === null
  );
}
