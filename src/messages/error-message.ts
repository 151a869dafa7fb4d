import { Message } from '../generated/flwr/proto/message';
import { deflate, type DeflatedObject } from '../wire/deflated-object';
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
  /** The objects that the receiver pulls, the message itself the last of them. */
  readonly objects: readonly DeflatedObject[];
}

/** Makes up an error reply as clients would deflate it: the object is the message without its id, which is the object's. */
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
  const object = deflate('Message', Buffer.from(Message.encode(blank).finish()));
  const messageId = object.objectId;
  const message = Message.fromPartial({ ...blank, metadata: { ...blank.metadata, messageId } });
  return { messageId, message, objects: [object] };
}
