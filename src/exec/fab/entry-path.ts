import { InvalidFabError, quote } from './fab.errors';
import { PATH_DEPTH_LIMIT, PATH_LIMIT_BYTES } from './fab.limits';

const UTF8_FLAG = 0x800;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Names that Windows opens as a device, whatever the extension. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const UNSAFE_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\\:]/u;

/**
 * The path of an entry as text, if it is safe to create below a folder on Linux, macOS and Windows.
 *
 * @param raw the name's bytes in the central directory
 * @param flags the entry's general purpose flags; without its UTF-8 bit a name must be ASCII
 * @throws {InvalidFabError}
 */
export function readEntryPath(raw: Buffer, flags: number): string {
  if (raw.length === 0 || raw.length > PATH_LIMIT_BYTES) {
    throw new InvalidFabError(
      `A path in the FAB has ${raw.length} bytes; 1 to ${PATH_LIMIT_BYTES} are possible.`,
    );
  }
  const path = decode(raw, flags);
  const fault = findFault(path);
  if (fault !== undefined) {
    throw new InvalidFabError(`The path ${quote(path)} in the FAB ${fault}.`);
  }
  return path;
}

function decode(raw: Buffer, flags: number): string {
  const isAscii = raw.every((byte) => byte < 0x80);
  if (!isAscii && (flags & UTF8_FLAG) === 0) {
    throw new InvalidFabError('A path in the FAB is neither ASCII nor marked as UTF-8.');
  }
  try {
    return utf8.decode(raw);
  } catch (cause) {
    throw new InvalidFabError('A path in the FAB is not valid UTF-8.', { cause });
  }
}

function findFault(path: string): string | undefined {
  if (UNSAFE_CHARACTER.test(path)) {
    return 'has a backslash, a colon or a control character';
  }
  if (path.startsWith('/')) {
    return 'is absolute';
  }
  const parts = path.split('/');
  if (parts.length > PATH_DEPTH_LIMIT) {
    return `has more than ${PATH_DEPTH_LIMIT} levels`;
  }
  if (path.endsWith('/')) {
    return 'is a folder; a FAB has only files';
  }
  return parts.map(findPartFault).find((fault) => fault !== undefined);
}

function findPartFault(part: string): string | undefined {
  if (part === '' || part === '.' || part === '..') {
    return `has the part ${quote(part)}`;
  }
  if (part.endsWith('.') || part.endsWith(' ')) {
    return 'has a part that ends in a dot or a space, which Windows drops';
  }
  return WINDOWS_DEVICE.test(part) ? 'has the name of a Windows device' : undefined;
}

/**
 * Checks that the paths can all stand beside each other: none twice, none as file and as folder.
 *
 * @throws {InvalidFabError}
 */
export function checkPathsTogether(paths: readonly string[]): void {
  const files = new Set<string>();
  for (const path of paths) {
    if (files.has(path)) {
      throw new InvalidFabError(`The FAB has ${quote(path)} twice.`);
    }
    files.add(path);
  }
  for (const path of paths) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at);
      if (files.has(folder)) {
        throw new InvalidFabError(`The FAB has ${quote(folder)} as a file and as a folder.`);
      }
    }
  }
}
