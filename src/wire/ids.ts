import { randomBytes } from 'node:crypto';

/** The SuperLink's own node id on the wire. */
export const SUPERLINK_NODE_ID = 1n;

const OBJECT_ID = /^[0-9a-f]{64}$/;
const BYTES_IN_ID = 8;

/**
 * A uint64 of the wire as PostgreSQL's signed bigint: the same 64 bits.
 * The way back is the pool's int8 parser, which yields uint64.
 */
export function toInt8(id: bigint): bigint {
  return BigInt.asIntN(64, id);
}

/** Text of an int8 as PostgreSQL sends it, as the uint64 it stands for. */
export function fromInt8(text: string): bigint {
  return BigInt.asUintN(64, BigInt(text));
}

/** The highest number that PostgreSQL gives rows in their order. */
export const HIGHEST_SERIAL = 2n ** 63n - 1n;

/** A uint64 of the wire that means a serial number or a count of rows: nothing lies beyond the highest. */
export function toSerial(number: bigint): bigint {
  return number > HIGHEST_SERIAL ? HIGHEST_SERIAL : number;
}

/** A random id for a run, task or series: any uint64 but 0, which means "failed" on the wire. */
export function randomId(): bigint {
  const id = randomBytes(BYTES_IN_ID).readBigUInt64LE();
  return id === 0n ? randomId() : id;
}

/** A random id for a SuperNode: neither 0 nor the SuperLink's own. */
export function randomNodeId(): bigint {
  const id = randomId();
  return id === SUPERLINK_NODE_ID ? randomNodeId() : id;
}

/** True for 64 lower-case hex characters: the form of object, message and FAB ids. */
export function isObjectId(text: string): boolean {
  return OBJECT_ID.test(text);
}
