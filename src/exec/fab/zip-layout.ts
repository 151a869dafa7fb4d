import { InvalidFabError } from './fab.errors';
import { ENTRY_LIMIT } from './fab.limits';

const END_RECORD_BYTES = 22;
const END_SIGNATURE = 0x06054b50;
const DIRECTORY_RECORD_BYTES = 46;
/** Time stamps and owners as common tools write them need 60; each 4 bytes can be a field to parse. */
const EXTRA_LIMIT_BYTES = 64;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;

/** Where the central directory of a ZIP lies: byte offsets from the start of the file. */
export interface ZipLayout {
  readonly entryCount: number;
  readonly directoryStart: number;
  readonly directoryEnd: number;
}

/**
 * Finds the central directory of a ZIP. Only the one plain layout is taken that every reader sees
 * alike: no comment, one disk, no ZIP64, nothing before the first or behind the last record that
 * one reader would skip and another would read.
 *
 * @throws {InvalidFabError} for anything else
 */
export function readZipLayout(content: Buffer): ZipLayout {
  const endStart = content.length - END_RECORD_BYTES;
  if (endStart < 0 || content.readUInt32LE(endStart) !== END_SIGNATURE) {
    throw new InvalidFabError('The FAB is not a ZIP file, or it is cut short.');
  }
  if (isZip64(content, endStart)) {
    throw new InvalidFabError('The FAB is a ZIP64 file, which a FAB never needs to be.');
  }
  const entryCount = content.readUInt16LE(endStart + 10);
  const directoryBytes = content.readUInt32LE(endStart + 12);
  const directoryStart = content.readUInt32LE(endStart + 16);
  const isOneDisk =
    content.readUInt32LE(endStart + 4) === 0 && content.readUInt16LE(endStart + 8) === entryCount;
  const hasComment = content.readUInt16LE(endStart + 20) !== 0;
  if (!isOneDisk || hasComment || directoryStart + directoryBytes !== endStart) {
    throw new InvalidFabError("The ZIP end record of the FAB doesn't fit the file.");
  }
  if (entryCount > ENTRY_LIMIT) {
    throw new InvalidFabError(`The FAB has ${entryCount} entries; at most ${ENTRY_LIMIT} may be.`);
  }
  const layout = { entryCount, directoryStart, directoryEnd: endStart };
  checkRecords(content, layout);
  return layout;
}

/** Some readers go by the count of entries, others by the directory's size: both must mean the same. */
function checkRecords(content: Buffer, layout: ZipLayout): void {
  let cursor = layout.directoryStart;
  for (let index = 0; index < layout.entryCount; index += 1) {
    if (cursor + DIRECTORY_RECORD_BYTES > layout.directoryEnd) {
      throw new InvalidFabError('The FAB has fewer ZIP entries than its end record counts.');
    }
    const extraBytes = content.readUInt16LE(cursor + 30);
    if (extraBytes > EXTRA_LIMIT_BYTES) {
      throw new InvalidFabError(
        `A ZIP entry of the FAB has an extra field of ${extraBytes} bytes.`,
      );
    }
    const nameBytes = content.readUInt16LE(cursor + 28);
    const commentBytes = content.readUInt16LE(cursor + 32);
    cursor += DIRECTORY_RECORD_BYTES + nameBytes + extraBytes + commentBytes;
  }
  if (cursor !== layout.directoryEnd) {
    throw new InvalidFabError('The FAB has other ZIP entries than its end record counts.');
  }
}

function isZip64(content: Buffer, endStart: number): boolean {
  const locatorStart = endStart - ZIP64_LOCATOR_BYTES;
  return locatorStart >= 0 && content.readUInt32LE(locatorStart) === ZIP64_LOCATOR_SIGNATURE;
}
