import { createHash } from 'node:crypto';

/** An object in the form in which clients push and pull it; its id is the SHA-256 of all of it. */
export interface DeflatedObject {
  readonly objectId: string;
  readonly content: Buffer;
  /** Ids of the objects that it is made of. */
  readonly children: readonly string[];
}

/** Head (type, ids of children, length of the body), NUL, body: a wrong byte, and clients cannot inflate it. */
export function deflate(
  type: 'Message' | 'RecordDict' | 'ConfigRecord',
  body: Buffer,
  children: readonly string[] = [],
): DeflatedObject {
  const head = `${type} ${children.join(',')} ${String(body.length)}\0`;
  const content = Buffer.concat([Buffer.from(head, 'utf8'), body]);
  return { objectId: createHash('sha256').update(content).digest('hex'), content, children };
}
