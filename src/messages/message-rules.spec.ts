import { ERROR_CATALOGUE } from '../errors/error-catalogue';
import { Message, Metadata } from '../generated/flwr/proto/message';
import { ObjectTree } from '../generated/flwr/proto/object';
import { RecordDict } from '../generated/flwr/proto/recorddict';
import {
  isWithinInstruction,
  pairWithTrees,
  type PushedMessage,
  whyInvalid,
  whyNoInstruction,
  whyNoReply,
} from './message-rules';

const NOW = 1_800_000_000;
const ID = 'a'.repeat(64);
const NODE = 2n ** 63n + 5n;
const MEBIBYTE = 1024 * 1024;

function metadataOf(fields: Partial<Metadata> = {}): Metadata {
  return Metadata.fromPartial({
    runId: 7n,
    messageId: ID,
    srcNodeId: 1n,
    dstNodeId: NODE,
    ttl: 60,
    createdAt: NOW - 1,
    messageType: 'train',
    ...fields,
  });
}

function pushed(fields: Partial<Metadata> = {}, message: Partial<Message> = {}): PushedMessage {
  const metadata = metadataOf(fields);
  return {
    message: { metadata, content: { items: [] }, error: undefined, ...message },
    metadata,
    tree: ObjectTree.fromPartial({ objectId: ID }),
  };
}

describe('pairWithTrees', () => {
  const message = Message.fromPartial({ metadata: metadataOf() });
  const tree = ObjectTree.fromPartial({ objectId: ID });

  it('pairs by position', () => {
    expect(pairWithTrees([message], [tree])).toEqual([
      { message, metadata: message.metadata, tree },
    ]);
  });

  it.each([
    ['nothing', [], []],
    ['a message without a tree', [message], []],
    ['a tree without a message', [], [tree]],
    ['more trees than messages', [message], [tree, tree]],
  ])('refuses %s', (_, messages, trees) => {
    expect(() => pairWithTrees(messages, trees)).toThrow(
      ERROR_CATALOGUE.INVALID_MESSAGE_COUNT.text,
    );
  });

  it('refuses a message without metadata', () => {
    expect(() => pairWithTrees([Message.fromPartial({})], [tree])).toThrow(
      ERROR_CATALOGUE.INVALID_MESSAGE.text,
    );
  });
});

describe('whyInvalid', () => {
  it.each<[string, Partial<Metadata>]>([
    ['an ordinary one', {}],
    ['one from the future: clocks differ', { createdAt: NOW + 50_000 }],
    ['the oldest there can be', { createdAt: 1740700800, ttl: NOW }],
  ])('accepts %s', (_, fields) => {
    expect(whyInvalid(pushed(fields), NOW)).toBeUndefined();
  });

  it.each<[string, Partial<Metadata>]>([
    ['no id', { messageId: '' }],
    ['an id in upper case', { messageId: ID.toUpperCase() }],
    ['an id that is not the root of its tree', { messageId: 'b'.repeat(64) }],
    ['a time before Flower 1.16', { createdAt: 1740700799 }],
    ['no number for a time', { createdAt: Number.NaN }],
    ['a time without end', { createdAt: Number.POSITIVE_INFINITY }],
    ['no time to live', { ttl: 0 }],
    ['a negative time to live', { ttl: -1 }],
    ['no number for a time to live', { ttl: Number.NaN }],
    ['an endless time to live', { ttl: Number.POSITIVE_INFINITY }],
    ['an end at this very moment', { createdAt: NOW - 60, ttl: 60 }],
    ['no source', { srcNodeId: 0n }],
    ['no destination', { dstNodeId: 0n }],
    ['no type', { messageType: '' }],
    ['a type that breaks clients', { messageType: 'no such type' }],
  ])('refuses %s', (_, fields) => {
    expect(whyInvalid(pushed(fields), NOW)).toBeDefined();
  });

  it('refuses neither and both of content and error', () => {
    const error = { code: 1n, reason: '' };
    expect(whyInvalid(pushed({}, { content: undefined }), NOW)).toBeDefined();
    expect(whyInvalid(pushed({}, { error }), NOW)).toBeDefined();
    expect(whyInvalid(pushed({}, { content: undefined, error }), NOW)).toBeUndefined();
  });

  it.each<[string, Partial<Message>]>([
    [
      'content that lies in no object',
      { content: RecordDict.fromPartial({ items: [{ key: 'x'.repeat(MEBIBYTE) }] }) },
    ],
    [
      'a reason that nobody reads to its end',
      { content: undefined, error: { code: 1n, reason: 'x'.repeat(MEBIBYTE) } },
    ],
  ])('refuses more than 1 MiB of %s', (_, message) => {
    expect(whyInvalid(pushed({}, message), NOW)).toMatch('more than 1 MiB');
  });
});

describe('whyNoInstruction', () => {
  it('accepts what goes from the SuperLink to a node', () => {
    expect(whyNoInstruction(metadataOf())).toBeUndefined();
  });

  it.each<[string, Partial<Metadata>]>([
    ['a reply', { replyToMessageId: ID }],
    ['one from a node', { srcNodeId: NODE }],
  ])('refuses %s', (_, fields) => {
    expect(whyNoInstruction(metadataOf(fields))).toBeDefined();
  });
});

describe('whyNoReply', () => {
  const reply = { replyToMessageId: ID, srcNodeId: NODE, dstNodeId: 1n };

  it('accepts what the calling node sends to the SuperLink', () => {
    expect(whyNoReply(metadataOf(reply), NODE)).toBeUndefined();
  });

  it.each<[string, Partial<Metadata>]>([
    ['one that replies to nothing', { replyToMessageId: '' }],
    ['one of another node', { srcNodeId: 2n }],
    ['one to another node', { dstNodeId: NODE }],
  ])('refuses %s', (_, fields) => {
    expect(whyNoReply(metadataOf({ ...reply, ...fields }), NODE)).toBeDefined();
  });
});

describe('isWithinInstruction', () => {
  it.each([
    [59.9, true],
    [60, true],
    [60.09, true],
    [60.11, false],
    [Number.MAX_VALUE, false],
  ])('lets a reply with %d s to live of 60 s left: %s', (ttl, isWithin) => {
    const reply = metadataOf({ createdAt: NOW, ttl });
    expect(isWithinInstruction(reply, NOW + 60)).toBe(isWithin);
  });
});
