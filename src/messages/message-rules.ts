import { SuperLinkError } from '../errors/superlink-error';
import { Message, type Metadata } from '../generated/flwr/proto/message';
import type { ObjectTree } from '../generated/flwr/proto/object';
import { isObjectId, SUPERLINK_NODE_ID } from '../wire/ids';
import { isMessageType } from '../wire/message-type';

/** No client makes messages older than this (28 Feb 2025 UTC); seconds since the epoch. */
const EARLIEST_CREATION = 1740700800;
/** Clients compute a reply's TTL on their own clock and lose some digits. */
const TTL_TOLERANCE_SECONDS = 0.1;

/** Objects hold the content: what is left of a message is its metadata, or an error. */
const MOST_MESSAGE_BYTES = 1024 * 1024;

/** A message of one call together with its object tree. */
export interface PushedMessage {
  readonly message: Message;
  readonly metadata: Metadata;
  readonly tree: ObjectTree;
}

/** Pairs messages with their trees, or throws: every message needs exactly one tree. */
export function pairWithTrees(
  messages: readonly Message[],
  trees: readonly ObjectTree[],
): PushedMessage[] {
  if (messages.length === 0 || messages.length !== trees.length) {
    throw new SuperLinkError('INVALID_MESSAGE_COUNT', 'Each message needs one object tree.');
  }
  return messages.map((message, index) => {
    const { metadata } = message;
    const tree = trees[index];
    if (metadata === undefined || tree === undefined) {
      throw new SuperLinkError('INVALID_MESSAGE', 'It has no metadata.');
    }
    return { message, metadata, tree };
  });
}

/** Why the message is not whole or not alive, if so; `now` in seconds by the database's clock. */
export function whyInvalid(
  { message, metadata, tree }: PushedMessage,
  now: number,
): string | undefined {
  return firstOf([
    [isObjectId(metadata.messageId), 'Its id is not a SHA-256 in lower-case hex.'],
    [tree.objectId === metadata.messageId, 'Its id is not the root of its object tree.'],
    [hasValidTimes(metadata), 'It is too old, or its time to live is not positive.'],
    [metadata.createdAt + metadata.ttl > now, 'Its time to live is over.'],
    [metadata.srcNodeId !== 0n && metadata.dstNodeId !== 0n, 'A node id is missing.'],
    [isMessageType(metadata.messageType), 'Its type is unknown.'],
    [
      (message.content === undefined) !== (message.error === undefined),
      'It must hold either content or an error.',
    ],
    [
      Message.encode(message).finish().length <= MOST_MESSAGE_BYTES,
      'It has more than 1 MiB beside its objects.',
    ],
  ]);
}

/** Why a whole message is no instruction, which comes from the SuperLink's node and answers nothing. */
export function whyNoInstruction(metadata: Metadata): string | undefined {
  return firstOf([
    [metadata.replyToMessageId === '', 'An instruction replies to nothing.'],
    [metadata.srcNodeId === SUPERLINK_NODE_ID, 'It does not come from the SuperLink.'],
  ]);
}

/** Why a whole message is no reply of node `callerNodeId`. */
export function whyNoReply(metadata: Metadata, callerNodeId: bigint): string | undefined {
  return firstOf([
    [isObjectId(metadata.replyToMessageId), 'It does not say what it replies to.'],
    [metadata.srcNodeId === callerNodeId, 'It comes from another node.'],
    [metadata.dstNodeId === SUPERLINK_NODE_ID, 'It does not go to the SuperLink.'],
  ]);
}

/** True if the reply does not outlive its instruction, which dies at `expiresAt` (seconds since the epoch). */
export function isWithinInstruction(reply: Metadata, expiresAt: number): boolean {
  return reply.ttl <= expiresAt - reply.createdAt + TTL_TOLERANCE_SECONDS;
}

function hasValidTimes({ createdAt, ttl }: Metadata): boolean {
  return (
    Number.isFinite(createdAt) && createdAt >= EARLIEST_CREATION && Number.isFinite(ttl) && ttl > 0
  );
}

/** The text of the first condition that does not hold. */
function firstOf(conditions: readonly (readonly [boolean, string])[]): string | undefined {
  return conditions.find(([holds]) => !holds)?.[1];
}
