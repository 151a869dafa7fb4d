import { Message, type Metadata } from '../generated/flwr/proto/message';
import type { ObjectTree } from '../generated/flwr/proto/object';
import { ConfigRecord, RecordDict } from '../generated/flwr/proto/recorddict';
import { deflate, type DeflatedObject } from './deflated-object';

/** A text in a field of a ConfigRecord, which is the only record of a message. */
export interface RecordText {
  readonly record: string;
  readonly field: string;
  readonly text: string;
}

export interface RecordMessage {
  /** With its id and its content. */
  readonly message: Message & { readonly metadata: Metadata };
  /** What the receiver inflates it from where content travels in objects, the message itself the last. */
  readonly objects: readonly DeflatedObject[];
  readonly tree: ObjectTree;
}

/**
 * Makes a message as clients do. Deflated it is the message without content and id, made of a RecordDict, made of a
 * ConfigRecord; the id is the SHA-256 of that.
 */
export function makeRecordMessage(
  facts: Partial<Metadata>,
  { record, field, text }: RecordText,
): RecordMessage {
  const fields = ConfigRecord.fromPartial({
    items: [{ key: field, value: { value: { $case: 'string', value: text } } }],
  });
  const leaf = deflate('ConfigRecord', Buffer.from(ConfigRecord.encode(fields).finish()));
  const names = Buffer.from(JSON.stringify({ [record]: leaf.objectId }), 'utf8');
  const records = deflate('RecordDict', names, [leaf.objectId]);
  const blank = Message.fromPartial({ metadata: facts });
  const root = deflate('Message', Buffer.from(Message.encode(blank).finish()), [records.objectId]);
  const messageId = root.objectId;
  const metadata = { ...blank.metadata, messageId } as Metadata;
  const content = RecordDict.fromPartial({
    items: [{ key: record, value: { $case: 'configRecord', value: fields } }],
  });
  return {
    message: { ...blank, metadata, content },
    objects: [leaf, records, root],
    tree: {
      objectId: messageId,
      children: [
        { objectId: records.objectId, children: [{ objectId: leaf.objectId, children: [] }] },
      ],
    },
  };
}

/** The text in the given place of a message's content; undefined if there is none. */
export function textInRecord(message: Message, record: string, field: string): string | undefined {
  const value = message.content?.items.find(({ key }) => key === record)?.value;
  if (value?.$case !== 'configRecord') return undefined;
  const text = value.value.items.find(({ key }) => key === field)?.value?.value;
  return text?.$case === 'string' ? text.value : undefined;
}
