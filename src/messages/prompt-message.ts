import { Message } from '../generated/flwr/proto/message';
import type { ObjectTree } from '../generated/flwr/proto/object';
import { ConfigRecord, RecordDict } from '../generated/flwr/proto/recorddict';
import { SUPERLINK_NODE_ID } from '../wire/ids';
import { deflate } from './deflated-object';
import type { MadeMessage } from './error-message';

/** Where agents look for what they are asked. */
const RECORD = 'agent';
const FIELD = 'text';
const TTL_SECONDS = 43_200;

export interface MadePrompt extends MadeMessage {
  readonly tree: ObjectTree;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/**
 * The instruction of node 1 to itself that asks an agent: in its record `agent` the field `text`. As clients deflate it:
 * the message without content and id, made of a RecordDict, made of a ConfigRecord.
 */
export function makePrompt(runId: bigint, prompt: string, createdAt: number): MadePrompt {
  const fields = ConfigRecord.encode({
    items: [{ key: FIELD, value: { value: { $case: 'string', value: prompt } } }],
  }).finish();
  const record = deflate('ConfigRecord', Buffer.from(fields));
  const names = Buffer.from(JSON.stringify({ [RECORD]: record.objectId }), 'utf8');
  const records = deflate('RecordDict', names, [record.objectId]);
  const blank = Message.fromPartial({
    metadata: {
      runId,
      srcNodeId: SUPERLINK_NODE_ID,
      dstNodeId: SUPERLINK_NODE_ID,
      ttl: TTL_SECONDS,
      messageType: 'system',
      createdAt,
    },
  });
  const root = deflate('Message', Buffer.from(Message.encode(blank).finish()), [records.objectId]);
  const messageId = root.objectId;
  const message = Message.fromPartial({
    metadata: { ...blank.metadata, messageId },
    content: RecordDict.fromPartial({}),
  });
  const leaf = { objectId: record.objectId, children: [] };
  const tree = {
    objectId: messageId,
    children: [{ objectId: records.objectId, children: [leaf] }],
  };
  const expiresAt = createdAt + TTL_SECONDS;
  return { messageId, message, objects: [record, records, root], tree, createdAt, expiresAt };
}
