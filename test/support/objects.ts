import { createHash } from 'node:crypto';

import { Message, type Metadata } from '../../src/generated/flwr/proto/message';
import type { ObjectTree } from '../../src/generated/flwr/proto/object';

/** A message as clients send it: itself, the tree of its objects, and their contents by id (parents last). */
export interface DeflatedMessage {
  readonly id: string;
  readonly message: Message;
  readonly tree: ObjectTree;
  readonly objects: ReadonlyMap<string, Buffer>;
}

/** What may be said of a message; the rest has a sensible default. */
export type MessageFacts = Partial<Omit<Metadata, 'messageId'>> & {
  /** Payload of its only array; equal payloads are equal objects. */
  readonly payload?: Buffer;
  /** In place of content. */
  readonly error?: { readonly code: bigint; readonly reason: string };
};

interface DeflatedObject {
  readonly tree: ObjectTree;
  readonly objects: ReadonlyMap<string, Buffer>;
}

const DEFAULT_TTL_SECONDS = 3_600;

let made = 0;

/** A message of node 1 to a SuperNode, different from all others. */
export function makeInstruction(facts: MessageFacts): DeflatedMessage {
  return deflate({ srcNodeId: 1n, ...facts });
}

/** The reply of the node that got `instruction`. */
export function makeReply(instruction: Message, facts: MessageFacts = {}): DeflatedMessage {
  const { runId, messageId, dstNodeId, groupId, createdAt, ttl } = instruction.metadata!;
  const now = Date.now() / 1000;
  return deflate({
    runId,
    srcNodeId: dstNodeId,
    dstNodeId: 1n,
    replyToMessageId: messageId,
    groupId,
    createdAt: now,
    ttl: createdAt + ttl - now,
    ...facts,
  });
}

/** An object in the form whose SHA-256 is its id: head, NUL, body. */
export function makeObject(type: string, children: readonly string[], body: Buffer): Buffer {
  const head = `${type} ${children.join(',')} ${body.length}\0`;
  return Buffer.concat([Buffer.from(head, 'utf8'), body]);
}

export function objectIdOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** All ids of a tree, each once. */
export function idsOf(tree: ObjectTree): string[] {
  return [...new Set([...tree.children.flatMap(idsOf), tree.objectId])];
}

function deflate({ payload, error, ...facts }: MessageFacts): DeflatedMessage {
  made += 1;
  const content =
    error === undefined ? deflateContent(payload ?? Buffer.from(`${made}`)) : undefined;
  const blank = Message.fromPartial({
    metadata: {
      groupId: `group-${process.pid}-${made}`,
      messageType: 'train',
      createdAt: Date.now() / 1000,
      ttl: DEFAULT_TTL_SECONDS,
      ...facts,
      messageId: '',
    },
    ...(error && { error }),
  });
  const root = compose(
    'Message',
    Buffer.from(Message.encode(blank).finish()),
    content && [content],
  );
  const id = root.tree.objectId;
  const message = Message.fromPartial({
    ...blank,
    metadata: { ...blank.metadata, messageId: id },
    ...(error === undefined && { content: { items: [] } }),
  });
  return { id, message, ...root };
}

/** A RecordDict with one ArrayRecord with one array in one chunk. */
function deflateContent(payload: Buffer): DeflatedObject {
  const chunk = compose('ArrayChunk', payload);
  const facts = { dtype: 'uint8', shape: [payload.length], stype: 'numpy.ndarray' };
  const array = compose('Array', json({ ...facts, arraychunk_ids: [0] }), [chunk]);
  const record = compose('ArrayRecord', json({ weights: array.tree.objectId }), [array]);
  return compose('RecordDict', json({ arrays: record.tree.objectId }), [record]);
}

function compose(type: string, body: Buffer, children: DeflatedObject[] = []): DeflatedObject {
  const ids = children.map(({ tree }) => tree.objectId);
  const content = makeObject(type, ids, body);
  const objectId = objectIdOf(content);
  const objects = new Map(children.flatMap((child) => [...child.objects]));
  objects.set(objectId, content);
  return { tree: { objectId, children: children.map(({ tree }) => tree) }, objects };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8');
}
