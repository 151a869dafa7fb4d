import { makePrompt } from './prompt-message';

const hexOf = ({ content }: { content: Buffer }) => content.toString('hex');

describe('the prompt of an agent', () => {
  const made = makePrompt(7n, 'plan my day', 1760000000.5);
  const [record, records, message] = made.objects;

  it('is the record that stock Flower makes of it', () => {
    expect(record?.objectId).toBe(
      '6c6f42b7590236918050bdd819c0b140080c5309de46702bc5cb83fdcbd25162',
    );
    expect(hexOf(record!)).toBe(
      '436f6e6669675265636f726420203233000a150a0474657874120d2a0b706c616e206d7920646179',
    );
  });

  it('is the message that stock Flower makes, but for the blank in the JSON of its record’s name', () => {
    const [head = '', json = ''] = records!.content.toString().split('\0');
    expect(JSON.parse(json)).toEqual({ agent: record!.objectId });
    expect(head).toBe(`RecordDict ${record!.objectId} ${json.length}`);
    expect(hexOf(message!)).toBe(
      Buffer.from(`Message ${records!.objectId} 34\0`).toString('hex') +
        '0a2008071801200139000000000018e540420673797374656d4900002000de39da41',
    );
  });

  it('hangs together by its ids', () => {
    expect(made.messageId).toBe(message!.objectId);
    expect(made.message.metadata.messageId).toBe(made.messageId);
    expect(made.tree).toEqual({
      objectId: made.messageId,
      children: [
        { objectId: records!.objectId, children: [{ objectId: record!.objectId, children: [] }] },
      ],
    });
  });
});
