import { Message, Metadata } from '../generated/flwr/proto/message';
import { whyInvalidTaskMessage } from './task-message-rules';
import type { TaskMessageTargetRow } from './task-records.sql';

const NOW = 1_800_000_000;
const TARGET: TaskMessageTargetRow = { task_id: 5n, run_id: 7n, now: NOW, can_receive: true };

function messageWith(fields: Partial<Metadata> = {}): Message {
  return Message.fromPartial({
    metadata: {
      runId: 7n,
      messageId: 'any text',
      srcNodeId: 1n,
      dstNodeId: 1n,
      srcTaskId: 5n,
      dstTaskId: 6n,
      ttl: 60,
      createdAt: NOW - 1,
      messageType: 'query',
      ...fields,
    },
    content: { items: [] },
  });
}

describe('whyInvalidTaskMessage', () => {
  it('accepts a message to another task of the run', () => {
    expect(whyInvalidTaskMessage(messageWith(), TARGET)).toBeUndefined();
  });

  it.each<[string, Partial<Metadata>]>([
    ['no id', { messageId: '' }],
    ['no type', { messageType: '' }],
    ['a type that breaks clients', { messageType: 'no such type' }],
    ['a time that is none', { createdAt: Number.NaN }],
    ['a time before all clients', { createdAt: 1 }],
    ['an endless life', { ttl: Number.POSITIVE_INFINITY }],
    ['a negative life', { ttl: -60 }],
    ['a life that is over', { ttl: 1 }],
    ['a source beyond the SuperLink', { srcNodeId: 2n }],
    ['a destination beyond the SuperLink', { dstNodeId: 0n }],
    ['the name of another task', { srcTaskId: 6n, dstTaskId: 8n }],
    ['no sender', { srcTaskId: undefined }],
    ['its own sender for a receiver', { dstTaskId: 5n }],
    ['another run', { runId: 8n }],
  ])('refuses one with %s', (_, fields) => {
    expect(whyInvalidTaskMessage(messageWith(fields), TARGET)).toBeDefined();
  });

  it('refuses one to a task that has ended, or is of another run', () => {
    const target = { ...TARGET, can_receive: false };
    expect(whyInvalidTaskMessage(messageWith(), target)).toBeDefined();
  });

  it('refuses one without metadata, and nothing at all', () => {
    expect(whyInvalidTaskMessage(undefined, TARGET)).toBeDefined();
    expect(whyInvalidTaskMessage(Message.fromPartial({}), TARGET)).toBeDefined();
  });

  it('wants either content or an error', () => {
    const error = { code: 1n, reason: 'why' };
    const both = { ...messageWith(), error };
    expect(whyInvalidTaskMessage(both, TARGET)).toBeDefined();
    expect(whyInvalidTaskMessage({ ...both, content: undefined }, TARGET)).toBeUndefined();
    expect(whyInvalidTaskMessage({ ...messageWith(), content: undefined }, TARGET)).toBeDefined();
  });
});
