import { SuperLinkError } from '../../errors/superlink-error';
import { toGrpcError } from './grpc-error';

describe('toGrpcError', () => {
  it('sends rows with a number as the object that clients unwrap', () => {
    const { code, details } = toGrpcError(new SuperLinkError('RUN_NOT_FOUND', 'Run 7.'));
    expect(code).toBe(5);
    expect(JSON.parse(details)).toEqual({
      code: 16,
      public_message: 'Run ID not found',
      public_details: 'Run 7.',
    });
  });

  it('says null where there are no details', () => {
    const { details } = toGrpcError(new SuperLinkError('RUN_NOT_FOUND'));
    expect(JSON.parse(details)).toHaveProperty('public_details', null);
  });

  it('sends UNAUTHENTICATED as plain text, so that CLIs print their hint', () => {
    const { code, details } = toGrpcError(new SuperLinkError('UNAUTHENTICATED', 'No key.'));
    expect(code).toBe(16);
    expect(details).toBe('The caller could not be authenticated. No key.');
  });

  it('never sends more of what a client said than a header holds', () => {
    const { details } = toGrpcError(new SuperLinkError('RUN_NOT_FOUND', '€'.repeat(1_000_000)));
    expect(encodeURIComponent(details).length).toBeLessThan(8_192);
  });

  it.each(['', 'a'])('cuts no character in two (after %j)', (start) => {
    const text = start + '😀'.repeat(5_000);
    const { details } = toGrpcError(new SuperLinkError('INVALID_MESSAGE', text));
    expect(details).toMatch(/😀$/u);
  });

  it('tells nothing of the cause', () => {
    const cause = new Error('password of the database');
    const { details, metadata } = toGrpcError(new SuperLinkError('INTERNAL', undefined, { cause }));
    expect(details).toBe('An internal error occurred.');
    expect(metadata.getMap()).toEqual({});
  });
});
