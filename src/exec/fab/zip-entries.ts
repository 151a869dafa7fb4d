import { type Entry, fromBuffer, type LocalFileHeader, type ZipFile } from 'yauzl';

import { checkPathsTogether, readEntryPath } from './entry-path';
import { InvalidFabError, quote } from './fab.errors';
import { UNPACKED_LIMIT_BYTES } from './fab.limits';
import { readZipLayout, type ZipLayout } from './zip-layout';

const STORED = 0;
const DEFLATED = 8;
const ENCRYPTION_FLAGS = 0x1 | 0x40 | 0x2000;
const SIZES_FOLLOW_FLAG = 0x8;
const ZIP64_EXTRA = 0x0001;
const UNICODE_PATH_EXTRA = 0x7075;
const FILE_TYPE_MASK = 0o170000;
const REGULAR_FILE = 0o100000;
const DOS_FOLDER = 0x10;

/** A file in a FAB whose headers have been checked; `packed` is a view into the FAB, not a copy. */
export interface ZipEntry {
  readonly path: string;
  readonly isDeflated: boolean;
  readonly packed: Buffer;
  readonly unpackedBytes: number;
  readonly crc32: number;
}

interface PlacedEntry extends ZipEntry {
  readonly start: number;
  readonly end: number;
}

/**
 * The files of a ZIP by path, from its headers alone: nothing is unpacked. Checked are names, kinds,
 * packing methods, the sum of the sizes, that both headers of a file agree, and that no two files
 * share a byte.
 *
 * @throws {InvalidFabError}
 */
export async function readZipEntries(content: Buffer): Promise<ReadonlyMap<string, ZipEntry>> {
  const layout = readZipLayout(content);
  const zip = await open(content);
  const directory = await readDirectory(zip);
  const paths = directory.map((entry) =>
    readEntryPath(entry.fileNameRaw, entry.generalPurposeBitFlag),
  );
  checkPathsTogether(paths);
  checkUnpackedSum(directory);
  const placed: PlacedEntry[] = [];
  for (const [index, entry] of directory.entries()) {
    placed.push(await place(content, zip, entry, paths[index] ?? ''));
  }
  checkPlaces(placed, layout);
  return new Map(placed.map((entry) => [entry.path, entry]));
}

/** Names and comments stay bytes: yauzl's own decoding costs 30 bytes of memory for each of them. */
function open(content: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, decodeStrings: false, validateEntrySizes: true };
    fromBuffer(content, options, (error, zip) => {
      if (error) {
        reject(unreadable(error));
      } else {
        resolve(zip);
      }
    });
  });
}

function unreadable(cause: unknown): InvalidFabError {
  return new InvalidFabError('The ZIP headers of the FAB are damaged.', { cause });
}

async function readDirectory(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      entries.push(entry);
    }
  } catch (cause) {
    throw unreadable(cause);
  }
  return entries;
}

function checkUnpackedSum(directory: readonly Entry[]): void {
  const sum = directory.reduce((bytes, entry) => bytes + entry.uncompressedSize, 0);
  if (sum > UNPACKED_LIMIT_BYTES) {
    throw new InvalidFabError(
      `The FAB unpacks to ${sum} bytes; at most ${UNPACKED_LIMIT_BYTES} may be.`,
    );
  }
}

async function place(
  content: Buffer,
  zip: ZipFile,
  entry: Entry,
  path: string,
): Promise<PlacedEntry> {
  const fault = findKindFault(entry);
  if (fault !== undefined) {
    throw new InvalidFabError(`The file ${quote(path)} in the FAB ${fault}.`);
  }
  const local = await readLocalHeader(zip, entry);
  if (!agree(entry, local)) {
    throw new InvalidFabError(`The two ZIP headers of ${quote(path)} in the FAB differ.`);
  }
  const start = entry.relativeOffsetOfLocalHeader;
  const end = local.fileDataStart + entry.compressedSize;
  return {
    path,
    isDeflated: entry.compressionMethod === DEFLATED,
    packed: content.subarray(local.fileDataStart, end),
    unpackedBytes: entry.uncompressedSize,
    crc32: entry.crc32,
    start,
    end,
  };
}

function findKindFault(entry: Entry): string | undefined {
  if ((entry.generalPurposeBitFlag & ENCRYPTION_FLAGS) !== 0) {
    return 'is encrypted';
  }
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    return `is packed by method ${entry.compressionMethod}; only stored and deflated are possible`;
  }
  const fileType = (entry.externalFileAttributes >>> 16) & FILE_TYPE_MASK;
  if (fileType !== 0 && fileType !== REGULAR_FILE) {
    return 'is a link, a folder or a device, not a regular file';
  }
  if ((entry.externalFileAttributes & DOS_FOLDER) !== 0) {
    return 'is marked as a folder';
  }
  const hasSecondTruth = entry.extraFields.some(
    (field) => field.id === ZIP64_EXTRA || field.id === UNICODE_PATH_EXTRA,
  );
  return hasSecondTruth ? 'has an extra field with a second size or name' : undefined;
}

async function readLocalHeader(zip: ZipFile, entry: Entry): Promise<LocalFileHeader> {
  try {
    return await zip.readLocalFileHeaderPromise(entry);
  } catch (cause) {
    throw unreadable(cause);
  }
}

function agree(entry: Entry, local: LocalFileHeader): boolean {
  const isSameFile =
    local.fileName.equals(entry.fileNameRaw) &&
    local.generalPurposeBitFlag === entry.generalPurposeBitFlag &&
    local.compressionMethod === entry.compressionMethod;
  const isSizedLater = (entry.generalPurposeBitFlag & SIZES_FOLLOW_FLAG) !== 0;
  const isSameSize =
    local.crc32 === entry.crc32 &&
    local.compressedSize === entry.compressedSize &&
    local.uncompressedSize === entry.uncompressedSize;
  return isSameFile && (isSizedLater || isSameSize);
}

/** Overlapping files are how a ZIP of kilobytes unpacks to gigabytes without nesting. */
function checkPlaces(placed: readonly PlacedEntry[], layout: ZipLayout): void {
  const inOrder = [...placed].sort((a, b) => a.start - b.start);
  let free = 0;
  for (const entry of inOrder) {
    if (entry.start < free || entry.end > layout.directoryStart) {
      throw new InvalidFabError(`The file ${quote(entry.path)} overlaps other parts of the FAB.`);
    }
    free = entry.end;
  }
}
