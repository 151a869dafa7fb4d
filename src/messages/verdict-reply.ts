import { type MadeMessage, makeErrorReply, MESSAGE_ERROR } from './error-message';
import type { Verdict, VerdictRow } from './replies.sql';

const ERRORS: Readonly<Partial<Record<Verdict, { code: bigint; reason: string }>>> = {
  'reply-unavailable': {
    code: MESSAGE_ERROR.REPLY_MESSAGE_UNAVAILABLE,
    reason: 'The reply has expired.',
  },
  'node-unavailable': {
    code: MESSAGE_ERROR.NODE_UNAVAILABLE,
    reason: 'The SuperNode is offline or was unregistered.',
  },
};
const UNAVAILABLE = {
  code: MESSAGE_ERROR.MESSAGE_UNAVAILABLE,
  reason: 'The message is unknown, has expired, or its reply was taken already.',
};

/** The error reply to a message that will never have another. */
export function makeVerdictReply(row: VerdictRow, runId: bigint): MadeMessage {
  const error = ERRORS[row.verdict];
  const base = { replyTo: row.message_id ?? '', runId, createdAt: row.now };
  if (error === undefined) {
    return makeErrorReply({ ...base, ...UNAVAILABLE, groupId: '', messageType: 'system', ttl: 0 });
  }
  return makeErrorReply({
    ...base,
    ...error,
    groupId: row.group_id ?? '',
    messageType: row.message_type ?? '',
    ttl: Math.max(0, (row.expires_at ?? 0) - row.now),
  });
}
