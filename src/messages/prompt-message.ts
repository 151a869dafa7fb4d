import type { Message, Metadata } from '../generated/flwr/proto/message';
import type { ObjectTree } from '../generated/flwr/proto/object';
import { RecordDict } from '../generated/flwr/proto/recorddict';
import { SUPERLINK_NODE_ID } from '../wire/ids';
import { makeRecordMessage } from '../wire/record-message';
import type { MadeMessage } from './error-message';

/** Where agents look for what they are asked. */
const PLACE = { record: 'agent', field: 'text' };
const TTL_SECONDS = 43_200;

export interface MadePrompt extends MadeMessage {
  readonly message: Message & { readonly metadata: Metadata };
  readonly tree: ObjectTree;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** The instruction of node 1 to itself that asks an agent. Its content is in its objects only. */
export function makePrompt(runId: bigint, prompt: string, createdAt: number): MadePrompt {
  const facts = {
    runId,
    srcNodeId: SUPERLINK_NODE_ID,
    dstNodeId: SUPERLINK_NODE_ID,
    ttl: TTL_SECONDS,
    messageType: 'system',
    createdAt,
  };
  const { message, objects, tree } = makeRecordMessage(facts, { ...PLACE, text: prompt });
  return {
    messageId: message.metadata.messageId,
    message: { ...message, content: RecordDict.fromPartial({}) },
    objects,
    tree,
    createdAt,
    expiresAt: createdAt + TTL_SECONDS,
  };
}
