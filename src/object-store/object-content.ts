import { createHash, type Hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { isObjectId } from '../wire/ids';

/** The seven kinds of objects that clients make. */
const TYPES = new Set([
  'Message',
  'RecordDict',
  'ArrayRecord',
  'Array',
  'ArrayChunk',
  'ConfigRecord',
  'MetricRecord',
]);
const DECIMAL = /^\d{1,15}$/;
/** Hashing this much takes some 5 ms: other calls get their turn in between. */
const HASH_SLICE_BYTES = 8 * 1024 * 1024;

/** True if `content` has the SHA-256 `objectId` and the form `TYPE CHILD_IDS BODY_LENGTH`, NUL, body. */
export async function isContentOf(objectId: string, content: Buffer): Promise<boolean> {
  return hasObjectForm(content) && (await sha256(content)) === objectId;
}

function hasObjectForm(content: Buffer): boolean {
  const headEnd = content.indexOf(0);
  if (headEnd < 0) return false;
  const parts = content.toString('utf8', 0, headEnd).split(' ');
  const [type = '', children = '', length = ''] = parts;
  return (
    parts.length === 3 &&
    TYPES.has(type) &&
    (children === '' || children.split(',').every(isObjectId)) &&
    DECIMAL.test(length) &&
    Number(length) === content.length - headEnd - 1
  );
}

async function sha256(content: Buffer): Promise<string> {
  const hash: Hash = createHash('sha256');
  for (let start = 0; start < content.length; start += HASH_SLICE_BYTES) {
    if (start > 0) await nextTurn();
    hash.update(content.subarray(start, start + HASH_SLICE_BYTES));
  }
  return hash.digest('hex');
}
