import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';

import { Random } from './random';
import {
  bytesField,
  doubleField,
  tag,
  varint,
  varintField,
  WIRE_TYPE,
  withField,
} from './wire-bytes';

/** One request that no client of ours would send. */
export interface BadInput {
  /** The field that it is about, dotted names from the outside in; "" for the message as a whole. */
  readonly field: string;
  readonly what: string;
  /** The bad request, made from a sound one. */
  readonly of: (base: Buffer) => Buffer;
}

interface BadValue {
  readonly what: string;
  /** The field as it stands in the message, made from its number and what was there before. */
  readonly write: (number: number, old: Buffer) => Buffer;
}

interface FieldPath {
  readonly name: string;
  readonly numbers: readonly number[];
  readonly field: DescField;
}

const MEGABYTE = 1_000_000;
const LONG_LIST = 10_000;
const MOST_BYTES_OF_LISTS = 500_000;
const BIG_IDS = [0n, 2n ** 63n, 2n ** 64n - 1n];

/** Every field of a message and of those within, once into each recursive one. */
function pathsOf(
  message: DescMessage,
  above: { name: string; numbers: readonly number[] },
  seen: readonly string[],
): FieldPath[] {
  if (seen.filter((name) => name === message.typeName).length > 1) return [];
  return message.fields.flatMap((field) => {
    const path: FieldPath = {
      name: above.name === '' ? field.name : `${above.name}.${field.name}`,
      numbers: [...above.numbers, field.number],
      field,
    };
    const inner = messageOf(field);
    const below = [...seen, message.typeName];
    return [path, ...(inner === undefined ? [] : pathsOf(inner, path, below))];
  });
}

/** Entries of maps are left whole: `mapValues` writes bad ones. */
function messageOf(field: DescField): DescMessage | undefined {
  if (field.fieldKind === 'message') return field.message;
  return field.fieldKind === 'list' && field.listKind === 'message' ? field.message : undefined;
}

/** Something bad in each field of a request, in every way that its type allows. */
export function mutationsOf(message: DescMessage, foreignIds: readonly bigint[]): BadInput[] {
  return pathsOf(message, { name: '', numbers: [] }, []).flatMap((path) =>
    [...valuesOf(path.field, foreignIds), ...listsOf(path.field)].map(({ what, write }) => ({
      field: path.name,
      what,
      of: (base: Buffer) => withField(base, path.numbers, write),
    })),
  );
}

function valuesOf(field: DescField, foreignIds: readonly bigint[]): BadValue[] {
  if (field.fieldKind === 'map') return mapValues();
  if (messageOf(field) !== undefined) return messageValues();
  if (field.fieldKind === 'enum' || (field.fieldKind === 'list' && field.listKind === 'enum')) {
    return integerValues([2n ** 31n - 1n, 2n ** 64n - 1n]);
  }
  return scalarValues(scalarOf(field), foreignIds);
}

function scalarOf(field: DescField): ScalarType {
  if (field.fieldKind === 'scalar') return field.scalar;
  if (field.fieldKind === 'list' && field.listKind === 'scalar') return field.scalar;
  throw new TypeError(`${field.name} is no scalar`);
}

function scalarValues(scalar: ScalarType, foreignIds: readonly bigint[]): BadValue[] {
  switch (scalar) {
    case ScalarType.STRING:
      return textValues();
    case ScalarType.BYTES:
      return bytesValues();
    case ScalarType.DOUBLE:
      return doubleValues();
    case ScalarType.UINT64:
      return integerValues([...BIG_IDS, ...foreignIds]);
    default:
      return integerValues([0n, 2n ** 31n, 2n ** 64n - 1n]);
  }
}

const TEXTS: readonly (readonly [string, Buffer])[] = [
  ['empty', Buffer.alloc(0)],
  ['a NUL', Buffer.from('a\0b')],
  ['no UTF-8', Buffer.from([0x61, 0xff, 0xfe])],
  ['half a surrogate pair', Buffer.from([0xed, 0xa0, 0x80])],
  ['SQL', Buffer.from(`'; drop table run; -- %_\\ $1 {"a"}`)],
  ['1 MB', Buffer.alloc(MEGABYTE, 'x')],
];

function textValues(): BadValue[] {
  return [...TEXTS.map(([what, text]) => inBytes(what, text)), ...wrongTypes(WIRE_TYPE.bytes)];
}

function bytesValues(): BadValue[] {
  return [
    inBytes('empty', Buffer.alloc(0)),
    inBytes('one byte', Buffer.from([0])),
    inBytes('1 MB of noise', new Random(1).bytes(MEGABYTE)),
    ...wrongTypes(WIRE_TYPE.bytes),
  ];
}

function doubleValues(): BadValue[] {
  const values = [Number.NaN, Infinity, -Infinity, -1, -0, 5e-324, Number.MAX_VALUE];
  return [
    ...values.map((value) => ({
      what: Object.is(value, -0) ? '-0' : String(value),
      write: (number: number) => doubleField(number, value),
    })),
    ...wrongTypes(WIRE_TYPE.fixed64),
  ];
}

