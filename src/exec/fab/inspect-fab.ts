import { createHash } from 'node:crypto';

import { type AppDescription, readAppDescription } from './app-description';
import { checkContentList } from './content-list';
import { readEntry } from './entry-content';
import { InvalidFabError } from './fab.errors';
import { PYPROJECT_LIMIT_BYTES } from './fab.limits';
import { readZipEntries, type ZipEntry } from './zip-entries';

const PYPROJECT_PATH = 'pyproject.toml';

/** What the server needs to know about a FAB before it stores it. */
export interface FabFacts extends AppDescription {
  /** SHA-256 of the whole FAB in hex: its key in the store. */
  readonly fabHash: string;
}

/**
 * Checks a FAB completely and says what is in it. Nothing is written to disk; large files are never
 * in memory as a whole. Stock StartRun reads only `pyproject.toml`; this also holds the ZIP to be
 * safe to unpack on any client, and its files to be those that its list of contents names.
 *
 * @param content the FAB, of at most `FAB_LIMIT_BYTES` (the caller checks it)
 * @throws {InvalidFabError} with what is wrong in one sentence
 */
export async function inspectFab(content: Buffer): Promise<FabFacts> {
  const files = await readZipEntries(content);
  const pyproject = findPyproject(files);
  await checkContentList(files);
  const description = readAppDescription(await readEntry(pyproject), new Set(files.keys()));
  return { ...description, fabHash: createHash('sha256').update(content).digest('hex') };
}

function findPyproject(files: ReadonlyMap<string, ZipEntry>): ZipEntry {
  const entry = files.get(PYPROJECT_PATH);
  if (entry === undefined) {
    throw new InvalidFabError(`The FAB has no ${PYPROJECT_PATH}.`);
  }
  if (entry.unpackedBytes > PYPROJECT_LIMIT_BYTES) {
    throw new InvalidFabError(
      `${PYPROJECT_PATH} has ${entry.unpackedBytes} bytes; at most ${PYPROJECT_LIMIT_BYTES} may be.`,
    );
  }
  return entry;
}
