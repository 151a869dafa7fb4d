/** Protobuf's wire types that still exist, and the two of groups, which proto3 has no use for. */
export const WIRE_TYPE = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, fixed32: 5 } as const;

/** One field as it stands in a message. */
interface WireField {
  readonly number: number;
  readonly wireType: number;
  /** With tag and length. */
  readonly whole: Buffer;
  /** Without them. */
  readonly content: Buffer;
}

export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

export function tag(number: number, wireType: number): Buffer {
  return varint(BigInt(number) * 8n + BigInt(wireType));
}

/** A field of wire type 2: strings, bytes, messages. */
export function bytesField(number: number, content: Buffer): Buffer {
  return Buffer.concat([tag(number, WIRE_TYPE.bytes), varint(BigInt(content.length)), content]);
}

export function varintField(number: number, value: bigint): Buffer {
  return Buffer.concat([tag(number, WIRE_TYPE.varint), varint(value)]);
}

export function doubleField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([tag(number, WIRE_TYPE.fixed64), bytes]);
}

/**
 * The message with another `change`d field at `path` (field numbers from the outside in). What the path runs through
 * is made where it is missing; of a repeated field its first element is taken.
 */
export function withField(
  message: Buffer,
  path: readonly number[],
  change: (number: number, old: Buffer) => Buffer,
): Buffer {
  const [number, ...inner] = path;
  if (number === undefined) throw new RangeError('a path has at least one field');
  const fields = fieldsOf(message);
  const first = fields.find((field) => field.number === number);
  const others = fields.filter((field) =>
    inner.length === 0 ? field.number !== number : field !== first,
  );
  const replacement =
    inner.length === 0
      ? change(number, first?.whole ?? Buffer.alloc(0))
      : bytesField(number, withField(first?.content ?? Buffer.alloc(0), inner, change));
  // in front, so that what follows a lying length is part of the message
  return Buffer.concat([replacement, ...others.map(({ whole }) => whole)]);
}

function fieldsOf(message: Buffer): WireField[] {
  const fields: WireField[] = [];
  for (let start = 0; start < message.length;) {
    const key = readVarint(message, start);
    const wireType = Number(key.value & 7n);
    const { from, to } = extentOf(message, wireType, key.next);
    fields.push({
      number: Number(key.value >> 3n),
      wireType,
      whole: message.subarray(start, to),
      content: message.subarray(from, to),
    });
    start = to;
  }
  return fields;
}

function extentOf(message: Buffer, wireType: number, at: number): { from: number; to: number } {
  switch (wireType) {
    case WIRE_TYPE.varint:
      return { from: at, to: readVarint(message, at).next };
    case WIRE_TYPE.fixed64:
      return { from: at, to: at + 8 };
    case WIRE_TYPE.fixed32:
      return { from: at, to: at + 4 };
    case WIRE_TYPE.bytes: {
      const length = readVarint(message, at);
      return { from: length.next, to: length.next + Number(length.value) };
    }
    default:
      throw new RangeError(`our own messages hold no wire type ${wireType}`);
  }
}

function readVarint(message: Buffer, start: number): { value: bigint; next: number } {
  let value = 0n;
  for (let at = start, shift = 0n; ; at += 1, shift += 7n) {
    const byte = message.readUInt8(at);
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value, next: at + 1 };
  }
}
