import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';

/** The fields that a ZIP says twice, in the local header and in the central directory. */
export interface ZipHeader {
  readonly name: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly extra: Buffer;
}

/** A file to write; `local` and `central` tell lies in one of its two headers, `both` in both. */
export interface ZipFileToWrite {
  readonly name: string | Buffer;
  readonly content: Buffer;
  readonly isDeflated?: boolean;
  /** What stands in the file instead of the packed content. */
  readonly packed?: Buffer;
  readonly both?: Partial<ZipHeader>;
  readonly local?: Partial<ZipHeader>;
  readonly central?: Partial<ZipHeader>;
  /** Upper half of the external attributes: the Unix mode. */
  readonly mode?: number;
  readonly dosAttributes?: number;
  /** Offset of a local header that is there already: none is written. */
  readonly offset?: number;
}

/** The end record; what isn't given is true. */
export interface ZipEnd {
  readonly entryCount: number;
  readonly directoryBytes: number;
  readonly directoryStart: number;
  readonly disk: number;
  readonly comment: Buffer;
  /** Bytes between the central directory and the end record. */
  readonly before: Buffer;
}

const DATE_2024_10_01 = 0x5941;
const UTF8_FLAG = 0x800;

/** Writes a ZIP that may lie: for tests of those who read ZIPs of strangers. */
export function writeZip(files: readonly ZipFileToWrite[], end: Partial<ZipEnd> = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const file of files) {
    const { header, packed } = prepare(file);
    directory.push(writeCentral({ ...header, ...file.central }, file, file.offset ?? position));
    if (file.offset === undefined) {
      const local = writeLocal({ ...header, ...file.local });
      parts.push(local, packed);
      position += local.length + packed.length;
    }
  }
  const records = Buffer.concat(directory);
  const truth: ZipEnd = {
    entryCount: files.length,
    directoryBytes: records.length,
    directoryStart: position,
    disk: 0,
    comment: Buffer.alloc(0),
    before: Buffer.alloc(0),
  };
  return Buffer.concat([...parts, records, writeEnd({ ...truth, ...end })]);
}

function prepare(file: ZipFileToWrite): { header: ZipHeader; packed: Buffer } {
  const name = Buffer.from(file.name);
  const packed = file.packed ?? (file.isDeflated ? deflateRawSync(file.content) : file.content);
  const header: ZipHeader = {
    name,
    flags: name.every((byte) => byte < 0x80) ? 0 : UTF8_FLAG,
    method: file.isDeflated ? 8 : 0,
    crc: crc32(file.content),
    packedBytes: packed.length,
    unpackedBytes: file.content.length,
    extra: Buffer.alloc(0),
    ...file.both,
  };
  return { header, packed };
}

/** The 22 bytes that both headers have alike, without the lengths of name and extra field. */
function writeCore(header: ZipHeader): Buffer {
  const core = Buffer.alloc(22);
  core.writeUInt16LE(20, 0);
  core.writeUInt16LE(header.flags, 2);
  core.writeUInt16LE(header.method, 4);
  core.writeUInt16LE(DATE_2024_10_01, 8);
  core.writeUInt32LE(header.crc, 10);
  core.writeUInt32LE(header.packedBytes, 14);
  core.writeUInt32LE(header.unpackedBytes, 18);
  return core;
}

function writeLengths(header: ZipHeader): Buffer {
  const lengths = Buffer.alloc(4);
  lengths.writeUInt16LE(header.name.length, 0);
  lengths.writeUInt16LE(header.extra.length, 2);
  return lengths;
}

function writeLocal(header: ZipHeader): Buffer {
  const signature = Buffer.from('PK\u0003\u0004');
  return Buffer.concat([
    signature,
    writeCore(header),
    writeLengths(header),
    header.name,
    header.extra,
  ]);
}

function writeCentral(header: ZipHeader, file: ZipFileToWrite, offset: number): Buffer {
  const signature = Buffer.from('PK\u0001\u0002\u0014\u0003');
  const tail = Buffer.alloc(14);
  tail.writeUInt16LE(file.dosAttributes ?? 0, 6);
  tail.writeUInt16LE(file.mode ?? 0o600, 8);
  tail.writeUInt32LE(offset, 10);
  return Buffer.concat([
    signature,
    writeCore(header),
    writeLengths(header),
    tail,
    header.name,
    header.extra,
  ]);
}

function writeEnd(end: ZipEnd): Buffer {
  const record = Buffer.alloc(22);
  record.write('PK\u0005\u0006', 0, 'latin1');
  record.writeUInt16LE(end.disk, 4);
  record.writeUInt16LE(end.entryCount % 0x10000, 8);
  record.writeUInt16LE(end.entryCount % 0x10000, 10);
  record.writeUInt32LE(end.directoryBytes, 12);
  record.writeUInt32LE(end.directoryStart, 16);
  record.writeUInt16LE(end.comment.length, 20);
  return Buffer.concat([end.before, record, end.comment]);
}

/** The files with the list of contents behind them that makes a ZIP a FAB (sizes in bits). */
export function withContentList(files: readonly ZipFileToWrite[]): ZipFileToWrite[] {
  const lines = files.map(({ name, content }) => {
    const hash = createHash('sha256').update(content).digest('hex');
    return `${name.toString()},${hash},${content.length * 8}`;
  });
  return [...files, { name: '.info/CONTENT', content: Buffer.from(lines.join('\n')) }];
}
