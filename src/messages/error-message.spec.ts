import { makeErrorReply, MESSAGE_ERROR } from './error-message';

const REPLY_TO = 'ab'.repeat(32);

describe('a made-up error reply', () => {
  it('has the bytes and the id that stock Flower gives an expired message', () => {
    const made = makeErrorReply({
      replyTo: REPLY_TO,
      runId: 7n,
      groupId: '',
      messageType: 'system',
      createdAt: 1760000000.5,
      ttl: 0,
      code: MESSAGE_ERROR.MESSAGE_UNAVAILABLE,
      reason: 'gone',
    });
    expect(made.messageId).toBe('8a3593e462d035c5c1fe5d9f724b28c8e0a2b96ebb53f7f9e02e7462ed36ad51');
    expect(made.message.metadata?.messageId).toBe(made.messageId);
    expect(made.objects[0]!.content.toString('hex')).toBe(
      '4d6573736167652020313031000a590807180120012a40' +
        Buffer.from(REPLY_TO).toString('hex') +
        '420673797374656d4900002000de39da411a0808061204676f6e65',
    );
  });

  it('has the bytes and the id that stock Flower gives an unreachable node', () => {
    const made = makeErrorReply({
      replyTo: REPLY_TO,
      runId: 7n,
      groupId: 'g',
      messageType: 'train',
      createdAt: 1760000000.5,
      ttl: 12.25,
      code: MESSAGE_ERROR.NODE_UNAVAILABLE,
      reason: 'off',
    });
    expect(made.messageId).toBe('59d381c9d99104ebacc4d5645b559d9dc5d8e5293e76bc4c7deb102ba58e7d8f');
  });
});
