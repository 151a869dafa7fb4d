import type { Message, Metadata } from '../generated/flwr/proto/message';
import { SUPERLINK_NODE_ID } from '../wire/ids';
import { isMessageType } from '../wire/message-type';
import type { TaskMessageTargetRow } from './task-records.sql';

const EARLIEST_CREATION = 1740700800;

/** Why the message may not go from the calling task to another one of its run, if so. */
export function whyInvalidTaskMessage(
  message: Message | undefined,
  target: TaskMessageTargetRow,
): string | undefined {
  const metadata = message?.metadata;
  if (message === undefined || metadata === undefined) return 'It has no metadata.';
  if ((message.content === undefined) === (message.error === undefined)) {
    return 'It must hold either content or an error.';
  }
  return whyInvalidMetadata(metadata, target.now) ?? whyNotBetween(metadata, target);
}

function whyInvalidMetadata(metadata: Metadata, now: number): string | undefined {
  const { createdAt, ttl } = metadata;
  if (metadata.messageId === '') return 'It has no id.';
  if (!isMessageType(metadata.messageType)) return 'Its type is unknown.';
  if (!(Number.isFinite(createdAt) && createdAt >= EARLIEST_CREATION)) return 'It is too old.';
  if (!(Number.isFinite(ttl) && ttl > 0 && createdAt + ttl > now)) return 'It has expired.';
  if (metadata.srcNodeId !== SUPERLINK_NODE_ID || metadata.dstNodeId !== SUPERLINK_NODE_ID) {
    return 'Tasks live on the SuperLink’s own node.';
  }
  return undefined;
}

function whyNotBetween(metadata: Metadata, target: TaskMessageTargetRow): string | undefined {
  if (metadata.srcTaskId !== target.task_id) return 'It comes from another task.';
  if (metadata.dstTaskId === metadata.srcTaskId) return 'It goes to its own sender.';
  if (metadata.runId !== target.run_id || !target.can_receive) {
    return 'Its receiver is no unfinished task of the run.';
  }
  return undefined;
}
