export type JsonObject = Readonly<Record<string, unknown>>;

/** Parsed, no text of this length takes more than some MiB, however it is made. */
export const HARMLESS_CHARACTERS = 64 * 1024;
/** A value takes up to a hundred bytes once it is parsed, and two characters or so before. */
const MOST_VALUES = { anyway: 200_000, aCharacter: 1 / 24 };
const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);

/** What a text says in JSON; undefined if it is none, or has too many values to be parsed. */
export function parseJson(text: string): unknown {
  if (hasTooManyValues(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** True for a text that would take many times its size once it is parsed. What stands in strings does not count. */
export function hasTooManyValues(text: string): boolean {
  if (text.length <= HARMLESS_CHARACTERS) return false;
  let left = MOST_VALUES.anyway + text.length * MOST_VALUES.aCharacter;
  for (let at = 0; at < text.length && left >= 0; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = endOfString(text, at);
    else if (makesValue(character)) left -= 1;
  }
  return left < 0;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}

/** Every value but the outermost comes behind one of these, and is one itself if it has none inside. */
function makesValue(character: number): boolean {
  switch (character) {
    case 0x2c: // ,
    case 0x3a: // :
    case 0x5b: // [
    case 0x7b: // {
      return true;
    default:
      return false;
  }
}

/** Where the string that begins at `start` has its closing quote. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}
