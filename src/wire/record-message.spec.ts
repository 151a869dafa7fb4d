import { makeRecordMessage, textInRecord } from './record-message';

const PLACE = { record: 'payload', field: 'json' };

describe('a message with a text in a record', () => {
  const { message, objects, tree } = makeRecordMessage({ runId: 7n }, { ...PLACE, text: 'hello' });

  it('is named by what it is made of', () => {
    expect(message.metadata).toMatchObject({ runId: 7n, messageId: objects.at(-1)?.objectId });
    expect(tree.objectId).toBe(message.metadata.messageId);
    const other = makeRecordMessage({ runId: 7n }, { ...PLACE, text: 'hullo' });
    expect(other.message.metadata.messageId).not.toBe(message.metadata.messageId);
  });

  it('gives the text back in its place only', () => {
    expect(textInRecord(message, 'payload', 'json')).toBe('hello');
    expect(textInRecord(message, 'payload', 'text')).toBeUndefined();
    expect(textInRecord(message, 'agent', 'json')).toBeUndefined();
  });
});
