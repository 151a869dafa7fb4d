import { hashEntry, readEntry } from './entry-content';
import { InvalidFabError, quote } from './fab.errors';
import { CONTENT_LIST_LIMIT_BYTES } from './fab.limits';
import type { ZipEntry } from './zip-entries';

const CONTENT_LIST_PATH = '.info/CONTENT';
/** `path,sha256hex,size in bits`; a path may have commas itself. */
const LINE = /^(.+),([0-9a-f]{64}),(0|[1-9][0-9]{0,15})$/u;

/**
 * Checks a FAB against its own list of contents (`.info/CONTENT`): each file is listed once with
 * its size and hash, nothing is listed that isn't there. Sizes are compared before anything large is
 * unpacked.
 *
 * @throws {InvalidFabError}
 */
export async function checkContentList(files: ReadonlyMap<string, ZipEntry>): Promise<void> {
  const hashes = await readContentList(files);
  for (const [path, entry] of files) {
    const listed = hashes.get(path);
    if (path !== CONTENT_LIST_PATH && (await hashEntry(entry)) !== listed) {
      throw new InvalidFabError(`The file ${quote(path)} doesn't have the hash that is listed.`);
    }
  }
}

async function readContentList(
  files: ReadonlyMap<string, ZipEntry>,
): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const line of await readLines(files)) {
    const { path, hash, bytes } = parseLine(line);
    if (hashes.has(path) || files.get(path)?.unpackedBytes !== bytes) {
      throw new InvalidFabError(
        `${CONTENT_LIST_PATH} lists ${quote(path)} twice, wrongly sized or without such a file.`,
      );
    }
    hashes.set(path, hash);
  }
  for (const path of files.keys()) {
    if (path !== CONTENT_LIST_PATH && !hashes.has(path)) {
      throw new InvalidFabError(`The file ${quote(path)} is not listed in ${CONTENT_LIST_PATH}.`);
    }
  }
  return hashes;
}

function parseLine(line: string): { path: string; hash: string; bytes: number } {
  const [, path, hash, bits] = LINE.exec(line) ?? [];
  if (path === undefined || hash === undefined || path === CONTENT_LIST_PATH) {
    throw new InvalidFabError(`${CONTENT_LIST_PATH} has the line ${quote(line)}.`);
  }
  return { path, hash, bytes: Number(bits) / 8 };
}

async function readLines(files: ReadonlyMap<string, ZipEntry>): Promise<readonly string[]> {
  const entry = files.get(CONTENT_LIST_PATH);
  if (entry === undefined) {
    throw new InvalidFabError(`The FAB has no ${CONTENT_LIST_PATH}: build it with "flwr build".`);
  }
  if (entry.unpackedBytes > CONTENT_LIST_LIMIT_BYTES) {
    throw new InvalidFabError(
      `${CONTENT_LIST_PATH} has ${entry.unpackedBytes} bytes; at most ${CONTENT_LIST_LIMIT_BYTES} may be.`,
    );
  }
  return (await readEntry(entry)).toString('utf8').split('\n');
}