function integerValues(values: readonly bigint[]): BadValue[] {
  return [
    ...values.map((value) => ({
      what: String(value),
      write: (number: number) => varintField(number, value),
    })),
    {
      what: 'a varint without end',
      write: (number) =>
        Buffer.concat([tag(number, WIRE_TYPE.varint), Buffer.alloc(11, 0xff), Buffer.from([1])]),
    },
    ...wrongTypes(WIRE_TYPE.varint),
  ];
}

function messageValues(): BadValue[] {
  return [
    inBytes('empty', Buffer.alloc(0)),
    inBytes('noise', new Random(2).bytes(64)),
    {
      what: 'missing',
      write: () => Buffer.alloc(0),
    },
    {
      what: 'a length that lies',
      write: (number) =>
        Buffer.concat([tag(number, WIRE_TYPE.bytes), varint(2n ** 31n), Buffer.from('short')]),
    },
    {
      what: 'groups within groups',
      write: (number) => Buffer.concat(Array(10_000).fill(tag(number, WIRE_TYPE.groupStart))),
    },
    ...wrongTypes(WIRE_TYPE.bytes),
  ];
}

function mapValues(): BadValue[] {
  const entry = (key: Buffer) => bytesField(1, key);
  return [
    inBytes('an empty entry', Buffer.alloc(0)),
    inBytes('a key with a NUL', entry(Buffer.from('\0'))),
    inBytes('a key that is no UTF-8', entry(Buffer.from([0xff]))),
    inBytes('a key __proto__ without a value', entry(Buffer.from('__proto__'))),
    inBytes('a key of 1 MB', entry(Buffer.alloc(MEGABYTE, 'k'))),
    inBytes(
      'noise for a value',
      Buffer.concat([entry(Buffer.from('k')), bytesField(2, new Random(3).bytes(32))]),
    ),
    ...wrongTypes(WIRE_TYPE.bytes),
  ];
}

function wrongTypes(right: number): BadValue[] {
  const wrong: Record<number, (number: number) => Buffer> = {
    [WIRE_TYPE.varint]: (number) => varintField(number, 7n),
    [WIRE_TYPE.bytes]: (number) => bytesField(number, Buffer.from('seven')),
    [WIRE_TYPE.fixed32]: (number) =>
      Buffer.concat([tag(number, WIRE_TYPE.fixed32), Buffer.from('7777')]),
  };
  return Object.entries(wrong)
    .filter(([wireType]) => Number(wireType) !== right)
    .map(([wireType, write]) => ({ what: `wire type ${wireType}`, write }));
}

/** What is there, very often. */
function listsOf(field: DescField): BadValue[] {
  if (field.fieldKind !== 'list') return [];
  const write = (number: number, old: Buffer): Buffer => {
    const one = old.length === 0 ? bytesField(number, Buffer.alloc(0)) : old;
    const times = Math.min(LONG_LIST, Math.ceil(MOST_BYTES_OF_LISTS / one.length));
    return Buffer.concat(Array<Buffer>(times).fill(one));
  };
  return [{ what: 'a long list of the same', write }];
}

function inBytes(what: string, content: Buffer): BadValue {
  return { what, write: (number) => bytesField(number, content) };
}

/** Requests that are damaged as a whole; the same ones for the same seed. */
export function noiseFor(seed: number): BadInput[] {
  const random = new Random(seed);
  const whole = (what: string, of: BadInput['of']): BadInput => ({ field: '', what, of });
  const noise = [1, 7, 64, 1_000].map((length) => {
    const bytes = random.bytes(length);
    return whole(`${length} bytes of noise`, () => bytes);
  });
  const cuts = thousandths(random).map((part) =>
    whole(`cut at ${part} thousandths`, (base) => base.subarray(0, (base.length * part) / 1_000)),
  );
  const flips = thousandths(random).map((part) =>
    whole(`a bit flipped at ${part} thousandths`, (base) => flipped(base, part)),
  );
  const endless = Buffer.concat(Array<Buffer>(10_000).fill(tag(1, WIRE_TYPE.groupStart)));
  return [
    ...noise,
    ...cuts,
    ...flips,
    whole('10,000 groups within each other', () => endless),
    whole('fields nested 10,000 deep', () => nested(10_000)),
  ];
}

function thousandths(random: Random): number[] {
  return Array.from({ length: 6 }, () => random.below(1_000));
}

function flipped(base: Buffer, part: number): Buffer {
  const bytes = Buffer.from(base);
  const bit = Math.floor((bytes.length * 8 * part) / 1_000);
  if (bytes.length > 0) bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return bytes;
}

/** Field 2 within field 2 within ..., which is a child within a child in an ObjectTree. */
export function nested(depth: number): Buffer {
  let message: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level += 1) message = bytesField(2, message);
  return message;
}
