/**
 * Which fields of a message hold messages, and which those hold in turn. `PACKED` marks numbers that stand side by
 * side without tags; fields that are left out hold text, bytes or a single number.
 */
export type Shape = Readonly<Record<number, (() => Shape) | typeof PACKED>>;

export const PACKED = 'packed';

const MOST_FIELD_NUMBER = 2 ** 29;
/** A number of a packed list costs less than a field once it is decoded. */
const PACKED_BYTES_A_FIELD = 8;

interface Level {
  readonly end: number;
  readonly shape: Shape;
}

/**
 * How many fields a message holds, those of its inner messages included: what decoding it will cost, found without
 * decoding. Gives up beyond `most`. Infinity for bytes that could be read in two ways (groups, lengths beyond the
 * message around them): else they could hide what they hold from this count.
 */
export function countFields(bytes: Uint8Array, shape: Shape, most: number): number {
  const reader = new TagReader(bytes);
  const levels: Level[] = [{ end: bytes.length, shape }];
  let count = 0;
  for (let level = levels.at(-1); level !== undefined && count <= most; level = levels.at(-1)) {
    if (reader.position === level.end) {
      levels.pop();
      continue;
    }
    const field = reader.next();
    const end = reader.position + field.length;
    if (!(end <= level.end)) return Number.POSITIVE_INFINITY;
    const inner = level.shape[field.number];
    count += 1;
    if (inner === PACKED) count += field.length / PACKED_BYTES_A_FIELD;
    if (inner === undefined || inner === PACKED) reader.position = end;
    else levels.push({ end, shape: inner() });
  }
  return count;
}

class TagReader {
  position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Reads a tag, and the length of what follows it: Infinity where no sound message has such a field. */
  next(): { number: number; length: number } {
    const tag = this.varint();
    const number = Math.floor(tag / 8);
    const isSound = number > 0 && number < MOST_FIELD_NUMBER;
    return { number, length: isSound ? this.lengthOf(tag % 8) : Number.POSITIVE_INFINITY };
  }

  private lengthOf(wireType: number): number {
    switch (wireType) {
      case 0:
        this.varint();
        return 0;
      case 1:
        return 8;
      case 2:
        return this.varint();
      case 5:
        return 4;
      default:
        return Number.POSITIVE_INFINITY;
    }
  }

  /** Rounded beyond 2^53, where it is no tag or length of anything that fits into memory. */
  private varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes[this.position] ?? 0;
      this.position += 1;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  }
}
