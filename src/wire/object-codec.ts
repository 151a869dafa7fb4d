import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

import { PullObjectResponse, PushObjectRequest } from '../generated/flwr/proto/object';
import { StrictReader } from './strict-reader';

const CONTENT_TAG = (4 << 3) | WireType.LengthDelimited;
const FIELD_SHIFT = 3;
const WIRE_TYPE_MASK = 7;

/**
 * Decodes without copying the content, which stays a view of `bytes`: generated code would hold a large object twice.
 * Throws as generated code does.
 */
export function decodePushObject(bytes: Buffer): PushObjectRequest {
  const reader = new BinaryReader(bytes);
  const others: Buffer[] = [];
  let content: Buffer = Buffer.alloc(0);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    if (tag === CONTENT_TAG) {
      content = asBuffer(reader.bytes());
    } else if (isEnd(tag)) {
      reader.pos = reader.len;
    } else {
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- bits off the wire; skip checks them
      reader.skip(tag & WIRE_TYPE_MASK, tag >>> FIELD_SHIFT);
      others.push(bytes.subarray(start, reader.pos));
    }
  }
  return {
    ...PushObjectRequest.decode(new StrictReader(Buffer.concat(others))),
    objectContent: content,
  };
}

/** Encodes with one copy of the content, where generated code makes two. */
export function encodePulledObject(answer: PullObjectResponse): Buffer {
  return asBuffer(PullObjectResponse.encode(answer).finish());
}

/** Where generated code stops reading. */
function isEnd(tag: number): boolean {
  const end: number = WireType.EndGroup;
  return tag === 0 || (tag & WIRE_TYPE_MASK) === end;
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
