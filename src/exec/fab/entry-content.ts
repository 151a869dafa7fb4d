import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32, createInflateRaw, inflateRawSync, type ZlibOptions } from 'node:zlib';

import { InvalidFabError, quote } from './fab.errors';
import type { ZipEntry } from './zip-entries';

/** Up to here unpacking on the spot (under a millisecond) is cheaper than a stream's round trips. */
const UNPACK_AT_ONCE_BYTES = 256 * 1024;
const CHUNK_BYTES = 64 * 1024;

/**
 * SHA-256 of a file's content in hex; checks its length and CRC-32 on the way. Holds at most some
 * hundred kilobytes of a packed file, however large it is.
 *
 * @throws {InvalidFabError} if the data are damaged or not as long as the header says
 */
export async function hashEntry(entry: ZipEntry): Promise<string> {
  const hash = createHash('sha256');
  await readThrough(entry, (chunk) => hash.update(chunk));
  return hash.digest('hex');
}

/**
 * The whole content of a file, checked as in {@link hashEntry}. The caller bounds
 * `entry.unpackedBytes` first.
 *
 * @throws {InvalidFabError}
 */
export async function readEntry(entry: ZipEntry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await readThrough(entry, (chunk) => chunks.push(chunk));
  return Buffer.concat(chunks);
}

async function readThrough(entry: ZipEntry, take: (chunk: Buffer) => void): Promise<void> {
  let bytes = 0;
  let crc = 0;
  for await (const chunk of unpack(entry)) {
    bytes += chunk.length;
    if (bytes > entry.unpackedBytes) {
      throw damaged(entry);
    }
    crc = crc32(chunk, crc);
    take(chunk);
  }
  if (bytes !== entry.unpackedBytes || crc !== entry.crc32) {
    throw damaged(entry);
  }
}

async function* unpack(entry: ZipEntry): AsyncGenerator<Buffer> {
  if (!entry.isDeflated) {
    yield* slices(entry.packed);
  } else if (entry.unpackedBytes <= UNPACK_AT_ONCE_BYTES) {
    await nextTurn();
    yield inflateAtOnce(entry);
  } else {
    yield* inflateInTurns(entry);
  }
}

/** In pieces with turns of the event loop between them, so that other calls are answered meanwhile. */
async function* slices(packed: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < packed.length; at += UNPACK_AT_ONCE_BYTES) {
    await nextTurn();
    yield packed.subarray(at, at + UNPACK_AT_ONCE_BYTES);
  }
}

function inflateAtOnce(entry: ZipEntry): Buffer {
  const options: ZlibOptions = { info: true, maxOutputLength: Math.max(1, entry.unpackedBytes) };
  let result: unknown;
  try {
    result = inflateRawSync(entry.packed, options);
  } catch (cause) {
    throw damaged(entry, cause);
  }
  if (!isInflateResult(result) || result.engine.bytesWritten !== entry.packed.length) {
    throw damaged(entry);
  }
  return result.buffer;
}

interface InflateResult {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** Node's types don't know what `info: true` gives. */
function isInflateResult(result: unknown): result is InflateResult {
  return typeof result === 'object' && result !== null && 'buffer' in result && 'engine' in result;
}

async function* inflateInTurns(entry: ZipEntry): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
  const chunks: AsyncIterable<Buffer> = inflate;
  inflate.end(entry.packed);
  try {
    yield* chunks;
  } catch (cause) {
    throw damaged(entry, cause);
  }
  if (inflate.bytesWritten !== entry.packed.length) {
    throw damaged(entry);
  }
}

function damaged(entry: ZipEntry, cause?: unknown): InvalidFabError {
  return new InvalidFabError(
    `The file ${quote(entry.path)} in the FAB is damaged or not as long as its header says.`,
    { cause },
  );
}
