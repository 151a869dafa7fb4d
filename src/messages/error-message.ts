import { createHash } from 'node:crypto';

import { Message } from '../generated/flwr/proto/message';
import { SUPERLINK_NODE_ID } from '../wire/ids';

/** Codes of the error replies that the server makes up; the other codes belong to SuperNodes and apps. */
export const MESSAGE_ERROR = {
  MESSAGE_UNAVAILABLE: 3n,
  REPLY_MESSAGE_UNAVAILABLE: 4n,
  NODE_UNAVAILABLE: 5n,
} as const;

export interface ErrorReply {
  readonly replyTo: string;
  readonly runId: bigint;
  readonly groupId: string;
  readonly messageType: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** Seconds. */
  readonly ttl: number;
  readonly code: bigint;
  readonly reason: string;
}

export interface MadeMessage {
  readonly messageId: string;
  readonly message: Message;
  /** The object that the receiver pulls: the form in which clients deflate messages. */
  readonly object: Buffer;
}

/**
 * Makes up an error reply as clients would deflate it: head `Message`, no children, body length, NUL, then the
 * message without its id, which is the SHA-256 of all that. A wrong byte, and the ServerApp can't inflate it.
 */
export function makeErrorReply(reply: ErrorReply): MadeMessage {
  const blank = Message.fromPartial({
    metadata: {
      runId: reply.runId,
      srcNodeId: SUPERLINK_NODE_ID,
      dstNodeId: SUPERLINK_NODE_ID,
      replyToMessageId: reply.replyTo,
      groupId: reply.groupId,
      ttl: reply.ttl,
      messageType: reply.messageType,
      createdAt: reply.createdAt,
    },
    error: { code: reply.code, reason: reply.reason },
  });
  const body = Buffer.from(Message.encode(blank).finish());
  const object = Buffer.concat([Buffer.from(`Message  ${String(body.length)}\0`, 'utf8'), body]);
  const messageId = createHash('sha256').update(object).digest('hex');
  const message = Message.fromPartial({ ...blank, metadata: { ...blank.metadata, messageId } });
  return { messageId, message, object };
}
